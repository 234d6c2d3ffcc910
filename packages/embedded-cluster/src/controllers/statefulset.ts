import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { StatusError } from '../status.ts';
import { clone, same } from '../store/freeze.ts';
import {
  type Controller,
  type ControllerOptions,
  controlledBy,
  reconciler,
  refOf,
  watchOwned,
} from './controller.ts';
import { tell } from './events.ts';
import { claim, isAvailable, isReady, POD, podFrom } from './pods.ts';
import { forgetRevisions, revisionsOf, templateOf } from './revisions.ts';
import { sameStatus, withoutZeros } from './status-counts.ts';

const STATEFUL_SET = { apiVersion: 'apps/v1', kind: 'StatefulSet' };
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
const COMPONENT = 'statefulset-controller';
const REVISION_LABEL = 'controller-revision-hash';

/** Keeps the numbered Pods of StatefulSets and their claims, in order where order is asked for. */
export const statefulSets: Controller = (options) =>
  reconciler(
    options,
    STATEFUL_SET,
    (set) => {
      if (set.metadata.deletionTimestamp === undefined) new Ordinals(options, set).reconcile();
    },
    (wake) => [
      watchOwned(options.client, POD, STATEFUL_SET, wake),
      watchOwned(options.client, CLAIM, STATEFUL_SET, wake),
    ],
  );

class Ordinals {
  readonly #options: ControllerOptions;
  readonly #set: KubeObject;
  readonly #revisions: KubeObject[];
  readonly #update: KubeObject;
  readonly #current: KubeObject;

  constructor(options: ControllerOptions, set: KubeObject) {
    this.#options = options;
    this.#set = set;
    this.#revisions = revisionsOf(options.client, set, { label: 'controller.kubernetes.io/hash' });
    this.#update = this.#revisions.at(-1)!;
    const name = set.status?.currentRevision;
    this.#current = this.#revisions.find(({ metadata }) => metadata.name === name) ?? this.#update;
  }

