import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { quantityValue } from '../resources/quantities.ts';
import { clone } from '../store/freeze.ts';
import { type Controller, type ControllerOptions, reconciler, refOf } from './controller.ts';
import { POD } from './pods.ts';

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
const VOLUME = { apiVersion: 'v1', kind: 'PersistentVolume' };
const CLASS = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };
const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';
const PROVISIONERS = [
  'volume.beta.kubernetes.io/storage-provisioner',
  'volume.kubernetes.io/storage-provisioner',
];
const COMPLETED = 'pv.kubernetes.io/bind-completed';
const BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/** Of the classes that this cluster makes volumes for. */
export const PROVISIONER = 'embedded.local/hostpath';

/** The class of claims that name none, as kind and minikube have one: bound at once. */
export const standardClass: KubeObject = {
  ...CLASS,
  metadata: {
    name: 'standard',
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: PROVISIONER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

/** Binds claims to volumes, made where the class is ours; nothing is ever stored in them. */
export const claims: Controller = (options) =>
  reconciler(
    options,
    CLAIM,
    (claim) => reconcileClaim(options, claim),
    (wake) => [
      // A claim may wait for its volume, its class, or the Pod that uses it.
      options.client.watch(VOLUME, ({ object }) => {
        const { claimRef } = object.spec;
        if (claimRef) wake(claimRef.namespace, claimRef.name);
        else wakeWaiting(options, wake);
      }),
      options.client.watch(CLASS, () => wakeWaiting(options, wake)),
      options.client.watch(POD, ({ object }) => {
        for (const name of claimsOf(object)) wake(object.metadata.namespace, name);
      }),
    ],
  );

function wakeWaiting(
  { client }: ControllerOptions,
  wake: (namespace: string | undefined, name: string) => void,
): void {
  for (const claim of client.list(CLAIM)) {
    if (claim.status?.phase !== 'Bound') wake(claim.metadata.namespace, claim.metadata.name);
  }
}

function claimsOf({ metadata, spec }: KubeObject): string[] {
  return (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }: Fields) =>
    persistentVolumeClaim ? [persistentVolumeClaim.claimName] : ephemeral ? [`${metadata.name}-${name}`] : [],
  );
}

function reconcileClaim(options: ControllerOptions, claim: KubeObject): void {
  const { client } = options;
  if (claim.metadata.deletionTimestamp !== undefined) {
    release(options, claim);
    return;
  }
  if (claim.status?.phase === 'Bound') {
    if (!client.find({ ...VOLUME, name: claim.spec.volumeName })) {
      client.update({ ...clone(claim), status: { phase: 'Lost' } }, { subresource: 'status' });
    }
    return;
  }
  const volume = findVolume(options, claim) ?? provision(options, claim);
  if (volume) bind(options, claim, volume);
}

/** Lets go of a deleted claim once no Pod uses it. */
function release({ client }: ControllerOptions, claim: KubeObject): void {
  const { name, namespace, finalizers } = claim.metadata;
  const used = client
    .list({ ...POD, namespace: namespace! })
    .some((pod) => pod.spec.nodeName && !isOver(pod) && claimsOf(pod).includes(name));
  if (used || !finalizers?.includes(CLAIM_PROTECTION)) return;
  const next = clone(claim);
  next.metadata.finalizers = finalizers.filter((finalizer) => finalizer !== CLAIM_PROTECTION);
  client.update(next);
}

