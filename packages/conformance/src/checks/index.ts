import type { Check } from '../check.ts';
import { cluster } from './cluster.ts';
import { config } from './config.ts';
import { crash } from './crash.ts';
import { errors } from './errors.ts';
import { faults } from './faults.ts';
import { health } from './health.ts';
import { http } from './http.ts';
import { life } from './life.ts';
import { metadata } from './metadata.ts';
import { processes } from './process.ts';

export interface Group {
  name: string;
  title: string;
  checks: readonly Check[];
}

/** The contract, check by check. */
export const GROUPS: readonly Group[] = [
  { name: 'http', title: 'HTTP: paths, methods, codes, bodies, connections', checks: http },
  { name: 'health', title: 'Health', checks: health },
  { name: 'life', title: 'Life cycle: each verb twice, in other orders, after a restart', checks: life },
  { name: 'metadata', title: 'Metadata: what comes back of what was answered', checks: metadata },
  { name: 'errors', title: 'Errors: what people get to see', checks: errors },
  { name: 'config', title: 'Config: what stands in config.json', checks: config },
  { name: 'process', title: 'Process: PORT, start, signals, exit', checks: processes },
  { name: 'cluster', title: 'Effects on the cluster', checks: cluster },
  { name: 'faults', title: 'A cluster that fails now and then', checks: faults },
  { name: 'crash', title: 'Killed between two writes', checks: crash },
];

export const CHECKS: readonly Check[] = GROUPS.flatMap(({ checks }) => checks);
