import { isDeepStrictEqual } from 'node:util';
import { LABELS } from '@forkspacer/contract';
import type { Kube, KubeObject } from '@forkspacer/kube';
import type { Kind } from './kinds.ts';

/** What is there, by `Deployment shop/web`. */
export type Snapshot = Map<string, KubeObject>;

export interface Scope {
  /** Everything in these is looked at. */
  namespaces: readonly string[];
  /** Elsewhere only what carries one of these in its instance label, or is named here. */
  instances: readonly string[];
  named?(object: KubeObject): boolean;
}

/** In every namespace, by the cluster itself, when it gets round to it. */
const DEFAULTS = ['ConfigMap kube-root-ca.crt', 'ServiceAccount default'];

/** Reads everything of these kinds within a scope, but for what controllers make and keep. */
export async function takeSnapshot(kube: Kube, kinds: readonly Kind[], scope: Scope): Promise<Snapshot> {
  const snapshot: Snapshot = new Map();
  const lists = await Promise.all(
    kinds.map(async ({ apiVersion, kind, path }) => {
      const { items } = await kube.request({ method: 'GET', path });
      return (items as KubeObject[]).map((item): KubeObject => ({ ...item, apiVersion, kind }));
    }),
  );
  for (const object of lists.flat()) {
    const { name, namespace } = object.metadata;
    if (!isInScope(object, scope) || DEFAULTS.includes(`${object.kind} ${name}`)) continue;
    if (object.metadata.ownerReferences?.some(({ controller }) => controller)) continue;
    snapshot.set(`${object.kind} ${namespace ? `${namespace}/` : ''}${name}`, object);
  }
  return snapshot;
}

function isInScope(object: KubeObject, { namespaces, instances, named }: Scope): boolean {
  const { namespace, labels } = object.metadata;
  // The namespaces themselves are the test's.
  if (object.kind === 'Namespace' && namespaces.includes(object.metadata.name)) return false;
  if (namespace && namespaces.includes(namespace)) return true;
  return instances.includes(labels?.[LABELS.instance] ?? '') || (named?.(object) ?? false);
}

/**
 * What differs between two states, one line each; none when they are the same. Versions, uids, times and status are
 * the cluster's own and do not count; fields, labels, annotations and who owns them do.
 *
 * @param sameObjects whether each object also has to be the very same one, not one made anew
 */
export function differences(expected: Snapshot, found: Snapshot, { sameObjects = false } = {}): string[] {
  const lines: string[] = [];
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const [before, after] = [expected.get(key), found.get(key)];
    if (!after) lines.push(`${key}: expected it to be there, found none`);
    else if (!before) lines.push(`${key}: expected none, found one`);
    else {
      if (sameObjects && before.metadata.uid !== after.metadata.uid) {
        lines.push(`${key}: expected the object from before, found one made anew`);
      }
      lines.push(...fieldDifferences(key, comparable(before, expected), comparable(after, found)));
    }
  }
  return lines;
}

function comparable(object: KubeObject, within: Snapshot): unknown {
  const { status: _, metadata, ...rest } = object;
  const {
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    selfLink,
    managedFields = [],
    ...kept
  } = metadata;
  const managers = managedFields
    .filter(({ subresource }) => subresource !== 'status')
    .map(({ time, ...entry }) => entry)
    .sort((one, other) => (label(one) < label(other) ? -1 : 1));
  for (const field of ['labels', 'annotations'] as const) {
    if (Object.keys(kept[field] ?? {}).length === 0) delete kept[field];
  }
  return JSON.parse(settled(JSON.stringify({ ...rest, metadata: { ...kept, managers } }), within));
}

const label = (entry: { manager?: string; operation?: string; subresource?: string }) =>
  `${entry.manager} ${entry.operation} ${entry.subresource ?? ''}`;

/** A text without what is another one each time: uids of what is there, times, nights. */
function settled(text: string, within: Snapshot): string {
  let result = text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/\b\d{8}T\d{6,9}Z/g, '<night>');
  for (const [key, { metadata }] of within) {
    const { uid } = metadata;
    if (!uid || !result.includes(uid.slice(0, 8))) continue;
    result = result.replaceAll(uid, `<uid of ${key}>`).replaceAll(uid.slice(0, 8), `<short uid of ${key}>`);
  }
  return result;
}

const LINES = 12;

function fieldDifferences(path: string, expected: unknown, found: unknown): string[] {
  if (isDeepStrictEqual(expected, found)) return [];
  if (isObject(expected) && isObject(found)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...keys]
      .flatMap((key) => fieldDifferences(`${path} .${key}`, expected[key], found[key]))
      .slice(0, LINES);
  }
  return [`${path}: expected ${shown(expected)}, found ${shown(found)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
