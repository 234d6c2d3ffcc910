import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type Kube, type KubeconfigSource } from '@forkspacer/kube';
import type { Permission } from '../define-module.ts';
import { ModuleError } from '../module-error.ts';
import type { Secrets } from './secrets.ts';

const FILE = 'workspace_kubeconfig';

/** Connects as the Module's permissions allow, and keeps the connection for as long as the kubeconfig stays the same. */
export class Cluster {
  #kube: Kube | undefined;
  #readFrom = '';

  /** @throws ModuleError naming the permission to ask for; KubeError when the kubeconfig cannot be used */
  async connect(
    module: string,
    permissions: readonly Permission[],
    dir: string,
    secrets: Secrets,
  ): Promise<Kube> {
    const { source, text } = await find(permissions, dir);
    secrets.learnKubeconfig(text);
    const readFrom = `${dir}\n${text}`;
    if (!this.#kube || this.#readFrom !== readFrom) {
      // The old one may still be in use, by a verb beside which health is asked; its idle connections end by themselves.
      this.#kube = connect({ kubeconfig: source, fieldManager: `forkspacer-${module}`, module });
      this.#readFrom = readFrom;
    }
    return this.#kube;
  }

  close(): void {
    this.#kube?.close();
    this.#kube = undefined;
  }
}

async function find(
  permissions: readonly Permission[],
  dir: string,
): Promise<{ source: KubeconfigSource; text: string }> {
  const file = join(dir, FILE);
  if (permissions.includes('workspace')) {
    try {
      await access(file);
      return { source: { file }, text: await readFile(file, 'utf8') };
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ENOENT') {
        throw new ModuleError({ expected: `${file} to be readable`, found: String(code), cause });
      }
    }
  }
  if (permissions.includes('controller') && process.env.KUBERNETES_SERVICE_HOST) {
    return { source: 'in-cluster', text: 'in-cluster' };
  }
  const wanted = permissions.join(' or ');
  throw new ModuleError({
    expected: permissions.includes('workspace') ? `${FILE} in ${dir}` : 'the service account of the operator',
    found: 'none',
    todo: `give the Module the permission ${wanted} (spec.custom.permissions, or spec.permissions of the Custom)`,
  });
}
