import { type ObjectRef, planSleep, type Report, sleep, wake } from '@forkspacer/kube';
import { boolean, type ConfigOf, defineModule, ModuleError, option, string } from '@forkspacer/sdk';

const DNS_NAME = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

const config = {
  namespace: string({ default: 'default', regex: DNS_NAME, description: 'Where the workloads live.' }),
  deployment: string({
    description: 'The Deployment to park. Give this, a selector, or the whole namespace.',
  }),
  selector: string({ description: 'A label selector, such as app=shop: parks what matches, of every kind.' }),
  wholeNamespace: boolean({ default: false, description: 'Parks all that can sleep in the namespace.' }),
  kinds: string({
    description: 'Only these kinds, such as "Deployment, CronJob"; without it, every kind that can sleep.',
  }),
  cronJobs: option({
    values: ['skip', 'run-once'],
    default: 'skip',
    description: 'Runs that CronJobs missed while they slept: skipped, or made up for by one run on waking.',
  }),
  jobs: option({
    values: ['finish', 'suspend'],
    default: 'finish',
    description: 'Jobs that run in the evening: they finish, or are suspended and begin anew in the morning.',
  }),
  claims: option({
    values: ['keep', 'may be deleted'],
    default: 'keep',
    description:
      'StatefulSets that delete their volume claims, with all data, on scale-down (whenScaled: Delete): refused, or put to sleep and the data lost.',
  }),
  wake: option({
    values: ['in order', 'until ready'],
    default: 'in order',
    description:
      'When waking is done: when everything was told to start, each step after the one before it was ready; or when the last is ready, too.',
  }),
};
type Config = ConfigOf<typeof config>;

/** Parks what its config names and later gives back exactly what was there. */
export default defineModule({
  name: 'scale-to-zero',
  description: 'Puts what runs in a namespace to sleep, and gives back exactly what was there.',
  category: 'Workloads',
  tags: ['hibernation', 'replicas'],
  identity: ['namespace', 'deployment', 'selector'],
  config,

  check({ deployment, selector, wholeNamespace }) {
    const given = [deployment !== undefined, selector !== undefined, wholeNamespace].filter(Boolean).length;
    if (given === 1) return [];
    const found = given === 0 ? 'none' : String(given);
    return [{ path: 'deployment, selector, wholeNamespace', expected: 'one of the three', found }];
  },

  // Changes nothing: a mistyped target, or one that must not sleep, should fail here, not at the first bedtime.
  async install({ config, kube }) {
    const { items } = await planSleep(kube, target(config), evening(config));
    const failed = items.find(({ outcome }) => outcome === 'failed');
    if (failed)
      throw new ModuleError({
        expected: 'objects that can sleep',
        found: failed.reason ?? 'one that cannot',
      });
    if (items.some(({ object }) => object.name !== '*')) return;
    const { namespace, selector } = config;
    throw new ModuleError({
      expected: `something that can sleep${selector === undefined ? '' : ` with ${selector}`} in namespace ${namespace}`,
      found: 'nothing',
      todo: selector === undefined ? 'correct config.namespace' : 'correct config.selector',
    });
  },
  async sleep({ config, kube }) {
    const report = await sleep(kube, target(config), evening(config));
    return { report, asleep: namesOf(report) };
  },
  async resume({ config, kube, metadata }) {
    const report = await wake(kube, target(config), {
      cronJobs: config.cronJobs,
      wait: config.wake === 'until ready' ? 'ready' : 'steps',
      expected: refsOf(metadata.asleep, config.namespace),
    });
    return { report, asleep: [] };
  },
  // The workloads are not ours to delete; leaving means leaving them as they were found.
  async uninstall({ config, kube, metadata }) {
    const expected = refsOf(metadata.asleep, config.namespace);
    await wake(kube, target(config), { cronJobs: config.cronJobs, expected, leaving: true });
  },
});

function target({ namespace, deployment, selector, kinds }: Config) {
  if (deployment !== undefined) {
    return {
      namespace,
      objects: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: deployment }],
    };
  }
  const only = kinds?.split(/[\s,]+/).filter(Boolean);
  return { namespace, ...(selector !== undefined && { selector }), ...(only?.length && { kinds: only }) };
}

function evening({ jobs, claims }: Config) {
  return { jobs, allowClaimDeletion: claims === 'may be deleted' };
}

/** What is remembered of a night, beside the marks on the objects: who sleeps. More are found by their marks alone. */
const REMEMBERED = 300;

function namesOf({ items }: Report): string[] {
  return items
    .filter(({ outcome }) => outcome === 'parked')
    .slice(0, REMEMBERED)
    .map(({ object: { apiVersion, kind, name } }) => `${apiVersion} ${kind} ${name}`);
}

function refsOf(names: unknown, namespace: string): ObjectRef[] {
  if (!Array.isArray(names)) return [];
  return names.flatMap((each) => {
    const [apiVersion, kind, name] = String(each).split(' ');
    return apiVersion && kind && name ? [{ apiVersion, kind, name, namespace }] : [];
  });
}
