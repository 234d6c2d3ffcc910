import { isReady } from '../../ready.ts';
import { requestsOf } from '../requests.ts';
import { annotation } from './annotation.ts';
import type { Kind } from './kind.ts';

const HIBERNATION = 'cnpg.io/hibernation';

/**
 * CloudNativePG 1.29 (cloudnative-pg.io/docs/1.29/declarative_hibernation): its operator takes the Pods away, the
 * primary first, keeps every claim, and says so in a condition of the same name as the annotation.
 */
export const cloudNativePg: Kind = {
  group: 'postgresql.cnpg.io',
  versions: ['v1'],
  kind: 'Cluster',
  turn: 'workload',
  fields: () => [annotation(HIBERNATION, 'on')],
  rests: 'hibernated already, by its owner',
  // Without a status no operator has seen it yet.
  isAsleep: ({ status }) =>
    status?.phase === undefined ||
    (status.conditions ?? []).some(
      ({ type, status: is }: { type: string; status: string }) => type === HIBERNATION && is === 'True',
    ),
  awaits: 'its operator to hibernate it',
  isReady,
  requests: ({ spec }) => requestsOf(spec?.resources?.requests, spec?.instances ?? 1),
};
