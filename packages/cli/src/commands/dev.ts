import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { startCluster } from '@forkspacer/embedded-cluster';
import { startOperator } from '@forkspacer/operator';
import { aborted, interruptible } from '../interrupt.ts';
import { kubeconfigFile } from '../kubeconfig.ts';
import { localCommand } from '../repository.ts';

export interface DevOptions {
  kubeconfig?: string;
  cluster?: string;
}

/**
 * `dev`: a cluster to play with, in the foreground. Writes the kubeconfig, prints one line that starts with `ready`,
 * and runs until SIGINT or SIGTERM.
 */
export async function dev({ kubeconfig, cluster: real }: DevOptions): Promise<void> {
  if (!kubeconfig && !real) {
    throw new Error(
      'expected --kubeconfig FILE (where to write the kubeconfig) or --cluster FILE (a real cluster), found neither',
    );
  }
  await interruptible(async (signal) => {
    const cluster = real ? undefined : await startCluster({ kubelet: true });
    const text = cluster?.kubeconfig ?? readFileSync(kubeconfigFile(real), 'utf8');
    if (kubeconfig && cluster) writeFileSync(kubeconfig, text, { mode: 0o600 });
    try {
      const operator = await startOperator({
        kubeconfig: { text },
        runners: 'process',
        resolveImage: localCommand,
        log: (fields, message) => console.error(JSON.stringify({ message, ...fields })),
      });
      console.log(`ready: kubectl --kubeconfig ${kubeconfig ?? real} get workspaces,modules -A`);
      await aborted(signal);
      await operator.stop();
    } finally {
      await cluster?.stop();
      // The cluster is gone, and a kubeconfig that leads nowhere only confuses.
      if (kubeconfig && cluster) rmSync(kubeconfig, { force: true });
    }
  });
}
