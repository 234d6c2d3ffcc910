#!/usr/bin/env node
import { bundle } from './bundle.ts';

const folder = process.argv[2] ?? process.cwd();
try {
  const { name, version, main, worker } = await bundle(folder);
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  console.log(`${name}@${version}: dist/main.cjs ${kB(main.bytes)}, dist/worker.cjs ${kB(worker.bytes)}`);
} catch (error) {
  console.error(`forkspacer-bundle: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
