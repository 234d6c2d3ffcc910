import {
  isOurs,
  type Kube,
  type KubeObject,
  type KubeRequest,
  type ObjectRef,
  ownLabels,
} from '@forkspacer/kube';
import type { Secrets } from './secrets.ts';

/**
 * The same handle, watched: every object of ours is listed before it is made, so that a crash in between leaves
 * nothing unknown, and every Secret that comes by is known to the redaction.
 *
 * @param record called with what is about to be made; a failure of it keeps the object from being made
 */
export function observed(kube: Kube, secrets: Secrets, record: (ref: ObjectRef) => Promise<void>): Kube {
  return {
    ...kube,
    with: (overrides) => observed(kube.with(overrides), secrets, record),
    async request(request) {
      const { body } = request;
      secrets.learn(body);
      const answer = await kube.request((await recorded(kube, request, record)) ?? request);
      secrets.learn(answer);
      return answer;
    },
  };
}

async function recorded(
  kube: Kube,
  request: KubeRequest,
  record: (ref: ObjectRef) => Promise<void>,
): Promise<KubeRequest | undefined> {
  const { method, path, query, contentType, body } = request;
  if (!isObject(body) || query?.dryRun !== undefined) return undefined;
  const { apiVersion, kind, metadata } = body;
  // Events end by themselves, and what the server names cannot be found again.
  if (!metadata?.name || kind === 'Event') return undefined;

  const segments = path.split('/').map(decodeURIComponent);
  const [parent, last] = [segments.at(-2), segments.at(-1)];
  const namespace =
    segments.includes('namespaces') && kind !== 'Namespace' ? namespaceIn(segments) : undefined;
  const ref = { apiVersion, kind, name: metadata.name, ...(namespace === undefined ? {} : { namespace }) };

  if (method === 'POST' && parent !== metadata.name) {
    // Without the label it would be nobody's, and never removed.
    const labels = { ...metadata.labels, ...ownLabels(kube) };
    await record(ref);
    return { ...request, body: { ...body, metadata: { ...metadata, labels } } };
  }
  const applied =
    method === 'PATCH' && contentType === 'application/apply-patch+yaml' && last === metadata.name;
  // One without our label is an owner's object that is only being changed.
  if (applied && isOurs(kube, body)) await record(ref);
  return undefined;
}

function namespaceIn(segments: string[]): string | undefined {
  // `namespaces/shop` alone is the Namespace itself.
  const at = segments.indexOf('namespaces');
  return segments.length > at + 2 ? segments[at + 1] : undefined;
}

function isObject(body: unknown): body is KubeObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
