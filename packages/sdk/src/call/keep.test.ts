import { expect, test } from 'vitest';
import { checkSize, keep, shortened } from './keep.ts';
import { Secrets } from './secrets.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const own = { module: 'hello', instance: 'a', anchor: 'default/x' };
const item = (name: string, outcome: 'parked' | 'drifted' | 'failed', reason?: string) => ({
  object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name },
  outcome,
  ...(reason === undefined ? {} : { reason }),
});

test('unknown keys stay, what the verb says is put over them, and whose it is over all', () => {
  const came = { theirs: 1, mine: 'old', instance: 'forged' };
  const kept = keep(came, { mine: 'new', gone: undefined, at: new Date(0) }, own, {
    secrets: new Secrets(),
    log,
  });
  expect(kept).toEqual({ theirs: 1, mine: 'new', at: '1970-01-01T00:00:00.000Z', ...own });
});

test('a secret is kept out of it', () => {
  const secrets = new Secrets();
  secrets.add('hunter2hunter2');
  expect(keep({}, { url: 'postgres://u:hunter2hunter2@db' }, own, { secrets, log })).toMatchObject({
    url: 'postgres://u:[redacted]@db',
  });
});

test('more than is kept is refused, counted as the operator writes it, with the largest keys', () => {
  expect(() => checkSize({ a: 'x'.repeat(65_000) })).not.toThrow();
  expect(() => checkSize({ small: 1, large: '<'.repeat(11_000) })).toThrow(
    /^expected metadata of at most 65536 bytes, the most that is kept, found 660\d\d \("large" 66002, "small" 1\)$/,
  );
});

test('a report is shortened to counts and to what is notable', () => {
  expect(shortened({ items: [item('a', 'parked'), item('b', 'drifted', 'scaled to 2')] })).toEqual({
    parked: 1,
    drifted: 1,
    notable: ['Deployment shop/b: drifted, scaled to 2'],
  });
});
