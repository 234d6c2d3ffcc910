import { timestamp } from '../clock.ts';
import type { KubeObject } from '../object.ts';
import { StatusError } from '../status.ts';
import type { ControllerOptions } from './controller.ts';

/** Tells, in an Event, what was done to or for an object. */
export function tell(
  { client, clock }: ControllerOptions,
  component: string,
  about: KubeObject,
  event: { type?: 'Normal' | 'Warning'; reason: string; message: string },
): void {
  const time = clock.now();
  const { apiVersion, kind, metadata } = about;
  const namespace = metadata.namespace ?? 'default';
  const unique = (BigInt(time) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)).toString(16);
  try {
    client.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${metadata.name}.${unique.padStart(16, '0')}`, namespace },
      involvedObject: {
        kind,
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
        apiVersion,
        resourceVersion: metadata.resourceVersion,
      },
      reason: event.reason,
      message: event.message,
      type: event.type ?? 'Normal',
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
      firstTimestamp: timestamp(time),
      lastTimestamp: timestamp(time),
      count: 1,
    });
  } catch (error) {
    // Nothing is told in a namespace that is going away.
    if (!(error instanceof StatusError)) throw error;
  }
}
