import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import type { KubeObject } from './object.ts';

/** Which objects; without a namespace those of the whole cluster. */
export interface Selection {
  apiVersion: string;
  kind: string;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

const PAGE = 500;

/**
 * Lists by pages of 500 objects. `resourceVersion` is the list's own: a watch may begin there.
 *
 * @throws KubeError 404 when the cluster does not know the kind
 */
export async function list(
  kube: Kube,
  selection: Selection,
): Promise<{ items: KubeObject[]; resourceVersion: string }> {
  const { path, subject } = await kube.locate(collection(selection));
  const { apiVersion, kind, labelSelector, fieldSelector } = selection;
  const items: KubeObject[] = [];
  let next: string | undefined;
  for (;;) {
    let page: { items?: KubeObject[]; metadata?: { continue?: string; resourceVersion?: string } };
    try {
      page = await kube.request({
        method: 'GET',
        path,
        query: { labelSelector, fieldSelector, limit: PAGE, continue: next },
        subject: subject('list'),
      });
    } catch (error) {
      // The token has expired (410); the whole list is read again, as one page of it may be from another time.
      if (!(error instanceof KubeError) || error.status !== 410 || next === undefined) throw error;
      next = undefined;
      items.length = 0;
      continue;
    }
    // The items of a list do not say what they are.
    for (const item of page.items ?? []) items.push({ ...item, apiVersion, kind });
    next = page.metadata?.continue || undefined;
    if (!next) return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
  }
}

export function collection({ apiVersion, kind, namespace }: Selection): {
  apiVersion: string;
  kind: string;
  namespace?: string;
} {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) };
}
