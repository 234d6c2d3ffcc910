import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a program to its end and gives what it printed on stdout.
 *
 * @throws Error naming the program and its last words; `purpose` says what it was wanted for.
 */
export async function runCommand(
  program: string,
  args: string[],
  options: { purpose: string; cwd?: string; env?: Record<string, string> },
): Promise<Buffer> {
  const { purpose, cwd, env } = options;
  try {
    const { stdout } = await execute(program, args, {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'buffer',
      maxBuffer: 512 * 1024 * 1024,
    });
    return stdout;
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: Buffer };
    if (code === 'ENOENT') throw new Error(`${purpose}: expected ${program} on PATH, found none`, { cause });
    const words = stderr?.toString().trim().split('\n').slice(-3).join('; ');
    throw new Error(`${purpose}: ${program} ended with ${code}: ${words || 'no message'}`, { cause });
  }
}
