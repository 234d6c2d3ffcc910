import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the operator mounts at /forkspacer. */
export interface Mounted {
  /** config.json: an object, or a text as it is; none when undefined. */
  config?: Record<string, unknown> | string | undefined;
  /** workspace_kubeconfig, its text; none when undefined. */
  kubeconfig?: string | undefined;
}

/** Writes it to a folder of its own. */
export async function mount({
  config,
  kubeconfig,
}: Mounted): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'forkspacer-runner-'));
  if (config !== undefined) {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    await writeFile(join(dir, 'config.json'), text);
  }
  if (kubeconfig !== undefined)
    await writeFile(join(dir, 'workspace_kubeconfig'), kubeconfig, { mode: 0o600 });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
