import { describeOnClusters, type Fault, faultProxy } from '@forkspacer/embedded-cluster/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  apply,
  connect,
  create,
  find,
  type Kube,
  type KubeObject,
  type NewObject,
  patch,
  read,
  remove,
  type SleepOptions,
  sleep,
  wake,
} from './index.ts';
import { ASLEEP } from './parking/baseline.ts';
import { dying } from './testing/dying.ts';

const WHO = 'forkspacer-modules/test';
const RUNS = Number(process.env.HOSTILE_RUNS ?? 12);

type Act =
  | { is: 'sleep' | 'wake' | 'two sleeps' | 'sleep during wake' }
  | { is: 'killed'; verb: 'sleep' | 'wake'; write: number; when: 'before' | 'after' }
  | { is: 'faults'; verb: 'sleep' | 'wake'; faults: (Fault | null)[] }
  | { is: 'scaled'; by: 'a person' | 'an autoscaler' | 'GitOps'; name: 'web' | 'store'; replicas: number }
  | { is: 'overtaken'; verb: 'sleep' | 'wake'; replicas: number }
  | { is: 'suspended'; suspend: boolean }
  | { is: 'made anew'; replicas: number };

const verb = fc.constantFrom('sleep', 'wake') as fc.Arbitrary<'sleep' | 'wake'>;
const fault: fc.Arbitrary<Fault | null> = fc.constantFrom<(Fault | null)[]>(
  null,
  { kind: 'status', status: 409 },
  { kind: 'status', status: 429, retryAfter: 0 },
  { kind: 'status', status: 500 },
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'truncate' },
  { kind: 'hang' },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constantFrom('sleep' as const, 'wake' as const) }) },
  fc.record({ is: fc.constantFrom('two sleeps' as const, 'sleep during wake' as const) }),
  fc.record({
    is: fc.constant('killed' as const),
    verb,
    write: fc.integer({ min: 1, max: 6 }),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  fc.record({
    is: fc.constant('faults' as const),
    verb,
    faults: fc.array(fault, { minLength: 3, maxLength: 12 }),
  }),
  fc.record({
    is: fc.constant('scaled' as const),
    by: fc.constantFrom('a person' as const, 'an autoscaler' as const, 'GitOps' as const),
    name: fc.constantFrom('web' as const, 'store' as const),
    replicas: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ is: fc.constant('overtaken' as const), verb, replicas: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ is: fc.constant('suspended' as const), suspend: fc.constant(false) }),
  fc.record({ is: fc.constant('made anew' as const), replicas: fc.integer({ min: 1, max: 5 }) }),
);

describeOnClusters('hostile nights', (cluster) => {
  let kube: Kube;
  beforeAll(() => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: WHO });
  });
  afterAll(() => kube.close());

  const containers = [{ name: 'main', image: 'example.invalid/none:1' }];
  const workload = (kind: string, name: string, namespace: string, replicas?: number): NewObject => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...(replicas !== undefined && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name, podManagementPolicy: 'Parallel' }),
      ...(kind === 'Deployment' && { strategy: { type: 'Recreate' } }),
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });
  const ref = (kind: string, name: string, namespace: string) => ({
    apiVersion: kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
    kind,
    name,
    namespace,
  });

  test('whatever happens, nothing is lost, nothing is parked twice, and nothing is left behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 7 }), async (acts) => {
        const namespace = await cluster.namespace('hostile');
        const target = { namespace };
        // What each is to be in the end: the last word of anyone but us.
        const wanted = { web: 3, store: 2, suspend: false };
        const gitops = kube.with({ fieldManager: 'gitops' });
        await apply(gitops, workload('Deployment', 'web', namespace, wanted.web));
        await create(
          kube.with({ fieldManager: 'helm' }),
          workload('StatefulSet', 'store', namespace, wanted.store),
        );
        await create(kube.with({ fieldManager: 'helm' }), {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'report', namespace },
          spec: {
            schedule: '0 3 1 1 *',
            jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
          },
        });
        const proxy = await faultProxy(cluster.kubeconfig);
        try {
          for (const each of acts) {
            await perform(each, namespace, wanted, proxy);
            // Nothing parked twice: a baseline never holds the state of the night.
            for (const object of await all(namespace)) {
              const was = JSON.parse(
                object.metadata.annotations?.['forkspacer.com/baseline'] ?? '{"was":{}}',
              ).was;
              expect([was['/spec/replicas'] ?? 1, was['/spec/suspend'] ?? false]).not.toContain(0);
              expect(was['/spec/suspend'] ?? false).toBe(false);
            }
          }
          await wake(kube, target, { leaving: false });
          await wake(kube, target, { leaving: true });
        } finally {
          await proxy.stop();
        }
        const [web, store, report] = (await all(namespace)) as [KubeObject, KubeObject, KubeObject];
        expect({ web: web.spec.replicas, store: store.spec.replicas, suspend: report.spec.suspend }).toEqual(
          wanted,
        );
        for (const { metadata } of [web, store, report]) {
          expect(metadata.labels?.[ASLEEP]).toBeUndefined();
          expect(metadata.annotations?.['forkspacer.com/baseline']).toBeUndefined();
          expect(metadata.managedFields?.map(({ manager }) => manager)).not.toContain(WHO);
        }
      }),
      { numRuns: cluster.name === 'real' ? Math.ceil(RUNS / 3) : RUNS, endOnFailure: true },
    );
  }, 180_000);

  const all = (namespace: string) =>
    Promise.all([
      read(kube, ref('Deployment', 'web', namespace)),
      read(kube, ref('StatefulSet', 'store', namespace)),
      read(kube, ref('CronJob', 'report', namespace)),
    ]);

  async function perform(
    act: Act,
    namespace: string,
    wanted: { web: number; store: number; suspend: boolean },
    proxy: Awaited<ReturnType<typeof faultProxy>>,
  ): Promise<void> {
    const target = { namespace };
    // Pods end or not beside all this: what is watched here is what is written.
    const options: SleepOptions = { wait: 'none' };
    const run = { sleep, wake };
    const kindOf = { web: 'Deployment', store: 'StatefulSet' };
    switch (act.is) {
      case 'sleep':
      case 'wake':
        await run[act.is](kube, target, options);
        return;
      case 'two sleeps':
        await Promise.all([
          sleep(kube, target, options),
          sleep(kube.with({ fieldManager: 'other' }), target, options),
        ]);
        return;
      case 'sleep during wake':
        await Promise.all([wake(kube, target, options), sleep(kube, target, options)]);
        return;
      case 'killed':
        await run[act.verb](dying(kube, act.write, act.when), target, options).catch(() => {});
        return;
      case 'faults': {
        const hostile = connect({
          kubeconfig: { text: proxy.kubeconfig },
          fieldManager: WHO,
          timeout: 250,
        });
        let calls = 0;
        const undo = act.faults.map((fault, index) =>
          fault
            ? proxy.inject({
                when: ({ method }) =>
                  calls === index && (fault.kind !== 'status' || fault.status !== 409 || method === 'PATCH'),
                fault,
                times: 1,
              })
            : () => {},
        );
        const counting = proxy.inject({ when: () => ++calls < 0, fault: { kind: 'hang' } });
        try {
          await run[act.verb](hostile, target, options);
        } finally {
          hostile.close();
          for (const each of [...undo, counting]) each();
        }
        return;
      }
      case 'scaled': {
        const at = ref(kindOf[act.name], act.name, namespace);
        if (act.by === 'GitOps') {
          const object = workload(kindOf[act.name], act.name, namespace, act.replicas);
          await apply(kube.with({ fieldManager: 'gitops' }), object, { force: true });
        } else if (act.by === 'a person') {
          const body = { spec: { replicas: act.replicas } };
          await patch(kube, at, body, { type: 'merge', subresource: 'scale', fieldManager: 'kubectl' });
        } else {
          // As the autoscaler: never from zero.
          if ((await read(kube, at)).spec.replicas === 0) return;
          const body = { spec: { replicas: act.replicas } };
          await patch(kube, at, body, {
            type: 'merge',
            subresource: 'scale',
            fieldManager: 'kube-controller-manager',
          });
        }
        wanted[act.name] = act.replicas;
        return;
      }
      // A person scales after the object was read, and before it is written.
      case 'overtaken': {
        let scaled = false;
        const slow: Kube = {
          ...kube,
          async request(request) {
            if (request.method === 'PATCH' && request.path.endsWith('/web') && !scaled) {
              scaled = true;
              await perform({ ...act, is: 'scaled', by: 'a person', name: 'web' }, namespace, wanted, proxy);
            }
            return kube.request(request);
          },
        };
        await run[act.verb](slow, target, options);
        return;
      }
      case 'suspended': {
        const body = { spec: { suspend: act.suspend } };
        await patch(kube, ref('CronJob', 'report', namespace), body, {
          type: 'merge',
          fieldManager: 'kubectl',
        });
        wanted.suspend = act.suspend;
        return;
      }
      case 'made anew': {
        await remove(kube, ref('StatefulSet', 'store', namespace), { ifOurs: false });
        expect(await find(kube, ref('StatefulSet', 'store', namespace))).toBeUndefined();
        await create(
          kube.with({ fieldManager: 'helm' }),
          workload('StatefulSet', 'store', namespace, act.replicas),
        );
        wanted.store = act.replicas;
      }
    }
  }
});
