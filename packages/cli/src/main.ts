#!/usr/bin/env node
import { program } from './program.ts';

try {
  await program().parseAsync();
} catch (error) {
  console.error(`forkspacer-modules: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.DEBUG) console.error(error);
  process.exitCode = 1;
}
