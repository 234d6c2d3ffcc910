import { expect, test } from 'vitest';
import { formatReference, parseReference } from './reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each([
  ['ghcr.io/forkspacer/modules/hello', 'ghcr.io', 'forkspacer/modules/hello', undefined, undefined],
  ['ghcr.io/forkspacer/modules/hello:0.1.0', 'ghcr.io', 'forkspacer/modules/hello', '0.1.0', undefined],
  [`127.0.0.1:5000/hello:1@${digest}`, '127.0.0.1:5000', 'hello', '1', digest],
  [`localhost:5000/a/b@${digest}`, 'localhost:5000', 'a/b', undefined, digest],
  ['registry:5000/hello', 'registry:5000', 'hello', undefined, undefined],
])('%s is read', (text, registry, repository, tag, pinned) => {
  expect(parseReference(text)).toEqual({
    registry,
    repository,
    ...(tag ? { tag } : {}),
    ...(pinned ? { digest: pinned } : {}),
  });
  expect(formatReference(parseReference(text))).toBe(text);
});

test.each([
  'hello',
  'hello:1',
  'team/hello:1',
  'ghcr.io/Upper/hello',
  'ghcr.io/hello:',
  'ghcr.io/hello@sha256:12',
  '',
])('%j is refused', (text) => {
  expect(() => parseReference(text)).toThrow(/^expected /);
});
