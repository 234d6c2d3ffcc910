import { workerData } from 'node:worker_threads';
import { work } from '../worker.ts';
import type { WorkerData } from './protocol.ts';

/** The worker of a module that runs from its source: the file is known only when it starts. */
const { module, version } = (workerData as WorkerData).extra as { module: string; version: string };
const { default: definition } = await import(module);
work(definition, { version });
