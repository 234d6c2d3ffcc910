import type { Kube } from '../connect.ts';
import { KubeError } from '../error.ts';
import { list, type Selection } from '../list.ts';
import { type KubeObject, nameOf, type ObjectRef, refOf } from '../object.ts';
import { find } from '../read.ts';
import { readMarks } from './baseline.ts';
import { discover, type Served, scalableKind } from './discovery.ts';
import { KINDS } from './kinds/index.ts';
import type { Kind } from './kinds/kind.ts';

/** What is to sleep or wake: the objects named, or all that the selector (none: the namespace) finds. */
export interface Target {
  namespace: string;
  objects?: ObjectRef[];
  /** A label selector, as kubectl takes it. An autoscaler goes with its target, whatever its own labels. */
  selector?: string;
  /** Only these kinds (`Deployment`, `CronJob`), and the autoscalers of what they find; all that can sleep unless told. */
  kinds?: readonly string[];
}

/** Objects of one kind that one watch follows, and the version from which it does. */
export interface Batch {
  selection: Selection;
  resourceVersion?: string;
}

/** One object to decide over. */
export interface Candidate {
  kind: Kind;
  ref: ObjectRef;
  /** Undefined: a named one that is not there. */
  object: KubeObject | undefined;
  batch: Batch;
}

export interface Found {
  candidates: Candidate[];
  /** All of the namespace, for their limits; those that are to sleep themselves are candidates too. */
  autoscalers: Candidate[];
  unseen: Unseen[];
}

/** A kind that could not be looked at. */
export interface Unseen {
  apiVersion: string;
  kind: string;
  reason: string;
}

/**
 * Reads the targets: one list for each kind that the server serves, or one read for each name and one list for each
 * kind of autoscaler. Kinds that are not served cost one read of discovery, all together.
 *
 * @throws KubeError `BadKind` for a kind that cannot sleep; 403 when nothing may be listed, or not what was asked for
 */
export function readTargets(kube: Kube, target: Target): Promise<Found> {
  return target.objects ? readNamed(kube, target, target.objects) : readSelected(kube, target);
}

async function readNamed(kube: Kube, { namespace }: Target, objects: ObjectRef[]): Promise<Found> {
  const refs = objects.map((named) => ({ ...named, namespace: named.namespace ?? namespace }));
  // Only a kind that is not known here has to be looked up.
  const served = refs.some((ref) => !kindOf(ref)) ? await discover(kube) : [];
  const candidates = Promise.all(
    refs.map(async (ref): Promise<Candidate> => {
      const kind = kindOf(ref) ?? (await lookUp(kube, served, ref));
      const object = await find(kube, ref);
      const fieldSelector = `metadata.name=${ref.name}`;
      const selection = {
        apiVersion: ref.apiVersion,
        kind: ref.kind,
        namespace: ref.namespace,
        fieldSelector,
      };
      return {
        kind,
        ref,
        object: object && { ...object, apiVersion: ref.apiVersion, kind: ref.kind },
        batch: { selection },
      };
    }),
  );
  const followers = KINDS.filter(({ targetOf }) => targetOf);
  const lists = Promise.all(
    [...new Set(refs.map((ref) => ref.namespace))].flatMap((each) =>
      followers.map((kind) =>
        readKind(kube, kind, kind.versions[0] as string, each, undefined)
          .then((listed) => candidatesOf(kind, listed))
          .catch(nothing(kube, kind)),
      ),
    ),
  );
  const [named, autoscalers] = await Promise.all([candidates, lists]);
  return withAutoscalers(named, autoscalers.flat(), [], false);
}

/** Where autoscalers may not be seen, or there are none of the kind, the named objects sleep without. */
function nothing(kube: Kube, { kind }: Kind): (error: unknown) => Candidate[] {
  return (error) => {
    if (!(error instanceof KubeError) || (error.status !== 403 && error.status !== 404)) throw error;
    if (error.status === 403) kube.log?.({ kind, reason: error.message }, 'autoscalers not seen');
    return [];
  };
}

function kindOf({ apiVersion, kind }: ObjectRef): Kind | undefined {
  const [group] = parts(apiVersion);
  return KINDS.find((each) => each.group === group && each.kind === kind);
}

async function lookUp(kube: Kube, served: Served[], ref: ObjectRef): Promise<Kind> {
  const [group, version] = parts(ref.apiVersion);
  const found = served.find((each) => each.group === group && each.kind === ref.kind && each.scale);
  if (found) return scalableKind(kube, { ...found, version });
  const kinds = KINDS.map(({ kind }) => kind).join(', ');
  throw new KubeError(
    `${nameOf(ref)}: expected one of ${kinds} or a kind with a scale subresource, found ${ref.apiVersion} ${ref.kind}`,
    { reason: 'BadKind', object: nameOf(ref) },
  );
}

