import { oneLine } from '@forkspacer/contract';
import { create, type Kube, type KubeObject, patch } from '@forkspacer/kube';
import { type Clock, timestamp } from './clock.ts';
import type { Log } from './options.ts';

export type Tell = (object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string) => void;

export interface Events {
  tell: Tell;
  /** Resolves when all that was told is written. */
  flushed(): Promise<void>;
}

/** The API server keeps events for an hour; a repetition after that is a new one. */
const REPEATED_WITHIN = 3_000_000;
const REMEMBERED = 1000;

/** Writes Events beside their objects. The same told again raises a count. One that cannot be written is only logged. */
export function createEvents(kube: Kube, clock: Clock, log: Log): Events {
  const known = new Map<string, { name: string; count: number; at: number }>();
  let order: Promise<void> = Promise.resolve();
  let serial = 0;

  async function write(object: KubeObject, type: string, reason: string, message: string): Promise<void> {
    const { namespace, name, uid } = object.metadata;
    const key = `${uid} ${reason} ${message}`;
    const now = clock.now();
    const before = known.get(key);
    const lastTimestamp = timestamp(now);
    if (before && now - before.at < REPEATED_WITHIN) {
      known.set(key, { ...before, count: before.count + 1, at: now });
      const ref = { apiVersion: 'v1', kind: 'Event', namespace: namespace!, name: before.name };
      await patch(kube, ref, { count: before.count + 1, lastTimestamp }, { type: 'merge' });
      return;
    }
    const eventName = `${name}.${now.toString(16)}${(serial++ % 4096).toString(16).padStart(3, '0')}`;
    known.delete(key);
    known.set(key, { name: eventName, count: 1, at: now });
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
    await create(kube, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: eventName, namespace: namespace! },
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        namespace,
        uid,
        resourceVersion: object.metadata.resourceVersion,
      },
      type,
      reason,
      message: oneLine(message, 1000),
      source: { component: 'forkspacer-operator' },
      reportingComponent: 'forkspacer-operator',
      firstTimestamp: lastTimestamp,
      lastTimestamp,
      count: 1,
    });
  }

  return {
    tell(object, type, reason, message) {
      order = order.then(() =>
        write(object, type, reason, message).catch((error) =>
          log(
            { object: object.metadata.name, reason, error: String(error) },
            'an Event could not be written',
          ),
        ),
      );
    },
    flushed: () => order,
  };
}
