import { describeOnClusters, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  apply,
  connect,
  create,
  type Kube,
  type KubeError,
  list,
  type NewObject,
  planSleep,
  planWake,
  type Report,
  read,
  sleep,
  waitReady,
  wake,
} from './index.ts';
import { pathOf, valueAt } from './parking/fields.ts';
import { essence } from './testing/essence.ts';
import { EXAMPLES } from './testing/mixed-namespace.ts';
import { thirdPartyKinds } from './testing/third-party-kinds.ts';

const WHO = 'forkspacer-modules/test';

describeOnClusters('sleep and wake of every kind', (cluster) => {
  let kube: Kube;
  let owner: Kube;

  beforeAll(async () => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: WHO });
    owner = kube.with({ fieldManager: 'helm' });
    for (const definition of thirdPartyKinds) {
      await create(kube, definition).catch((error: KubeError) => {
        if (error.reason !== 'AlreadyExists') throw error;
      });
      await waitReady(kube, {
        apiVersion: definition.apiVersion,
        kind: definition.kind,
        name: definition.metadata.name ?? '',
      });
    }
  });
  afterAll(() => kube.close());

  const refOf = ({ apiVersion, kind, metadata }: NewObject, namespace: string) => ({
    apiVersion,
    kind,
    name: metadata.name ?? '',
    namespace,
  });
  const within = (object: NewObject, namespace: string): NewObject => ({
    ...structuredClone(object),
    metadata: { ...structuredClone(object.metadata), namespace },
  });
  /** Two owners, as in a real namespace: one creates and updates, one applies on the server's side. */
  const populate = async (namespace: string, how?: 'created' | 'applied', examples = EXAMPLES) => {
    for (const [index, { object }] of examples.entries()) {
      const applied = how === undefined ? index % 2 === 1 : how === 'applied';
      await (applied ? apply : create)(owner, within(object, namespace));
    }
    await calm(namespace, examples);
  };
  /** Waits until no controller has anything to do. */
  const calm = async (namespace: string, examples = EXAMPLES) => {
    let before = '';
    await expect
      .poll(
        async () => {
          const now = JSON.stringify(await look(namespace, examples));
          const same = now === before;
          before = now;
          return same;
        },
        { timeout: 15_000, interval: cluster.name === 'real' ? 400 : 60 },
      )
      .toBe(true);
  };
  const look = (namespace: string, examples = EXAMPLES) =>
    Promise.all(examples.map(({ object }) => read(kube, refOf(object, namespace))));
  const essences = async (namespace: string, examples = EXAMPLES) =>
    Object.fromEntries(
      (await look(namespace, examples)).map((object) => [
        `${object.kind} ${object.metadata.name}`,
        essence(object),
      ]),
    );
  const expectAsleep = async (namespace: string, examples = EXAMPLES) => {
    for (const { object, asleep } of examples) {
      const now = await read(kube, refOf(object, namespace));
      const found = Object.keys(asleep).map((pointer) => [pointer, valueAt(now, pathOf(pointer)) ?? null]);
      expect([now.kind, Object.fromEntries(found)]).toEqual([now.kind, asleep]);
    }
  };
  const outcomes = (report: Report) =>
    report.items.map(({ object, outcome }) => `${object.kind} ${object.name} ${outcome}`).sort();
  const NIGHT = { jobs: 'suspend' } as const;

  for (const how of ['created', 'applied'] as const) {
    for (const example of EXAMPLES) {
      test(`${example.title}, ${how} by its owner, sleeps and comes back as it was`, async () => {
        const namespace = await cluster.namespace('kind');
        await populate(namespace, how, [example]);
        const before = await essences(namespace, [example]);
        const target = { namespace, objects: [refOf(example.object, namespace)] };
        const name = `${example.object.kind} ${example.object.metadata.name}`;

        const plan = await planSleep(kube, target, NIGHT);
        expect(await essences(namespace, [example])).toEqual(before);
        const slept = await sleep(kube, target, NIGHT);
        expect(slept).toEqual(plan);
        expect(outcomes(slept)).toEqual([`${name} parked`]);
        await expectAsleep(namespace, [example]);
        const asleep = await read(kube, refOf(example.object, namespace));
        expect(outcomes(await sleep(kube, target, NIGHT))).toEqual([`${name} parked`]);
        expect((await read(kube, refOf(example.object, namespace))).metadata.annotations).toEqual(
          asleep.metadata.annotations,
        );

        expect(await planWake(kube, target)).toEqual(await wake(kube, target));
        expect(await essences(namespace, [example])).toEqual(before);
        expect(outcomes(await wake(kube, target))).toEqual([`${name} skipped`]);
      });
    }
  }

  test('a whole namespace sleeps in one write for each object, with one list for each kind', async () => {
    const namespace = await cluster.namespace('whole');
    await populate(namespace);
    const before = await essences(namespace);
    const calls: string[] = [];
    const counted = kube.with({
      onCall: ({ method, path }) => calls.push(`${method}${path.includes('watch=true') ? ' watch' : ''}`),
    });
    const report = await sleep(counted, { namespace }, NIGHT);
    expect(outcomes(report)).toEqual(
      EXAMPLES.map(({ object }) => `${object.kind} ${object.metadata.name} parked`).sort(),
    );
    await expectAsleep(namespace);
    expect(calls.filter((call) => call === 'PATCH')).toHaveLength(EXAMPLES.length);
    expect(calls.filter((call) => !['PATCH', 'GET', 'GET watch'].includes(call))).toEqual([]);
    expect(report.items.find(({ object }) => object.kind === 'Deployment')?.saving).toEqual({
      cpu: 300,
      memory: 3 * 64 * 2 ** 20,
    });
    await wake(kube, { namespace });
    expect(await essences(namespace)).toEqual(before);
    const revisions = await list(kube, { apiVersion: 'apps/v1', kind: 'ControllerRevision', namespace });
    expect(JSON.stringify(revisions.items.map(({ data }) => data))).not.toContain('forkspacer.com');
  });

  const NEXT: Record<'sleep' | 'wake', (kube: Kube, namespace: string) => Promise<Report>> = {
    sleep: (by, namespace) => sleep(by, { namespace }, NIGHT),
    wake: (by, namespace) => wake(by, { namespace }),
  };
  for (const verb of ['sleep', 'wake'] as const) {
    test(`killed after each write of a ${verb} of a whole namespace and run again, it ends as undisturbed`, async () => {
      const namespace = await cluster.namespace('killed');
      await populate(namespace);
      const before = await essences(namespace);
      const proxy = await faultProxy(cluster.kubeconfig);
      try {
        let ended = 'killed';
        let write = 0;
        // Until a run makes fewer writes than it would take to kill it.
        while (ended === 'killed') {
          write++;
          if (verb === 'wake') await NEXT.sleep(kube, namespace);
          const dead = new AbortController();
          const mortal = connect({
            kubeconfig: { text: proxy.kubeconfig },
            fieldManager: WHO,
            signal: dead.signal,
          });
          void proxy.dieAfterWrites(write).then(() => dead.abort(new Error('killed')));
          ended = await NEXT[verb](mortal, namespace).then(
            () => 'done',
            () => 'killed',
          );
          mortal.close();
          proxy.reset();

          await NEXT[verb](kube, namespace);
          if (verb === 'sleep') {
            await expectAsleep(namespace);
            await NEXT.wake(kube, namespace);
          }
          expect(await essences(namespace)).toEqual(before);
        }
        expect(write).toBeGreaterThan(EXAMPLES.length);
      } finally {
        await proxy.stop();
      }
    }, 120_000);
  }
});
