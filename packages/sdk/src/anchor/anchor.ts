import { LABELS } from '@forkspacer/contract';
import {
  create,
  find,
  type Kube,
  KubeError,
  type KubeObject,
  nameOf,
  type ObjectRef,
  ownLabels,
  patch,
} from '@forkspacer/kube';
import { ModuleError } from '../module-error.ts';

/** `retained`: uninstalled, with data that was kept for the next install. */
export type State = 'installing' | 'installed' | 'retained';

export interface Content {
  /** Whose it is. */
  instance: string;
  state: State;
  /** When its owner last said that it is alive, epoch milliseconds by the API server's clock. */
  touched: number;
  /** What was made under it, oldest first; written before the object itself is. */
  made: ObjectRef[];
  /** What was retained when this install took it up: stays retained until the install is done. */
  kept: ObjectRef[];
  /** Whose it was before, while objects may still carry their labels. */
  previous: string[];
}

/** One instance's anchor as it was read: whatever is changed is changed against this version. */
export interface Anchor extends Content {
  uid: string;
  resourceVersion: string;
}

/** Reads the anchor; undefined when there is none. @throws ModuleError when something else has its name */
export async function findAnchor(kube: Kube, ref: ObjectRef, module: string): Promise<Anchor | undefined> {
  const object = await find(kube, ref);
  return object && parse(object, ref, module);
}

/** Makes the anchor; undefined when someone else made one first. */
export async function createAnchor(
  kube: Kube,
  ref: ObjectRef,
  content: Content,
): Promise<Anchor | undefined> {
  try {
    const { apiVersion, kind, namespace, name } = ref;
    const metadata = { name, ...(namespace && { namespace }), labels: ownLabels(kube) };
    const made = await create(kube, { apiVersion, kind, metadata, data: written(content) });
    return { ...content, ...versionOf(made) };
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'AlreadyExists') return undefined;
    if (error instanceof KubeError && error.status === 404) {
      throw new ModuleError({
        expected: `namespace ${ref.namespace} to be there`,
        found: 'none',
        todo: 'create it or correct the config',
        cause: error,
      });
    }
    throw error;
  }
}

/** Changes the anchor; undefined when it is not any more what was read, and nothing was changed. */
export async function changeAnchor(
  kube: Kube,
  ref: ObjectRef,
  anchor: Anchor,
  change: Partial<Content>,
): Promise<Anchor | undefined> {
  const content: Content = { ...anchor, ...change };
  const { resourceVersion } = anchor;
  const labels = ownLabels(kube.with({ instance: content.instance }));
  const body = { metadata: { resourceVersion, labels }, data: written(content) };
  try {
    return { ...content, ...versionOf(await patch(kube, ref, body, { type: 'merge' })) };
  } catch (error) {
    if (error instanceof KubeError && (error.status === 409 || error.status === 404)) return undefined;
    throw error;
  }
}

/** Deletes the anchor; false when it is not any more what was read, and it was left. */
export async function removeAnchor(kube: Kube, ref: ObjectRef, anchor: Anchor): Promise<boolean> {
  const { path, subject } = await kube.locate(ref);
  const { uid, resourceVersion } = anchor;
  try {
    await kube.request({
      method: 'DELETE',
      path,
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
      subject: subject('delete'),
    });
    return true;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.status === 404) return true;
    if (error.status === 409) return false;
    throw error;
  }
}

function written({ instance, state, touched, made, kept, previous }: Content): Record<string, string> {
  return {
    instance,
    state,
    touched: new Date(touched).toISOString(),
    made: JSON.stringify(made),
    kept: JSON.stringify(kept),
    previous: JSON.stringify(previous),
  };
}

function versionOf({ metadata }: KubeObject): { uid: string; resourceVersion: string } {
  return { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' };
}

const STATES: readonly string[] = ['installing', 'installed', 'retained'] satisfies State[];

function parse(object: KubeObject, ref: ObjectRef, module: string): Anchor {
  const { instance, state, touched, made, kept, previous } = object.data ?? {};
  const time = Date.parse(touched);
  const lists = { made: listOf(made, isRef), kept: listOf(kept, isRef), previous: listOf(previous, isText) };
  if (
    object.metadata.labels?.[LABELS.module] !== module ||
    typeof instance !== 'string' ||
    !STATES.includes(state) ||
    Number.isNaN(time) ||
    !lists.made ||
    !lists.kept ||
    !lists.previous
  ) {
    throw new ModuleError({
      expected: `${nameOf(ref)} to be the anchor of an instance of ${module}`,
      found: 'something else under that name',
      todo: 'move it away; nothing was changed',
    });
  }
  const { made: listed, kept: retained, previous: before } = lists;
  return {
    instance,
    state,
    touched: time,
    made: listed,
    kept: retained,
    previous: before,
    ...versionOf(object),
  };
}

function listOf<T>(text: unknown, whole: (item: unknown) => item is T): T[] | undefined {
  try {
    const list: unknown = JSON.parse(String(text));
    return Array.isArray(list) && list.every(whole) ? list : undefined;
  } catch {
    return undefined;
  }
}

const isText = (item: unknown): item is string => typeof item === 'string';

function isRef(item: unknown): item is ObjectRef {
  const { apiVersion, kind, name } = (item ?? {}) as Partial<ObjectRef>;
  return [apiVersion, kind, name].every(isText);
}
