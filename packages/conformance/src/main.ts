#!/usr/bin/env node
import { command } from './command.ts';

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort(new Error(`interrupted by ${name}`));
  });
}
process.exitCode = await command(process.argv.slice(2), { signal: interrupted.signal });
// Nothing that was left open may keep a job from ending.
setTimeout(() => process.exit(), 3_000).unref();