function isOver({ status }: KubeObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** The smallest free volume that is enough, or the one that names the claim or is named by it. */
function findVolume({ client }: ControllerOptions, { metadata, spec }: KubeObject): KubeObject | undefined {
  const isFor = ({ spec: { claimRef } }: KubeObject) =>
    claimRef?.namespace === metadata.namespace &&
    claimRef?.name === metadata.name &&
    (!claimRef.uid || claimRef.uid === metadata.uid);
  const asked = quantityValue(spec.resources.requests.storage);
  return client
    .list(VOLUME)
    .filter((volume) => volume.metadata.deletionTimestamp === undefined)
    .filter((volume) => {
      if (isFor(volume)) return true;
      if (volume.spec.claimRef) return false;
      if (spec.volumeName) return volume.metadata.name === spec.volumeName;
      return (
        (volume.spec.storageClassName ?? '') === (spec.storageClassName ?? '') &&
        volume.spec.volumeMode === spec.volumeMode &&
        quantityValue(volume.spec.capacity.storage) >= asked &&
        spec.accessModes.every((mode: string) => volume.spec.accessModes.includes(mode))
      );
    })
    .sort(
      (a, b) =>
        Number(isFor(b)) - Number(isFor(a)) ||
        quantityValue(a.spec.capacity.storage) - quantityValue(b.spec.capacity.storage),
    )[0];
}

function provision(options: ControllerOptions, claim: KubeObject): KubeObject | undefined {
  const { client } = options;
  const { metadata, spec } = claim;
  const storageClass = spec.storageClassName && client.find({ ...CLASS, name: spec.storageClassName });
  if (!storageClass || storageClass.provisioner !== PROVISIONER) return undefined;
  const waits = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
  if (waits && !isConsumed(options, claim)) return undefined;
  const next = clone(claim);
  next.metadata.annotations = {
    ...metadata.annotations,
    ...Object.fromEntries(PROVISIONERS.map((name) => [name, PROVISIONER])),
  };
  client.update(next);
  const name = `pvc-${metadata.uid}`;
  return client.create({
    ...VOLUME,
    metadata: { name, annotations: { [PROVISIONED_BY]: PROVISIONER } },
    spec: {
      capacity: { storage: spec.resources.requests.storage },
      accessModes: [...spec.accessModes],
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
      storageClassName: storageClass.metadata.name,
      volumeMode: spec.volumeMode,
      hostPath: { path: `/var/embedded/${name}`, type: 'DirectoryOrCreate' },
      claimRef: {
        kind: 'PersistentVolumeClaim',
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        apiVersion: 'v1',
        resourceVersion: metadata.resourceVersion,
      },
    },
  });
}

/** Whether a Pod that has been given to a node uses the claim. */
function isConsumed({ client }: ControllerOptions, { metadata }: KubeObject): boolean {
  return client
    .list({ ...POD, namespace: metadata.namespace! })
    .some((pod) => pod.spec.nodeName && claimsOf(pod).includes(metadata.name));
}

function bind({ client }: ControllerOptions, claim: KubeObject, volume: KubeObject): void {
  const { metadata } = claim;
  const held = clone(client.get(refOf(volume)));
  held.spec.claimRef = {
    kind: 'PersistentVolumeClaim',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    apiVersion: 'v1',
    resourceVersion: metadata.resourceVersion,
  };
  if (!held.metadata.annotations?.[PROVISIONED_BY]) {
    held.metadata.annotations = { ...held.metadata.annotations, [BY_CONTROLLER]: 'yes' };
  }
  const bound = clone(client.update(held));
  bound.status = { ...bound.status, phase: 'Bound' };
  client.update(bound, { subresource: 'status' });

  const next = clone(client.get(refOf(claim)));
  next.spec.volumeName = volume.metadata.name;
  next.metadata.annotations = { ...next.metadata.annotations, [COMPLETED]: 'yes', [BY_CONTROLLER]: 'yes' };
  const named = clone(client.update(next));
  named.status = {
    phase: 'Bound',
    accessModes: [...volume.spec.accessModes],
    capacity: { ...volume.spec.capacity },
  };
  client.update(named, { subresource: 'status' });
}

/** Frees or removes volumes whose claim is gone. */
export const volumes: Controller = (options) =>
  reconciler(
    options,
    VOLUME,
    (volume) => reconcileVolume(options, volume),
    (wake) => [
      options.client.watch(CLAIM, ({ type, object }) => {
        if (type === 'DELETED' && object.spec.volumeName) wake(undefined, object.spec.volumeName);
      }),
    ],
  );

function reconcileVolume({ client }: ControllerOptions, volume: KubeObject): void {
  const { metadata, spec, status } = volume;
  const phase = (name: string) => {
    if (status?.phase !== name) {
      client.update(
        { ...clone(client.get(refOf(volume))), status: { ...status, phase: name } },
        { subresource: 'status' },
      );
    }
  };
  const { claimRef } = spec;
  const holder = claimRef && client.find({ ...CLAIM, namespace: claimRef.namespace, name: claimRef.name });
  const held = holder && holder.metadata.uid === claimRef.uid;
  if (metadata.deletionTimestamp !== undefined) {
    if (held || !metadata.finalizers?.includes(VOLUME_PROTECTION)) return;
    const next = clone(volume);
    next.metadata.finalizers = metadata.finalizers.filter((finalizer) => finalizer !== VOLUME_PROTECTION);
    client.update(next);
    return;
  }
  if (!claimRef) phase('Available');
  if (held || !claimRef?.uid) return;
  phase('Released');
  const ours = metadata.annotations?.[PROVISIONED_BY] === PROVISIONER;
  if (spec.persistentVolumeReclaimPolicy === 'Delete' && ours) client.delete(refOf(volume));
}
