import { list, read, sleep, wake } from '@forkspacer/kube';
import { type ConfigOf, defineModule, ModuleError, string } from '@forkspacer/sdk';

const DNS_NAME = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';
const KINDS = ['Deployment', 'StatefulSet'];

const config = {
  namespace: string({ default: 'default', regex: DNS_NAME, description: 'Where the workloads live.' }),
  deployment: string({ description: 'The Deployment to park. Give this or a selector.' }),
  selector: string({
    description: 'A label selector, such as app=shop: parks the Deployments and StatefulSets that match.',
  }),
};

/** Parks what its config names at zero replicas and later gives back the counts that were there. */
export default defineModule({
  name: 'scale-to-zero',
  description: 'Scales workloads that are there already to zero and back to the counts they had.',
  category: 'Workloads',
  tags: ['hibernation', 'replicas'],
  identity: ['namespace', 'deployment', 'selector'],
  config,

  check({ deployment, selector }) {
    if ((deployment === undefined) !== (selector === undefined)) return [];
    const found = deployment === undefined ? 'neither' : 'both';
    return [{ path: 'deployment, selector', expected: 'one of the two', found }];
  },

  // Creates nothing: a mistyped target should fail here, not at the first bedtime.
  async install({ config: { namespace, deployment, selector }, kube }) {
    const apiVersion = 'apps/v1';
    if (deployment !== undefined) {
      await read(kube, { apiVersion, kind: 'Deployment', namespace, name: deployment });
      return;
    }
    const found = await Promise.all(
      KINDS.map((kind) => list(kube, { apiVersion, kind, namespace, labelSelector: selector })),
    );
    if (found.every(({ items }) => items.length === 0)) {
      throw new ModuleError({
        expected: `a Deployment or StatefulSet with ${selector} in namespace ${namespace}`,
        found: 'none',
        todo: 'correct config.selector',
      });
    }
  },
  async sleep({ config, kube }) {
    return { report: await sleep(kube, target(config)) };
  },
  async resume({ config, kube }) {
    return { report: await wake(kube, target(config)) };
  },
  // The workloads are not ours to delete; leaving means leaving them as they were found.
  async uninstall({ config, kube }) {
    await wake(kube, target(config), { leaving: true });
  },
});

function target({ namespace, deployment, selector }: ConfigOf<typeof config>) {
  if (deployment === undefined) return { namespace, selector };
  return { namespace, objects: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: deployment }] };
}
