import { setTimeout as sleep } from 'node:timers/promises';
import { create, find, type Kube, KubeError, list, patch, refOf, waitFor } from '@forkspacer/kube';
import { moduleCrd } from './module.ts';
import { workspaceCrd } from './workspace.ts';

/** ms until a definition has to be served. */
const PATIENCE = 60_000;

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
    { describe: 'the definition to be established', timeLimit: PATIENCE },
  );
  await served(kube, `${crd.spec.group}/v1`, crd.spec.names.kind);
}

/** A server says that a definition is established a moment before its discovery lists the kind, and each at its own time. */
async function served(kube: Kube, apiVersion: string, kind: string): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      await list(kube, { apiVersion, kind });
      return;
    } catch (error) {
      if (!(error instanceof KubeError && error.status === 404) || Date.now() > until) throw error;
      await sleep(50, undefined, { ...(kube.signal && { signal: kube.signal }) });
    }
  }
}
