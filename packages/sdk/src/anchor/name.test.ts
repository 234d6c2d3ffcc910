import { expect, test } from 'vitest';
import { anchorRef } from './name.ts';

const named = (identity: string[], config: Record<string, unknown>) =>
  anchorRef({ name: 'shop', identity }, config as never);

test('it is the same for the same identity, whatever else is configured', () => {
  const one = named(['namespace', 'name'], { namespace: 'a', name: 'x', text: 'one' });
  expect(named(['namespace', 'name'], { text: 'two', name: 'x', namespace: 'a' })).toEqual(one);
  expect(one).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'a',
    name: expect.stringMatching(/^forkspacer-shop-x-[0-9a-f]{10}$/),
  });
});

test('two identities that read the same have two names', () => {
  const names = ['x_y', 'x-y', 'X.y', 'x-y-', 'ü'].map((name) => named(['name'], { name }).name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])$/);
});

test('a field that is not given is not one that is empty', () => {
  const identity = ['deployment', 'selector'];
  expect(named(identity, { deployment: 'x' })).not.toEqual(named(identity, { selector: 'x' }));
});

test('it fits its place, however long the values are', () => {
  expect(named(['name'], { name: 'x'.repeat(1000) }).name.length).toBeLessThanOrEqual(100);
});

test('it is in the namespace of the identity, and in default where there is none', () => {
  expect(named(['namespace'], { namespace: 'a' }).namespace).toBe('a');
  expect(named(['name'], { name: 'x', namespace: 'a' }).namespace).toBe('default');
});
