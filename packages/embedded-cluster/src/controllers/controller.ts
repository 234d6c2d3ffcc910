import type { Client, WatchEvent } from '../client.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { KubeObject, ObjectRef } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import type { Context } from '../resources/resource.ts';
import { StatusError } from '../status.ts';

export interface ControllerOptions {
  client: Client;
  context: Context;
  clock: Clock;
  /** Pods run: see kubelet.ts. */
  kubelet: boolean;
  /** PEM of the authority that signed the server's certificate. */
  authority: string;
}

/** Starts to watch and to work; returns how to stop. */
export type Controller = (options: ControllerOptions) => () => void;

/** Waits after a failure, doubled each time (ms). */
const FIRST_RETRY = 5;
const LAST_RETRY = 30_000;

export interface Kind {
  apiVersion: string;
  kind: string;
}

/** Brings one object's surroundings to what it asks for. Called again after a refusal, so it must be repeatable. */
export type Reconcile = (object: KubeObject) => void;

/**
 * Calls `reconcile` for an object of the kind soon after it, or something that `also` names, has changed: once for
 * several changes, never while another runs. Objects that are gone are passed over.
 */
export function reconciler(
  { client, clock }: ControllerOptions,
  kind: Kind,
  reconcile: Reconcile,
  also: (wake: (namespace: string | undefined, name: string) => void) => (() => void)[] = () => [],
): () => void {
  const waiting = new Set<string>();
  const failures = new Map<string, number>();
  let handle: NodeJS.Immediate | undefined;
  let stopped = false;

  const add = (key: string) => {
    if (stopped) return;
    waiting.add(key);
    handle ??= setImmediate(run);
  };
  const run = () => {
    handle = undefined;
    for (const key of waiting) {
      waiting.delete(key);
      const slash = key.indexOf('/');
      const namespace = key.slice(0, slash);
      const object = client.find({
        ...kind,
        name: key.slice(slash + 1),
        ...(namespace ? { namespace } : {}),
      });
      if (!object) {
        failures.delete(key);
        continue;
      }
      try {
        reconcile(object);
        failures.delete(key);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        const count = failures.get(key) ?? 0;
        failures.set(key, count + 1);
        clock.after(Math.min(FIRST_RETRY * 2 ** count, LAST_RETRY), () => add(key));
      }
    }
  };
  const stops = [
    client.watch(kind, ({ object }) => add(keyOf(object))),
    ...also((namespace, name) => add(`${namespace ?? ''}/${name}`)),
  ];
  return () => {
    stopped = true;
    clearImmediate(handle);
    for (const stop of stops) stop();
  };
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Wakes the owner of a kind when what it owns changes. */
export function watchOwned(
  client: Client,
  owned: Kind,
  owner: Kind,
  wake: (namespace: string | undefined, name: string) => void,
): () => void {
  return client.watch(owned, ({ object, old }: WatchEvent) => {
    for (const each of [object, old]) {
      const reference = each && controllerOf(each);
      if (each && reference?.kind === owner.kind) wake(each.metadata.namespace, reference.name);
    }
  });
}

export function controllerOf({ metadata }: KubeObject) {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}

export function controlledBy(owner: KubeObject) {
  const { apiVersion, kind, metadata } = owner;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  };
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
}

export function conditionOf(status: Fields, type: string): Fields {
  return status?.conditions?.find((condition: Fields) => condition.type === type);
}

/** The current time as metadata writes it. */
export function now({ clock }: ControllerOptions): string {
  return timestamp(clock.now());
}

/** A number in the alphabet of generated names, which spells no words (k8s.io/apimachinery rand.SafeEncodeString). */
export function safeHash(value: unknown): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(value))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [...String(hash)].map((digit) => SAFE[digit.charCodeAt(0) % SAFE.length]).join('');
}

const SAFE = 'bcdfghjklmnpqrstvwxz2456789';
