import {
  isOurs,
  type Kube,
  KubeError,
  type KubeObject,
  type KubeRequest,
  type ObjectRef,
  ownLabels,
} from '@forkspacer/kube';
import type { HeldAnchor } from '../anchor/held.ts';
import type { Secrets } from './secrets.ts';

/**
 * The same handle, watched: every object of ours is listed before it is made, so that a crash in between leaves
 * nothing unknown, and every Secret that comes by is known to the redaction.
 *
 * @param list told what is about to be made; a failure of it keeps the object from being made
 */
export function observed(kube: Kube, secrets: Secrets, list: Pick<HeldAnchor, 'record' | 'forget'>): Kube {
  return {
    ...kube,
    with: (overrides) => observed(kube.with(overrides), secrets, list),
    async request(request) {
      const { body } = request;
      secrets.learn(body);
      const made = madeBy(kube, request);
      const isNew = made !== undefined && (await list.record(made.ref));
      try {
        const answer = await kube.request(made?.request ?? request);
        secrets.learn(answer);
        return answer;
      } catch (error) {
        // Someone else's has the name: ours was not made, and theirs is not to be found on the list.
        const taken = error instanceof KubeError && error.reason === 'AlreadyExists' && !error.uncertain;
        if (isNew && taken) await list.forget(made.ref);
        throw error;
      }
    },
  };
}

/** The object that a request makes, and the request with the labels that make it ours. */
function madeBy(kube: Kube, request: KubeRequest): { ref: ObjectRef; request: KubeRequest } | undefined {
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
    return { ref, request: { ...request, body: { ...body, metadata: { ...metadata, labels } } } };
  }
  const applied =
    method === 'PATCH' && contentType === 'application/apply-patch+yaml' && last === metadata.name;
  // One without our label is an owner's object that is only being changed.
  return applied && isOurs(kube, body) ? { ref, request } : undefined;
}

function namespaceIn(segments: string[]): string | undefined {
  // `namespaces/shop` alone is the Namespace itself.
  const at = segments.indexOf('namespaces');
  return segments.length > at + 2 ? segments[at + 1] : undefined;
}

function isObject(body: unknown): body is KubeObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}
