import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { countOf } from '../resources/numbers.ts';
import { alreadyExists } from '../status.ts';
import { clone, same } from '../store/freeze.ts';
import {
  type Condition,
  type Controller,
  type ControllerOptions,
  conditionOf,
  controlledBy,
  now,
  reconciler,
  refOf,
  safeHash,
  watchOwned,
} from './controller.ts';
import { tell } from './events.ts';
import { claim, isActive, POD } from './pods.ts';
import { REPLICA_SET } from './replicaset.ts';
import { sameStatus, withoutZeros } from './status-counts.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const COMPONENT = 'deployment-controller';
const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
/** Annotations of a Deployment that its ReplicaSets do not get. */
const NOT_COPIED = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
];

/**
 * Makes ReplicaSets of Deployments and moves Pods from the old ones to the new one. Follows
 * k8s.io/kubernetes/pkg/controller/deployment step by step, so that annotations and conditions are the same.
 */
export const deployments: Controller = (options) =>
  reconciler(
    options,
    DEPLOYMENT,
    (deployment) => new Rollout(options, deployment).reconcile(),
    (wake) => [
      watchOwned(options.client, REPLICA_SET, DEPLOYMENT, wake),
      // Recreate waits for Pods of old ReplicaSets to be gone.
      options.client.watch(POD, ({ type, object }) => {
        if (type !== 'DELETED') return;
        const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === 'ReplicaSet');
        const set =
          owner &&
          options.client.find({ ...REPLICA_SET, namespace: object.metadata.namespace!, name: owner.name });
        const reference = set?.metadata.ownerReferences?.find(({ kind }) => kind === 'Deployment');
        if (reference) wake(object.metadata.namespace, reference.name);
      }),
    ],
  );

class Rollout {
  readonly #options: ControllerOptions;
  #deployment: KubeObject;
  #sets: KubeObject[] = [];

  constructor(options: ControllerOptions, deployment: KubeObject) {
    this.#options = options;
    this.#deployment = deployment;
  }

