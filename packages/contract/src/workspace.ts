import { found, isObject, own } from './found.ts';
import { API_VERSION } from './labels.ts';
import { nameProblems } from './module.ts';
import type { Workspace } from './resources.ts';
import type { Problem, Result } from './result.ts';
import {
  FLAG,
  FREE,
  list,
  METADATA,
  object,
  REFERENCE_FIELDS,
  readShape,
  type Shape,
  TEXT,
} from './shape.ts';

const oneOf = (...values: string[]): Shape => ({ type: 'string', oneOf: values });

const SHAPE: Shape = object(
  {
    apiVersion: oneOf(API_VERSION),
    kind: oneOf('Workspace'),
    metadata: METADATA,
    spec: object({
      type: oneOf('kubernetes', 'managed'),
      connection: object({
        type: oneOf('in-cluster', 'local', 'kubeconfig'),
        secretReference: object({ ...REFERENCE_FIELDS, key: { type: 'string', notEmpty: true } }, 'name'),
      }),
      managedCluster: object({
        backend: oneOf('vcluster', 'k3d', 'kind'),
        distro: oneOf('k3s', 'k0s', 'k8s', 'eks'),
      }),
      from: object({ ...REFERENCE_FIELDS, migrateData: FLAG }, 'name'),
      hibernated: FLAG,
      autoHibernation: object({ enabled: FLAG, schedule: TEXT, wakeSchedule: TEXT }, 'schedule'),
    }),
    status: object({
      phase: TEXT,
      ready: FLAG,
      message: TEXT,
      lastActivity: TEXT,
      hibernatedAt: TEXT,
      conditions: list(FREE),
    }),
  },
  'apiVersion',
  'kind',
  'metadata',
  'spec',
);

/** A Workspace out of YAML text or an object; unknown fields are kept, no defaults filled in. */
export function parseWorkspace(input: unknown): Result<Workspace> {
  return readShape<Workspace>(input, SHAPE, (workspace) => [
    ...nameProblems(workspace),
    ...specProblems(own(workspace, 'spec')),
  ]);
}

function specProblems(spec: unknown): Problem[] {
  if (!isObject(spec)) return [];
  const problems: Problem[] = [];
  const connection = own(spec, 'connection');
  if (
    isObject(connection) &&
    own(connection, 'type') === 'kubeconfig' &&
    !own(connection, 'secretReference')
  ) {
    problems.push({
      path: 'spec.connection.secretReference',
      expected: 'the Secret that holds the kubeconfig',
      found: 'nothing',
    });
  }
  const hibernation = own(spec, 'autoHibernation');
  if (isObject(hibernation) && own(hibernation, 'enabled') === true) {
    for (const key of ['schedule', 'wakeSchedule']) {
      const schedule = own(hibernation, key);
      if (typeof schedule !== 'string' || (key === 'wakeSchedule' && schedule === '')) continue;
      if (!looksLikeCron(schedule)) {
        const expected = 'cron with five or six fields, or a descriptor such as @daily';
        problems.push({ path: `spec.autoHibernation.${key}`, expected, found: found(schedule) });
      }
    }
  }
  return problems;
}

// Only its outline: what the fields may say is for the scheduler's library.
function looksLikeCron(text: string): boolean {
  const fields = text
    .trim()
    .split(/\s+/)
    .filter((field) => !/^(CRON_)?TZ=/.test(field));
  return text.trim().startsWith('@') || fields.length === 5 || fields.length === 6;
}
