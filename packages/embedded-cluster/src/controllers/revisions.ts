import type { Client } from '../client.ts';
import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { clone, same } from '../store/freeze.ts';
import { controlledBy, refOf, safeHash } from './controller.ts';
import { claim } from './pods.ts';

export const REVISION = { apiVersion: 'apps/v1', kind: 'ControllerRevision' };

/** What a template is kept as in a ControllerRevision: a strategic patch of the owner. */
function dataOf(template: Fields): Fields {
  return { spec: { template: { ...clone(template), $patch: 'replace' } } };
}

/** The template that a revision has kept. */
export function templateOf(revision: KubeObject): Fields {
  const { $patch: _, ...template } = revision.data.spec.template;
  return template;
}

/**
 * The revisions of an owner, oldest first, with the last for its present template: made, or the old one of the same
 * content with a new number.
 */
export function revisionsOf(
  client: Client,
  owner: KubeObject,
  named: { label: string; annotations?: Record<string, string> },
): KubeObject[] {
  const { spec, metadata } = owner;
  const known = claim(client, owner, spec.selector, REVISION).sort(byNumber);
  const data = dataOf(spec.template);
  const number = (known.at(-1)?.revision ?? 0) + 1;
  const equal = known.find((revision) => same(revision.data, data));
  if (equal && equal === known.at(-1)) return known;
  if (equal) {
    const renewed = client.update({ ...equal, revision: number });
    return [...known.filter((revision) => revision !== equal), renewed];
  }
  const hash = safeHash(data);
  const created = client.create({
    ...REVISION,
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace!,
      labels: { ...spec.template.metadata?.labels, [named.label]: hash },
      ...(named.annotations ? { annotations: named.annotations } : {}),
      ownerReferences: [controlledBy(owner)],
    },
    data,
    revision: number,
  });
  return [...known, created];
}

/** Deletes the oldest that nothing uses, beyond `limit`. */
export function forgetRevisions(
  client: Client,
  revisions: KubeObject[],
  used: Set<string>,
  limit: number,
): void {
  const unused = revisions.filter(({ metadata }) => !used.has(metadata.name));
  for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) client.delete(refOf(revision));
}

function byNumber(a: KubeObject, b: KubeObject): number {
  return a.revision - b.revision;
}
