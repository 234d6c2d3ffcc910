import { create, find, type Kube, KubeError, patch, refOf, waitFor } from '@forkspacer/kube';
import { moduleCrd } from './module.ts';
import { workspaceCrd } from './workspace.ts';

export interface InstallCrdsOptions {
  /** Leaves definitions alone that are there already, such as the real operator's. */
  onlyAbsent?: boolean;
}

/** Brings the definitions of Module and Workspace to the cluster, and waits until they are served. */
export async function installCrds(
  kube: Kube,
  { onlyAbsent = false }: InstallCrdsOptions = {},
): Promise<void> {
  await Promise.all([moduleCrd, workspaceCrd].map((crd) => install(kube, crd, onlyAbsent)));
}

async function install(kube: Kube, crd: typeof moduleCrd, onlyAbsent: boolean): Promise<void> {
  const ref = { apiVersion: crd.apiVersion, kind: crd.kind, name: crd.metadata.name };
  let there = await find(kube, ref);
  if (!there) {
    try {
      there = await create(kube, crd);
    } catch (error) {
      if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
    }
  } else if (!onlyAbsent) {
    there = await patch(kube, refOf(there), { spec: crd.spec }, { type: 'merge' });
  }
  await waitFor(
    kube,
    ref,
    (seen) =>
      seen?.status?.conditions?.some(
        (condition: { type: string; status: string }) =>
          condition.type === 'Established' && condition.status === 'True',
      ) ?? false,
    { describe: 'the definition to be established', timeLimit: 60_000 },
  );
}
