import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

/** Work that needs a moment to take down what it brought, as a command of ours would be. */
const program = `
import { aborted, interruptible } from ${JSON.stringify(join(import.meta.dirname, 'interrupt.ts'))};
await interruptible(async (signal) => {
  const talk = setInterval(() => console.log('working'), 10);
  await aborted(signal);
  clearInterval(talk);
  await new Promise((resolve) => setTimeout(resolve, 200));
  console.log('taken down');
  console.error('ended: ' + signal.reason.message);
});`;

function start() {
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const errors = text(child.stderr);
  return { child, ended, errors, begun: once(child.stdout, 'data') };
}

describe('an interrupted command takes down what it brought', () => {
  test.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s', async (signal) => {
    const { child, ended, errors, begun } = start();
    await begun;
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(await errors).toBe(`ended: interrupted by ${signal}\n`);
  });

  test.concurrent('also when one Ctrl-C arrives twice, from the terminal and passed on by what started it', async () => {
    const { child, ended, errors, begun } = start();
    await begun;
    child.kill('SIGINT');
    await sleep(20);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(await errors).toContain('ended');
  });

  test.concurrent('also when what reads its output goes away, as head does', async () => {
    const { child, ended, errors, begun } = start();
    await begun;
    child.stdout.destroy();
    expect(await ended).toEqual([0, null]);
    expect(await errors).toBe('ended: interrupted: nothing reads the output any more\n');
  });
});
