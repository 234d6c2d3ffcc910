import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the operator mounts at /forkspacer, in a folder of its own. */
export interface Folder {
  dir: string;
  remove(): void;
}

/** @param config an object, a text as it is, or undefined: no file. */
export function folder(config: unknown, kubeconfig: string | undefined): Folder {
  const dir = mkdtempSync(join(tmpdir(), 'forkspacer-conformance-'));
  if (config !== undefined) {
    writeFileSync(join(dir, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  }
  if (kubeconfig !== undefined) {
    writeFileSync(join(dir, 'workspace_kubeconfig'), kubeconfig, { mode: 0o600 });
  }
  return {
    dir,
    remove() {
      // The module may have put something there, too.
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