  reconcile(): void {
    const { client } = this.#options;
    // A claim that is to go with its Pod must know it before the Pod goes.
    this.#syncClaimOwners();
    try {
      this.#syncPods();
    } finally {
      this.#syncClaimOwners();
      this.#writeStatus();
    }
    const used = new Set([this.#update.metadata.name, this.#current.metadata.name]);
    for (const pod of this.#pods()) used.add(revisionOf(pod));
    forgetRevisions(client, this.#revisions, used, this.#set.spec.revisionHistoryLimit);
  }

  #pods(): KubeObject[] {
    const prefix = `${this.#set.metadata.name}-`;
    return claim(this.#options.client, this.#set, this.#set.spec.selector, POD)
      .filter(({ metadata }) => metadata.name.startsWith(prefix) && ordinalOf(metadata.name) !== undefined)
      .sort((a, b) => ordinalOf(a.metadata.name)! - ordinalOf(b.metadata.name)!);
  }

  get #start(): number {
    return this.#set.spec.ordinals?.start ?? 0;
  }

  get #end(): number {
    return this.#start + this.#set.spec.replicas;
  }

  #syncPods(): void {
    const { client } = this.#options;
    const inOrder = this.#set.spec.podManagementPolicy === 'OrderedReady';
    const pods = new Map(this.#pods().map((pod) => [ordinalOf(pod.metadata.name)!, pod]));
    const isHealthy = (pod: KubeObject) => isReady(pod) && pod.metadata.deletionTimestamp === undefined;
    for (let ordinal = this.#start; ordinal < this.#end; ordinal++) {
      const pod = pods.get(ordinal);
      if (pod && (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded')) {
        if (pod.metadata.deletionTimestamp === undefined) client.delete(refOf(pod));
        pods.delete(ordinal);
      }
      const kept = pods.get(ordinal);
      if (!kept) this.#create(ordinal);
      else if (kept.metadata.deletionTimestamp === undefined) this.#makeClaims(ordinal);
      if (inOrder && !(kept && isHealthy(kept))) return;
    }
    // The highest number goes first; in order, the next only when it is gone and the others are well.
    const condemned = [...pods]
      .filter(([ordinal]) => ordinal >= this.#end || ordinal < this.#start)
      .sort(([a], [b]) => b - a);
    const ill = [...pods.values()].find((pod) => !isHealthy(pod));
    for (const [, pod] of condemned) {
      if (pod.metadata.deletionTimestamp === undefined) {
        if (inOrder && ill && ill !== pod && !isReady(pod)) return;
        this.#delete(pod);
      }
      if (inOrder) return;
    }
    this.#rollOver(pods, isHealthy);
  }

  /** Ends Pods of another revision, the highest number first, one at a time. */
  #rollOver(pods: Map<number, KubeObject>, isHealthy: (pod: KubeObject) => boolean): void {
    const { updateStrategy } = this.#set.spec;
    if (updateStrategy.type !== 'RollingUpdate') return;
    const least = this.#start + (updateStrategy.rollingUpdate?.partition ?? 0);
    for (let ordinal = this.#end - 1; ordinal >= least; ordinal--) {
      const pod = pods.get(ordinal);
      if (!pod) return;
      if (revisionOf(pod) !== this.#update.metadata.name && pod.metadata.deletionTimestamp === undefined) {
        this.#delete(pod);
        return;
      }
      if (!isHealthy(pod)) return;
    }
  }

  #create(ordinal: number): void {
    const { client } = this.#options;
    const { metadata, spec } = this.#set;
    const name = `${metadata.name}-${ordinal}`;
    const revision = this.#revisionFor(ordinal);
    try {
      this.#makeClaims(ordinal);
      const pod = podFrom(templateOf(revision), this.#set, `${metadata.name}-`);
      pod.metadata.name = name;
      pod.metadata.labels = {
        ...pod.metadata.labels,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION_LABEL]: revision.metadata.name,
      };
      pod.spec.hostname = name;
      pod.spec.subdomain = spec.serviceName;
      const volumes = this.#claimTemplates().map((template) => ({
        name: template.metadata.name,
        persistentVolumeClaim: { claimName: claimName(template, name) },
      }));
      if (volumes.length > 0) {
        const named = new Set(volumes.map((volume) => volume.name));
        const others = (pod.spec.volumes ?? []).filter((volume: Fields) => !named.has(volume.name));
        pod.spec.volumes = [...volumes, ...others];
      }
      client.create(pod);
      const message = `create Pod ${name} in StatefulSet ${metadata.name} successful`;
      tell(this.#options, COMPONENT, this.#set, { reason: 'SuccessfulCreate', message });
    } catch (error) {
      if (error instanceof StatusError) {
        const message = `create Pod ${name} in StatefulSet ${metadata.name} failed error: ${error.message}`;
        tell(this.#options, COMPONENT, this.#set, { type: 'Warning', reason: 'FailedCreate', message });
      }
      throw error;
    }
  }

  #delete(pod: KubeObject): void {
    this.#options.client.delete(refOf(pod));
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${this.#set.metadata.name} successful`;
    tell(this.#options, COMPONENT, this.#set, { reason: 'SuccessfulDelete', message });
  }

  #revisionFor(ordinal: number): KubeObject {
    const { updateStrategy } = this.#set.spec;
    const partition = updateStrategy.rollingUpdate?.partition;
    const old =
      partition !== undefined
        ? ordinal < this.#start + partition
        : ordinal < this.#start + (this.#set.status?.currentReplicas ?? 0);
    return old ? this.#current : this.#update;
  }

  #claimTemplates(): Fields[] {
    return this.#set.spec.volumeClaimTemplates ?? [];
  }

  #makeClaims(ordinal: number): void {
    const { client } = this.#options;
    const { metadata, spec } = this.#set;
    const namespace = metadata.namespace!;
    for (const template of this.#claimTemplates()) {
      const name = claimName(template, `${metadata.name}-${ordinal}`);
      if (client.find({ ...CLAIM, namespace, name })) continue;
      const labels = { ...template.metadata.labels, ...spec.selector.matchLabels };
      const { annotations } = template.metadata;
      client.create({
        ...CLAIM,
        metadata: { name, namespace, labels, ...(annotations ? { annotations: clone(annotations) } : {}) },
        spec: clone(template.spec),
      });
      const message = `create Claim ${name} Pod ${metadata.name}-${ordinal} in StatefulSet ${metadata.name} success`;
      tell(this.#options, COMPONENT, this.#set, { reason: 'SuccessfulCreate', message });
    }
  }

