import { describe, expect, test } from 'vitest';
import { inheritedSockets, parsePort } from './sockets.ts';

describe('inherited sockets', () => {
  const read = (env: NodeJS.ProcessEnv) => inheritedSockets({ ...env }, 42);

  test('are numbered from 3, and those named connection are connections', () => {
    expect(read({ LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:connection' })).toEqual({
      listening: [3],
      connections: [4],
    });
    expect(read({ LISTEN_FDS: '1', LISTEN_PID: '42' })).toEqual({ listening: [3], connections: [] });
  });

  test('are none without the variable, and none of ours when they are for another process', () => {
    for (const env of [{}, { LISTEN_FDS: '' }, { LISTEN_FDS: '0' }, { LISTEN_FDS: '1', LISTEN_PID: '41' }]) {
      expect(read(env)).toEqual({ listening: [], connections: [] });
    }
  });

  test('are told to no child', () => {
    const env: NodeJS.ProcessEnv = { LISTEN_FDS: '1', LISTEN_PID: '42', LISTEN_FDNAMES: 'http', PORT: '1' };
    inheritedSockets(env, 42);
    expect(env).toEqual({ PORT: '1' });
  });

  test('nonsense is refused', () => {
    expect(() => read({ LISTEN_FDS: 'x' })).toThrow('expected a number in LISTEN_FDS, found "x"');
  });
});

test('a port that is empty is as if absent', () => {
  expect([undefined, '', '0', '65535'].map((text) => parsePort('PORT', text, 8080))).toEqual([
    8080, 8080, 0, 65535,
  ]);
});
