import { readFileSync } from 'node:fs';
import { describe } from 'vitest';
export function describeOnClusters(title: string, body: (cluster: { kubeconfig: string }) => void) {
  describe(title, () => body({ kubeconfig: readFileSync(process.env.KUBECONFIG_TEST!, 'utf8') }));
}
