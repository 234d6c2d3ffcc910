/** Runs one of the modules here as a process of its own: `PORT=... FORKSPACER_DIR=... node main.ts NAME`. */
import { Correct, Plain } from './correct.ts';
import type { Host } from './host.ts';
import { MUTANTS } from './index.ts';

const [name = 'correct'] = process.argv.slice(2);
const modules = new Map<string, new (host: Host) => Correct>([
  ['correct', Correct],
  ['plain', Plain],
  ...MUTANTS.map(({ name, Module }) => [name, Module] as const),
]);
const Module = modules.get(name);
if (!Module) throw new Error(`expected the name of a mutant, found ${name}`);

const gone = new AbortController();
const host: Host = {
  env: process.env,
  write: (text) => void process.stdout.write(text),
  listen: (server, port, address) =>
    new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen(port, address, resolve);
    }),
  onSignal(handler) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, handler);
  },
  exit(code) {
    gone.abort();
    process.exit(code);
  },
  gone: gone.signal,
};
new Module(host).main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