  /** Claims are owned by what they are to go with: the set (whenDeleted), or a Pod about to go (whenScaled). */
  #syncClaimOwners(): void {
    const { client } = this.#options;
    const { metadata, spec } = this.#set;
    const namespace = metadata.namespace!;
    const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy;
    const pods = new Map(this.#pods().map((pod) => [pod.metadata.name, pod]));
    for (const template of this.#claimTemplates()) {
      const prefix = `${template.metadata.name}-${metadata.name}-`;
      for (const existing of client.list({ ...CLAIM, namespace })) {
        const ordinal = existing.metadata.name.startsWith(prefix)
          ? ordinalOf(existing.metadata.name.slice(prefix.length - 1))
          : undefined;
        if (ordinal === undefined) continue;
        const pod = pods.get(`${metadata.name}-${ordinal}`);
        const condemned = ordinal >= this.#end || ordinal < this.#start;
        const references = (existing.metadata.ownerReferences ?? []).filter(
          ({ uid, kind }) => uid !== metadata.uid && !(kind === 'Pod' && uid === pod?.metadata.uid),
        );
        if (condemned && whenScaled === 'Delete') {
          if (!pod) continue;
          references.push(withoutControl(controlledBy(pod)));
        } else if (whenDeleted === 'Delete') references.push(controlledBy(this.#set));
        if (same(references, existing.metadata.ownerReferences ?? [])) continue;
        const next = clone(existing);
        if (references.length > 0) next.metadata.ownerReferences = references;
        else delete next.metadata.ownerReferences;
        client.update(next);
      }
    }
  }

  #writeStatus(): void {
    const { client, clock } = this.#options;
    const { metadata, spec, status: before } = this.#set;
    const minReady = spec.minReadySeconds ?? 0;
    const pods = this.#pods();
    const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const of = (revision: KubeObject) =>
      alive.filter((pod) => revisionOf(pod) === revision.metadata.name).length;
    const ready = alive.filter(isReady);
    const status: Fields = {
      observedGeneration: metadata.generation,
      replicas: pods.length,
      readyReplicas: ready.length,
      availableReplicas: ready.filter((pod) => isAvailable(pod, minReady, clock.now())).length,
      currentReplicas: of(this.#current),
      updatedReplicas: of(this.#update),
      currentRevision: this.#current.metadata.name,
      updateRevision: this.#update.metadata.name,
      collisionCount: before?.collisionCount ?? 0,
    };
    const complete = [status.updatedReplicas, status.replicas, status.readyReplicas].every(
      (count) => count === spec.replicas,
    );
    if (complete && spec.updateStrategy.type === 'RollingUpdate') {
      status.currentReplicas = status.updatedReplicas;
      status.currentRevision = status.updateRevision;
    }
    if (minReady > 0 && status.availableReplicas < status.readyReplicas) {
      clock.after(minReady * 1000, () => {
        const again = client.find(refOf(this.#set));
        if (again) new Ordinals(this.#options, again).#writeStatus();
      });
    }
    if (sameStatus(status, before) && before?.collisionCount !== undefined) return;
    const current = client.find(refOf(this.#set));
    if (!current) return;
    client.update({ ...clone(current), status: withoutZeros(status) }, { subresource: 'status' });
  }
}

function withoutControl({
  controller: _,
  blockOwnerDeletion: __,
  ...reference
}: ReturnType<typeof controlledBy>) {
  return reference;
}

function claimName(template: Fields, pod: string): string {
  return `${template.metadata.name}-${pod}`;
}

function ordinalOf(name: string): number | undefined {
  const text = name.slice(name.lastIndexOf('-') + 1);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function revisionOf({ metadata }: KubeObject): string {
  return metadata.labels?.[REVISION_LABEL] ?? '';
}