async function readSelected(kube: Kube, target: Target): Promise<Found> {
  const { namespace, selector, kinds } = target;
  const isWanted = ({ kind }: { kind: string }): boolean =>
    !kinds || kinds.some((each) => each.toLowerCase() === kind.toLowerCase());
  const unseen: Unseen[] = [];
  const read = async (kind: GroupKind, version: string, labelSelector = selector): Promise<Listed> => {
    try {
      return await readKind(kube, kind, version, namespace, labelSelector);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // What was asked for by name has to be seen; of all that can sleep, it is told what was not.
      if (error.status === 403 && !(kinds && isWanted(kind))) {
        unseen.push({
          apiVersion: apiVersionOf(kind.group, version),
          kind: kind.kind,
          reason: error.message,
        });
      }
      // Its CRD went away since it was discovered.
      else if (error.status !== 404) throw error;
      return { objects: [], batch: { selection: { apiVersion: version, kind: kind.kind } } };
    }
  };
  const readOwn = async (kind: Kind, version = kind.versions[0] as string): Promise<Candidate[]> =>
    candidatesOf(kind, await read(kind, version, kind.targetOf ? '' : selector));
  // The definition is read only where there is something to park by it.
  const readScalable = async (served: Served): Promise<Candidate[]> => {
    const listed = await read(served, served.version);
    return listed.objects.length > 0 ? candidatesOf(await scalableKind(kube, served), listed) : [];
  };
  // An autoscaler is listed even where its kind is not wanted: it would lift its target.
  const own = KINDS.filter((each) => isWanted(each) || each.targetOf);
  const builtin = own.filter((each) => each.builtin);
  const others = async (): Promise<Candidate[][]> => {
    const served = await discover(kube);
    const known = new Set(KINDS.map(({ group, kind }) => `${group}/${kind}`));
    return Promise.all([
      ...own
        .filter((each) => !each.builtin)
        .flatMap((each) => {
          const found = served.find(({ group, kind }) => group === each.group && kind === each.kind);
          return found ? [readOwn(each, found.version)] : [];
        }),
      ...served
        .filter((each) => each.scale && isWanted(each) && !known.has(`${each.group}/${each.kind}`))
        .map(readScalable),
    ]);
  };
  const lists = await Promise.all([Promise.all(builtin.map((each) => readOwn(each))), others()]);
  const all = lists.flat(2);
  if (unseen.length > 0 && builtin.every((each) => unseen.some(({ kind }) => kind === each.kind))) {
    throw new KubeError((unseen[0] as Unseen).reason, { status: 403, reason: 'Forbidden' });
  }
  const place = new Map(KINDS.map((kind, index) => [kind, index]));
  all.sort((one, other) => (place.get(one.kind) ?? KINDS.length) - (place.get(other.kind) ?? KINDS.length));
  const looked = new Set(all.map(({ kind }) => kind.kind));
  const candidates = all.filter(({ kind, object }) => {
    const owner = object?.metadata.ownerReferences?.find(({ controller }) => controller);
    // A Deployment's ReplicaSet, a CronJob's Job: their owner is looked at itself.
    return !(owner && looked.has(owner.kind)) && !(object && kind.isOver?.(object));
  });
  const isAutoscaler = ({ kind }: Candidate): boolean => kind.targetOf !== undefined;
  return withAutoscalers(
    candidates.filter((each) => !isAutoscaler(each)),
    candidates.filter(isAutoscaler),
    unseen,
    selector === undefined && kinds === undefined,
  );
}

interface GroupKind {
  group: string;
  kind: string;
}

interface Listed {
  batch: Batch;
  objects: KubeObject[];
}

async function readKind(
  kube: Kube,
  { group, kind }: GroupKind,
  version: string,
  namespace: string,
  labelSelector: string | undefined,
): Promise<Listed> {
  const selection = {
    apiVersion: apiVersionOf(group, version),
    kind,
    namespace,
    ...(labelSelector ? { labelSelector } : {}),
  };
  const { items, resourceVersion } = await list(kube, selection);
  return { batch: { selection, resourceVersion }, objects: items };
}

function candidatesOf(kind: Kind, { batch, objects }: Listed): Candidate[] {
  return objects.map((object) => ({ kind, ref: refOf(object), object, batch }));
}

/**
 * Autoscalers join when their target is among the objects; where the whole namespace is meant, also when they sleep and
 * their target is gone.
 */
function withAutoscalers(
  named: Candidate[],
  autoscalers: Candidate[],
  unseen: Unseen[],
  orphans: boolean,
): Found {
  const keys = new Set(named.map(({ kind, ref }) => keyOf({ ...ref, group: kind.group })));
  const joining = autoscalers.filter(({ kind, object, ref }) => {
    if (!object || keys.has(keyOf({ ...ref, group: kind.group }))) return false;
    const target = kind.targetOf?.(object);
    if (target && keys.has(keyOf({ ...target, namespace: ref.namespace }))) return true;
    return orphans && readMarks(object).mark !== undefined;
  });
  return { candidates: [...joining, ...named], autoscalers, unseen };
}

/** By group, not by version: an autoscaler may name another one. */
export function keyOf(of: {
  group: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
}): string {
  return `${of.group}/${of.kind}/${of.namespace ?? ''}/${of.name}`;
}

function parts(apiVersion: string): [group: string, version: string] {
  const at = apiVersion.indexOf('/');
  return at < 0 ? ['', apiVersion] : [apiVersion.slice(0, at), apiVersion.slice(at + 1)];
}

function apiVersionOf(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}
