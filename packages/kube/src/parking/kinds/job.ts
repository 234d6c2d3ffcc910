import type { KubeObject } from '../../object.ts';
import { podsOf } from '../requests.ts';
import type { Kind } from './kind.ts';
import { SUSPEND } from './suspend.ts';

/** A Job without an owner. A suspended one loses its Pods and what they had done: so only when the call says so. */
export const job: Kind = {
  group: 'batch',
  versions: ['v1'],
  kind: 'Job',
  builtin: true,
  turn: 'workload',
  fields: () => [SUSPEND],
  rests: 'suspended already, by its owner',
  isOver,
  leaves: (object, { jobs }) => {
    if (isOver(object)) return 'has ended';
    return jobs === 'finish' ? 'runs to its end' : undefined;
  },
  isAsleep: ({ status }) => (status?.active ?? 0) === 0 && (status?.terminating ?? 0) === 0,
  awaits: 'its Pods to end',
  isReady: () => true,
  requests: (object) => podsOf(object, object.status?.active ?? object.spec?.parallelism ?? 1),
};

function isOver({ status }: KubeObject): boolean {
  const conditions: { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some(
    ({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'),
  );
}
