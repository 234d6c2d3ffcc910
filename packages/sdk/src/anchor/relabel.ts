import { LABELS } from '@forkspacer/contract';
import { find, type Kube, KubeError, type ObjectRef, patch } from '@forkspacer/kube';

/**
 * Puts the handle's instance in the label of those objects that carry one of `previous`. Others stay as they are: they
 * are not provably what was taken over.
 */
export async function relabel(
  kube: Kube,
  objects: readonly ObjectRef[],
  previous: readonly string[],
): Promise<void> {
  for (const ref of objects) {
    const object = await find(kube, ref);
    const label = object?.metadata.labels?.[LABELS.instance];
    if (!object || label === undefined || label === kube.instance || !previous.includes(label)) continue;
    const path = `/metadata/labels/${LABELS.instance.replaceAll('/', '~1')}`;
    const change = [
      { op: 'test', path: '/metadata/uid', value: object.metadata.uid },
      { op: 'test', path, value: label },
      { op: 'replace', path, value: kube.instance },
    ];
    try {
      await patch(kube, ref, change, { type: 'json' });
    } catch (error) {
      // Gone or relabelled since it was read.
      if (!(error instanceof KubeError && (error.status === 404 || error.status === 422))) throw error;
    }
  }
}
