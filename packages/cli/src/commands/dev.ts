import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
 * and runs until SIGINT or SIGTERM. With a real cluster nothing is written: its own kubeconfig leads there.
 */
export async function dev({ kubeconfig, cluster: real }: DevOptions): Promise<void> {
  if (!kubeconfig && !real) {
    throw new Error(
      'expected --kubeconfig FILE (where to write the kubeconfig) or --cluster FILE (a real cluster), found neither',
    );
  }
  await interruptible(async (signal) => {
    if (real) {
      const file = kubeconfigFile(real, '--cluster');
      return operate({ file }, file, signal);
    }
    const file = kubeconfig!;
    refuseAnothers(file);
    const cluster = await startCluster({ kubelet: true });
    try {
      write(file, cluster.kubeconfig);
      await operate({ text: cluster.kubeconfig }, file, signal);
    } finally {
      await cluster.stop();
      // The cluster is gone, and a kubeconfig that leads nowhere only confuses.
      if (contentOf(file) === cluster.kubeconfig) rmSync(file);
    }
  });
}

async function operate(
  kubeconfig: { file: string } | { text: string },
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const operator = await startOperator({
    kubeconfig,
    runners: 'process',
    resolveImage: localCommand,
    log: (fields, message) => console.error(JSON.stringify({ message, ...fields })),
  });
  console.log(`ready: kubectl --kubeconfig ${file} get workspaces,modules -A`);
  await aborted(signal);
  await operator.stop();
}

/** To kubectl, --kubeconfig is a file to read: one that leads elsewhere is somebody's way to a cluster. */
function refuseAnothers(file: string): void {
  const found = contentOf(file);
  if (!found?.trim() || LEFT_BY_DEV.test(found)) return;
  throw new Error(
    `--kubeconfig ${file}: expected a new file, or one that an earlier dev left, found another; name a file for dev to write`,
  );
}

/** The embedded cluster's own kubeconfig. */
const LEFT_BY_DEV = /^- name: embedded\n {2}cluster:\n {4}server: https:\/\/127\.0\.0\.1:/m;

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
    // The mode above is for a new file only.
    chmodSync(file, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--kubeconfig ${file}: expected a file that can be written, found ${code}`);
  }
}
