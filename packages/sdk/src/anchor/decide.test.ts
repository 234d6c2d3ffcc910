import type { Verb } from '@forkspacer/contract';
import { describe, expect, test } from 'vitest';
import type { Anchor, State } from './anchor.ts';
import { decide, type Situation } from './decide.ts';

const NOW = 1_000_000_000;
const HERE = 'shop/forkspacer-hello-x';

function anchor(instance: string, state: State, secondsAgo = 0): Anchor {
  const touched = NOW - secondsAgo * 1000;
  return { instance, state, touched, made: [], kept: [], previous: [], uid: 'u', resourceVersion: '1' };
}

const of = (instance: string) => ({ module: 'hello', instance, anchor: HERE });

function decided(verb: Verb, there: Anchor | undefined, given: Partial<Situation> = {}) {
  return decide({
    verb,
    module: 'hello',
    here: HERE,
    anchor: there,
    owner: {},
    given: undefined,
    hostname: 'me',
    now: NOW,
    abandoned: 300_000,
    ...given,
  });
}

describe('who am I', () => {
  test('what metadata says, when the anchor agrees, before everything else', () => {
    expect(decided('sleep', anchor('a', 'installed'), { owner: of('a'), given: 'uid' }).instance).toBe('a');
  });
  test('else FORKSPACER_INSTANCE, else metadata, else the host', () => {
    expect(decided('install', undefined, { owner: of('a'), given: 'uid' }).instance).toBe('uid');
    expect(decided('install', undefined, { owner: of('a') }).instance).toBe('a');
    expect(decided('install', undefined).instance).toBe('me');
    expect(decided('install', anchor('b', 'installed')).instance).toBe('me');
  });
  test('an instance of the real operator goes on when ours takes over, with its metadata', () => {
    const given = { owner: of('custom-manager-runner-1'), given: 'uid' };
    expect(decided('resume', anchor('custom-manager-runner-1', 'installed'), given).decision.do).toBe('run');
  });
});

describe('the table', () => {
  test.each<[Verb, string, Anchor | undefined, string]>([
    ['install', 'none', undefined, 'create'],
    ['install', 'mine, installing', anchor('me', 'installing'), 'run'],
    ['install', 'mine, installing and abandoned', anchor('me', 'installing', 999), 'run'],
    ['install', 'mine, installed', anchor('me', 'installed'), 'run'],
    ['install', 'mine, retained', anchor('me', 'retained'), 'take up'],
    ['install', "another's, installed", anchor('b', 'installed', 999), 'refuse'],
    ['install', "another's, installing, touched lately", anchor('b', 'installing', 299), 'refuse'],
    ['install', "another's, installing, touched in the future", anchor('b', 'installing', -999), 'refuse'],
    ['install', "another's, installing, abandoned", anchor('b', 'installing', 301), 'take over'],
    ['install', "another's, retained", anchor('b', 'retained'), 'take up'],
    ['sleep', 'mine', anchor('me', 'installed'), 'run'],
    ['sleep', 'mine, installing', anchor('me', 'installing'), 'run'],
    ['sleep', 'mine, retained', anchor('me', 'retained'), 'refuse'],
    ['sleep', "another's", anchor('b', 'installed'), 'refuse'],
    ['sleep', "another's, abandoned", anchor('b', 'installing', 999), 'refuse'],
    ['sleep', 'none', undefined, 'refuse'],
    ['resume', 'mine', anchor('me', 'installed'), 'run'],
    ['resume', "another's", anchor('b', 'installed'), 'refuse'],
    ['resume', 'none', undefined, 'refuse'],
    ['uninstall', 'none', undefined, 'nothing'],
    ['uninstall', 'mine, installed', anchor('me', 'installed'), 'run'],
    ['uninstall', 'mine, installing', anchor('me', 'installing'), 'run'],
    ['uninstall', 'mine, retained', anchor('me', 'retained'), 'nothing'],
    ['uninstall', "another's, installing, abandoned", anchor('b', 'installing', 301), 'clean up'],
    ['uninstall', "another's, installing, touched lately", anchor('b', 'installing', 30), 'refuse'],
    ['uninstall', "another's, installed", anchor('b', 'installed', 999), 'nothing'],
    ['uninstall', "another's, retained", anchor('b', 'retained', 999), 'nothing'],
  ])('%s, %s', (verb, _name, there, expected) => {
    expect(decided(verb, there).decision.do).toBe(expected);
  });

  test.each<Verb>(['install', 'sleep', 'resume', 'uninstall'])(
    '%s with foreign metadata changes nothing',
    (verb) => {
      const mine = anchor('me', 'installed');
      for (const owner of [of('b'), { module: 'postgres' }, { ...of('me'), anchor: 'shop/another' }]) {
        expect(decided(verb, mine, { owner }).decision.do).toBe('foreign');
      }
      // Nothing is here, but it says where it is: the other runner has to be asked.
      expect(decided(verb, undefined, { owner: { ...of('b'), anchor: 'shop/another' } }).decision.do).toBe(
        'foreign',
      );
    },
  );

  test('uninstall repeated with its metadata after the anchor is gone is done', () => {
    expect(decided('uninstall', undefined, { owner: of('a') }).decision).toEqual({ do: 'nothing' });
  });

  test('a refused install names the owner and what to change', () => {
    const { decision } = decided('install', anchor('b', 'installed'));
    expect(decision).toMatchObject({
      found: 'it installed by instance b of hello',
      todo: expect.stringContaining('config'),
    });
  });

  test("what is left alone of another's is told", () => {
    for (const state of ['installed', 'retained'] as const) {
      expect(decided('uninstall', anchor('b', state)).decision).toMatchObject({
        told: expect.stringContaining('instance b'),
      });
    }
  });
});
