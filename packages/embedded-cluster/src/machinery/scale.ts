import type { KubeObject } from '../object.ts';
import type { ScalePaths } from '../resources/resource.ts';
import { labelSelectorText, requirementsOf } from '../selectors.ts';
import { clone } from '../store/freeze.ts';

const steps = (path: string): string[] => path.split('.').filter((step) => step !== '');

function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const step of steps(path)) value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}

/** The Scale of an object (autoscaling/v1). */
export function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const specReplicas = valueAt(object, paths.specReplicasPath);
  const selector =
    paths.labelSelectorPath === undefined ? undefined : valueAt(object, paths.labelSelectorPath);
  const text =
    typeof selector === 'object' && selector !== null
      ? labelSelectorText(
          // A ReplicationController's selector is a plain map.
          requirementsOf(
            'matchLabels' in selector || 'matchExpressions' in selector
              ? (selector as Parameters<typeof requirementsOf>[0])
              : { matchLabels: selector as Record<string, string> },
          ),
        )
      : selector;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: typeof specReplicas === 'number' && specReplicas !== 0 ? { replicas: specReplicas } : {},
    status: {
      replicas: Number(valueAt(object, paths.statusReplicasPath) ?? 0),
      ...(typeof text === 'string' && text !== '' ? { selector: text } : {}),
    },
  };
}

/** The object with the replicas of a Scale. */
export function scaled(object: KubeObject, paths: ScalePaths, replicas: number): KubeObject {
  const result = clone(object);
  put(result, paths, replicas);
  return result;
}

/** Only what a Scale says, as part of the object: what an apply on the scale subresource applies. */
export function scaleAsObject(
  object: KubeObject,
  paths: ScalePaths,
  replicas: number | undefined,
): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const result: KubeObject = { apiVersion, kind, metadata: { name: metadata.name } };
  if (metadata.namespace !== undefined) result.metadata.namespace = metadata.namespace;
  if (replicas !== undefined) put(result, paths, replicas);
  return result;
}

/** The object as a Scale sees it: its replicas, which are no field at all when they are zero. */
export function scaleView(object: KubeObject, paths: ScalePaths, replicas: number): KubeObject {
  const result = scaleAsObject(object, paths, replicas);
  if (replicas === 0) holder(result, paths)[lastStep(paths)] = undefined;
  return result;
}

function put(object: KubeObject, paths: ScalePaths, replicas: number): void {
  holder(object, paths)[lastStep(paths)] = replicas;
}

function lastStep(paths: ScalePaths): string {
  return steps(paths.specReplicasPath).at(-1)!;
}

function holder(object: KubeObject, paths: ScalePaths): Record<string, unknown> {
  let target: Record<string, unknown> = object;
  for (const step of steps(paths.specReplicasPath).slice(0, -1)) {
    target[step] ??= {};
    target = target[step] as Record<string, unknown>;
  }
  return target;
}
