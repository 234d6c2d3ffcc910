import { badConfig } from './checks/bad-config.ts';
import { crash } from './checks/crash.ts';
import { faults } from './checks/faults.ts';
import { identity } from './checks/identity.ts';
import { lifeCycle } from './checks/life-cycle.ts';
import { asProcess } from './checks/process.ts';
import { secrets } from './checks/secrets.ts';
import { twoInstances } from './checks/two-instances.ts';
import { wire } from './checks/wire.ts';
import type { Group } from './options.ts';

/** Everything that every module is held to. */
export const SUITE: readonly Group[] = [
  // Mostly waiting for processes to start: first, so that the others go on beside it.
  asProcess,
  lifeCycle,
  identity,
  twoInstances,
  badConfig,
  wire,
  secrets,
  crash,
  faults,
];
