#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Sources run as they are: what was stripped and compiled once is kept in the temporary folder for the next run.
enableCompileCache();

try {
  const { program } = await import('./program.ts');
  await program().parseAsync();
} catch (error) {
  console.error(`forkspacer-modules: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.DEBUG) console.error(error);
  process.exitCode = 1;
}