  get #spec(): Fields {
    return this.#deployment.spec;
  }

  reconcile(): void {
    this.#readSets();
    if (this.#deployment.metadata.deletionTimestamp !== undefined) {
      this.#syncStatus();
      return;
    }
    this.#tellPaused();
    if (this.#spec.paused || this.#isScaled()) this.#scaleOnly();
    else if (this.#spec.strategy.type === 'Recreate') this.#recreate();
    else this.#roll();
  }

  #readSets(): void {
    this.#sets = claim(this.#options.client, this.#deployment, this.#spec.selector, REPLICA_SET);
  }

  /** The ReplicaSet of the present template: the oldest, should there be several. */
  #newSet(): KubeObject | undefined {
    const template = withoutHash(this.#spec.template);
    return [...this.#sets].sort(byAge).find((set) => same(withoutHash(set.spec.template), template));
  }

  #oldSets(): KubeObject[] {
    const current = this.#newSet()?.metadata.uid;
    return this.#sets.filter(({ metadata }) => metadata.uid !== current);
  }

  #isScaled(): boolean {
    this.#prepareNewSet(false);
    return this.#sets.some(
      (set) =>
        set.spec.replicas > 0 && desiredOf(set) !== undefined && desiredOf(set) !== this.#spec.replicas,
    );
  }

  /** Brings revision and annotations of the new ReplicaSet up to date; makes it when there is none. */
  #prepareNewSet(create: boolean): void {
    const highest = Math.max(0, ...this.#oldSets().map(revisionOf));
    const revision = String(highest + 1);
    const existing = this.#newSet();
    if (existing) {
      const next = clone(existing);
      if (this.#annotate(next, revision)) {
        this.#updateSet(next);
        this.#prepareStatus(revisionAnnotation(next), undefined);
        return;
      }
      const progressing = conditionOf(this.#deployment.status, 'Progressing');
      const found: Condition | undefined = progressing
        ? undefined
        : {
            type: 'Progressing',
            status: 'True',
            reason: 'FoundNewReplicaSet',
            message: `Found new replica set "${existing.metadata.name}"`,
          };
      this.#prepareStatus(revisionAnnotation(next), found);
    } else if (create) this.#createNewSet(revision);
  }

  #createNewSet(revision: string): void {
    const { client } = this.#options;
    const { metadata, spec, status } = this.#deployment;
    const hash = safeHash([sortedJson(spec.template), status?.collisionCount ?? 0]);
    const template = clone(spec.template);
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH]: hash } };
    const set: KubeObject = {
      ...REPLICA_SET,
      metadata: {
        name: `${metadata.name}-${hash}`,
        namespace: metadata.namespace!,
        labels: { ...template.metadata.labels },
        annotations: {},
        ownerReferences: [controlledBy(this.#deployment)],
      },
      spec: {
        replicas: 0,
        ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
        selector: { ...clone(spec.selector), matchLabels: { ...spec.selector.matchLabels, [HASH]: hash } },
        template,
      },
    };
    set.spec.replicas = this.#replicasOfNew(set);
    this.#annotate(set, revision);
    this.#annotateCounts(set);
    const taken = client.find(refOf(set));
    if (taken && taken.metadata.ownerReferences?.[0]?.uid !== metadata.uid) {
      this.#writeStatus({ ...status, collisionCount: (status?.collisionCount ?? 0) + 1 });
      throw alreadyExists({ group: 'apps', plural: 'replicasets' }, set.metadata.name);
    }
    const created = client.create(set);
    this.#sets.push(created);
    if (created.spec.replicas > 0) this.#tellScaled(created, 0);
    this.#prepareStatus(revision, {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${created.metadata.name}"`,
    });
  }

  /** The revision annotation and a condition on the Deployment, written as status. */
  #prepareStatus(revision: string | undefined, condition: Condition | undefined): void {
    const known = this.#deployment.metadata.annotations?.[REVISION];
    if ((revision === undefined || known === revision) && !condition) return;
    const next = clone(this.#deployment);
    if (revision !== undefined)
      next.metadata.annotations = { ...next.metadata.annotations, [REVISION]: revision };
    if (condition && this.#spec.progressDeadlineSeconds !== undefined) {
      next.status = { ...next.status, conditions: this.#withCondition(next.status, condition) };
    }
    this.#deployment = this.#options.client.update(next, { subresource: 'status' });
  }

  /** Copies annotations and counts revisions; whether anything changed. */
  #annotate(set: KubeObject, revision: string): boolean {
    const annotations: Record<string, string> = { ...set.metadata.annotations };
    for (const [key, value] of Object.entries(this.#deployment.metadata.annotations ?? {})) {
      if (!NOT_COPIED.includes(key)) annotations[key] = value;
    }
    const before = annotations[REVISION];
    if (Number(before ?? 0) < Number(revision)) {
      annotations[REVISION] = revision;
      if (before !== undefined) {
        annotations[HISTORY] = annotations[HISTORY] ? `${annotations[HISTORY]},${before}` : before;
      }
    }
    let changed = !same(annotations, set.metadata.annotations ?? {});
    set.metadata.annotations = annotations;
    const minReadySeconds = this.#spec.minReadySeconds ?? 0;
    if ((set.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      set.spec.minReadySeconds = minReadySeconds;
      changed = true;
    }
    return changed;
  }

  #annotateCounts(set: KubeObject): void {
    set.metadata.annotations = {
      ...set.metadata.annotations,
      [DESIRED]: String(this.#spec.replicas),
      [MAX]: String(this.#spec.replicas + this.#maxSurge()),
    };
  }

  #roll(): void {
    this.#prepareNewSet(true);
    if (!this.#growNew() && !this.#shrinkOld()) this.#cleanUpWhenComplete();
    this.#syncRollout();
  }

  #growNew(): boolean {
    const set = this.#newSet()!;
    const { replicas } = this.#spec;
    if (set.spec.replicas === replicas) return false;
    return this.#scale(set, set.spec.replicas > replicas ? replicas : this.#replicasOfNew(set));
  }

  /** How many the new ReplicaSet may have now, within maxSurge. */
  #replicasOfNew(set: KubeObject): number {
    const { replicas, strategy } = this.#spec;
    if (strategy.type === 'Recreate') return replicas;
    const room = replicas + this.#maxSurge() - sum(this.#sets, ({ spec }) => spec.replicas);
    if (room <= 0) return set.spec.replicas;
    return set.spec.replicas + Math.min(room, replicas - set.spec.replicas);
  }

  #shrinkOld(): boolean {
    const old = this.#oldSets();
    if (sum(old, ({ spec }) => spec.replicas) === 0) return false;
    const { replicas } = this.#spec;
    const current = this.#newSet()!;
    const all = sum(this.#sets, ({ spec }) => spec.replicas);
    const atLeast = replicas - this.#maxUnavailable();
    const newUnavailable = current.spec.replicas - (current.status?.availableReplicas ?? 0);
    const most = all - atLeast - newUnavailable;
    if (most <= 0) return false;
    let shrunk = 0;
    // Pods that serve nobody go first.
    for (const set of old.sort(byAge)) {
      const unhealthy = set.spec.replicas - (set.status?.availableReplicas ?? 0);
      const count = Math.min(most - shrunk, unhealthy);
      if (count <= 0) continue;
      shrunk += count;
      this.#scale(set, set.spec.replicas - count);
    }
    const available = sum(this.#sets, ({ status }) => status?.availableReplicas ?? 0);
    let excess = available - atLeast;
    for (const set of this.#oldSets().sort(byAge)) {
      const count = Math.min(set.spec.replicas, excess);
      if (count <= 0) continue;
      excess -= count;
      shrunk += count;
      this.#scale(set, set.spec.replicas - count);
    }
    return shrunk > 0;
  }

  #recreate(): void {
    this.#prepareNewSet(false);
    let scaled = false;
    for (const set of this.#oldSets()) if (set.spec.replicas > 0) scaled = this.#scale(set, 0) || scaled;
    if (!scaled && !this.#oldPodsRun()) {
      this.#prepareNewSet(true);
      const current = this.#newSet()!;
      if (current.spec.replicas !== this.#spec.replicas) this.#scale(current, this.#spec.replicas);
      this.#cleanUpWhenComplete();
    }
    this.#syncRollout();
  }

  #oldPodsRun(): boolean {
    const old = this.#oldSets();
    if (sum(old, ({ status }) => status?.replicas ?? 0) > 0) return true;
    return old.some((set) =>
      this.#options.client
        .ownedBy(set.metadata.uid!)
        .some((pod) => pod.kind === 'Pod' && (isActive(pod) || pod.metadata.deletionTimestamp !== undefined)),
    );
  }

  /** While paused or after a change of replicas: sizes only, no rollout. */
  #scaleOnly(): void {
    this.#prepareNewSet(false);
    const active = this.#sets.filter((set) => set.spec.replicas > 0);
    const current = this.#newSet();
    const only =
      active.length === 1
        ? active[0]
        : active.length === 0
          ? (current ?? this.#oldSets().sort(byAge).at(-1))
          : undefined;
    const { replicas } = this.#spec;
    if (only) {
      if (only.spec.replicas !== replicas) this.#scale(only, replicas);
    } else if (active.length > 1) {
      if (current && this.#isSaturated(current)) {
        for (const set of this.#oldSets()) if (set.spec.replicas > 0) this.#scale(set, 0);
      } else if (this.#spec.strategy.type === 'RollingUpdate') this.#scaleInProportion(active);
    }
    if (this.#spec.paused) this.#cleanUp();
    this.#syncStatus();
  }

  #isSaturated(set: KubeObject): boolean {
    const { replicas } = this.#spec;
    return (
      set.spec.replicas === replicas &&
      desiredOf(set) === replicas &&
      (set.status?.availableReplicas ?? 0) === replicas
    );
  }

  #scaleInProportion(active: KubeObject[]): void {
    const { replicas } = this.#spec;
    const allowed = replicas > 0 ? replicas + this.#maxSurge() : 0;
    const toAdd = allowed - sum(active, ({ spec }) => spec.replicas);
    const bySize = (a: KubeObject, b: KubeObject) =>
      b.spec.replicas - a.spec.replicas || (toAdd > 0 ? byAge(b, a) : byAge(a, b));
    const sets = [...active].sort(bySize);
    let added = 0;
    const sizes = sets.map((set) => {
      if (toAdd === 0) return set.spec.replicas;
      const before = Number(set.metadata.annotations?.[MAX] ?? this.#deployment.status?.replicas ?? 0);
      const share =
        replicas === 0
          ? -set.spec.replicas
          : Math.round((set.spec.replicas * (replicas + this.#maxSurge())) / before) - set.spec.replicas;
      const part = toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
      added += part;
      return set.spec.replicas + part;
    });
    sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
    for (const [index, set] of sets.entries()) this.#scale(set, sizes[index]!, true);
  }

  /** @returns whether the size changed. */
  #scale(set: KubeObject, replicas: number, annotateAlways = false): boolean {
    const before = set.spec.replicas;
    if (before === replicas && !annotateAlways) return false;
    const next = clone(set);
    next.spec.replicas = replicas;
    this.#annotateCounts(next);
    if (same(next, set)) return false;
    const updated = this.#updateSet(next);
    if (before !== replicas) this.#tellScaled(updated, before);
    return before !== replicas;
  }

  #tellScaled(set: KubeObject, before: number): void {
    const direction = set.spec.replicas > before ? 'up' : 'down';
    tell(this.#options, COMPONENT, this.#deployment, {
      reason: 'ScalingReplicaSet',
      message: `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${set.spec.replicas}`,
    });
  }

  #updateSet(set: KubeObject): KubeObject {
    const updated = this.#options.client.update(set);
    this.#sets = this.#sets.map((each) => (each.metadata.uid === updated.metadata.uid ? updated : each));
    return updated;
  }

  #cleanUpWhenComplete(): void {
    if (this.#isComplete(this.#countStatus())) this.#cleanUp();
  }

  /** Old ReplicaSets beyond revisionHistoryLimit go, lowest revision first. */
  #cleanUp(): void {
    const old = this.#oldSets()
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const set of old.slice(0, Math.max(0, old.length - this.#spec.revisionHistoryLimit))) {
      const { spec, status, metadata } = set;
      if (spec.replicas > 0 || (status?.replicas ?? 0) > 0) continue;
      if (metadata.generation! > (status?.observedGeneration ?? 0)) continue;
      this.#options.client.delete(refOf(set));
    }
  }

  #maxSurge(): number {
    const { strategy, replicas } = this.#spec;
    return strategy.type === 'RollingUpdate' ? countOf(strategy.rollingUpdate.maxSurge, replicas, true) : 0;
  }

  #maxUnavailable(): number {
    const { strategy, replicas } = this.#spec;
    if (strategy.type !== 'RollingUpdate' || replicas === 0) return 0;
    const count = countOf(strategy.rollingUpdate.maxUnavailable, replicas);
    // Rounding must not stop a rollout.
    return Math.min(replicas, count === 0 && this.#maxSurge() === 0 ? 1 : count);
  }

  #tellPaused(): void {
    const reason = conditionOf(this.#deployment.status, 'Progressing')?.reason;
    if (reason === 'ProgressDeadlineExceeded' || this.#spec.progressDeadlineSeconds === undefined) return;
    const paused = reason === 'DeploymentPaused';
    if (Boolean(this.#spec.paused) === paused) return;
    const condition: Condition = paused
      ? {
          type: 'Progressing',
          status: 'Unknown',
          reason: 'DeploymentResumed',
          message: 'Deployment is resumed',
        }
      : {
          type: 'Progressing',
          status: 'Unknown',
          reason: 'DeploymentPaused',
          message: 'Deployment is paused',
        };
    this.#writeStatus({
      ...this.#deployment.status,
      conditions: this.#withCondition(this.#deployment.status, condition),
    });
  }

  #countStatus(): Fields {
    const { metadata, spec, status } = this.#deployment;
    const replicas = sum(this.#sets, (set) => set.status?.replicas ?? 0);
    const available = sum(this.#sets, (set) => set.status?.availableReplicas ?? 0);
    const counted: Fields = {
      observedGeneration: metadata.generation,
      replicas,
      updatedReplicas: this.#newSet()?.status?.replicas ?? 0,
      readyReplicas: sum(this.#sets, (set) => set.status?.readyReplicas ?? 0),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, replicas - available),
      terminatingReplicas: sum(this.#sets, (set) => set.status?.terminatingReplicas ?? 0),
      ...(status?.collisionCount === undefined ? {} : { collisionCount: status.collisionCount }),
      conditions: status?.conditions ?? [],
    };
    const enough = available >= spec.replicas - this.#maxUnavailable();
    counted.conditions = this.#withCondition(counted, {
      type: 'Available',
      status: enough ? 'True' : 'False',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: enough
        ? 'Deployment has minimum availability.'
        : 'Deployment does not have minimum availability.',
    });
    return counted;
  }

  #isComplete(status: Fields): boolean {
    const { metadata, spec } = this.#deployment;
    const counts = [status.updatedReplicas, status.replicas, status.availableReplicas];
    return (
      counts.every((count) => count === spec.replicas) && status.observedGeneration >= metadata.generation!
    );
  }

  #syncStatus(): void {
    this.#writeStatus(this.#countStatus());
  }

  #syncRollout(): void {
    const status = this.#countStatus();
    const before = this.#deployment.status ?? {};
    const current = conditionOf(before, 'Progressing');
    const done = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
    if (this.#spec.progressDeadlineSeconds !== undefined && !done) {
      const name = `ReplicaSet "${this.#newSet()?.metadata.name ?? ''}"`;
      const condition = (outcome: 'True' | 'False', reason: string, message: string): Condition => ({
        type: 'Progressing',
        status: outcome,
        reason,
        message: `${name} ${message}`,
      });
      if (this.#isComplete(status)) {
        const next = condition('True', 'NewReplicaSetAvailable', 'has successfully progressed.');
        status.conditions = this.#withCondition(status, next);
      } else if (progressed(status, before)) {
        const next = condition('True', 'ReplicaSetUpdated', 'is progressing.');
        status.conditions = this.#withCondition(status, next, true);
      } else if (this.#isTimedOut(current)) {
        const next = condition('False', 'ProgressDeadlineExceeded', 'has timed out progressing.');
        status.conditions = this.#withCondition(status, next);
      }
    }
    const failing = this.#sets.map((set) => conditionOf(set.status, 'ReplicaFailure')).find(Boolean);
    status.conditions = failing
      ? this.#withCondition(status, {
          type: 'ReplicaFailure',
          status: 'True',
          reason: failing.reason,
          message: failing.message,
        })
      : status.conditions.filter(({ type }: Fields) => type !== 'ReplicaFailure');
    this.#writeStatus(status);
  }

  #isTimedOut(progressing: Fields): boolean {
    if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
    if (progressing.reason === 'ProgressDeadlineExceeded') return true;
    const { clock, client } = this.#options;
    const due = Date.parse(progressing.lastUpdateTime) + this.#spec.progressDeadlineSeconds * 1000;
    if (due <= clock.now()) return true;
    const ref = refOf(this.#deployment);
    clock.after(due - clock.now() + 1000, () => {
      const again = client.find(ref);
      if (again && conditionOf(again.status, 'Progressing')?.lastUpdateTime === progressing.lastUpdateTime) {
        new Rollout(this.#options, again).reconcile();
      }
    });
    return false;
  }

  #withCondition(status: Fields, condition: Condition, renewed = false): Fields[] {
    const conditions: Fields[] = status?.conditions ?? [];
    const before = conditionOf(status, condition.type);
    const kept = before?.status === condition.status;
    if (kept && before.reason === condition.reason && !renewed) return conditions;
    const time = now(this.#options);
    return [
      ...conditions.filter(({ type }) => type !== condition.type),
      { ...condition, lastUpdateTime: time, lastTransitionTime: kept ? before.lastTransitionTime : time },
    ];
  }

  #writeStatus(status: Fields): void {
    if (sameStatus(status, this.#deployment.status)) return;
    const next = clone(this.#deployment);
    next.status = withoutZeros(status);
    this.#deployment = this.#options.client.update(next, { subresource: 'status' });
  }
}

function progressed(now: Fields, before: Fields): boolean {
  const old = (status: Fields) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    now.updatedReplicas > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    now.readyReplicas > (before.readyReplicas ?? 0) ||
    now.availableReplicas > (before.availableReplicas ?? 0)
  );
}

function withoutHash(template: Fields): Fields {
  const labels = { ...template.metadata?.labels };
  delete labels[HASH];
  return { ...template, metadata: { ...template.metadata, labels } };
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

function revisionAnnotation({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[REVISION];
}

function desiredOf({ metadata }: KubeObject): number | undefined {
  const text = metadata.annotations?.[DESIRED];
  return text === undefined ? undefined : Number(text);
}

function byAge(a: KubeObject, b: KubeObject): number {
  const time = ({ metadata }: KubeObject) => metadata.creationTimestamp!;
  if (time(a) !== time(b)) return time(a) < time(b) ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

function sum(sets: KubeObject[], count: (set: KubeObject) => number): number {
  return sets.reduce((total, set) => total + count(set), 0);
}

/** The same text for the same value, whatever the order of keys. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
