import { command } from '@forkspacer/conformance';
import { interruptible } from '../interrupt.ts';

/** `check`: the conformance kit, which reads its own options and everything after `--`. */
export async function check(): Promise<void> {
  const args = process.argv.slice(process.argv.indexOf('check') + 1);
  const name = 'forkspacer-modules check';
  process.exitCode = await interruptible((signal) => command(args, { name, signal }));
}
