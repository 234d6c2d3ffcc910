import type { Fields } from './fields.ts';

const COUNTED = ['cpu', 'memory'];

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
export function qosClass(spec: Fields): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const all: Fields[] = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const amounts = (kind: string, { resources }: Fields) => COUNTED.map((name) => resources?.[kind]?.[name]);
  const none = all.every((c) =>
    [...amounts('requests', c), ...amounts('limits', c)].every((a) => !a || a === '0'),
  );
  if (none) return 'BestEffort';
  const guaranteed = all.every((container) => {
    const limits = amounts('limits', container);
    return amounts('requests', container).every(
      (request, index) => limits[index] && (request ?? limits[index]) === limits[index],
    );
  });
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
