import { ANNOTATIONS } from '@forkspacer/contract';
import { describeOnClusters, type Fault, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  apply,
  connect,
  create,
  type Kube,
  type KubeObject,
  list,
  type NewObject,
  ParkingError,
  patch,
  type Report,
  read,
  remove,
  sleep,
  waitFor,
  wake,
} from './index.ts';
import { ASLEEP } from './parking/baseline.ts';
import { dying } from './testing/dying.ts';

const APPS = 'apps/v1';
const REPLICAS = ['f:spec', 'f:replicas'];

function workload(kind: 'Deployment' | 'StatefulSet', name: string, replicas?: number): NewObject {
  return {
    apiVersion: APPS,
    kind,
    metadata: { name, labels: { app: name } },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      // Pods never become ready here, and a rolling update would wait for them.
      ...(kind === 'Deployment' && { strategy: { type: 'Recreate' } }),
      ...(kind === 'StatefulSet' && { serviceName: name, podManagementPolicy: 'Parallel' }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'example.invalid/none:1' }] },
      },
    },
  };
}

/** Who owns what, but for the controllers' own entries and the times. */
function owners(object: KubeObject): string[] {
  return (object.metadata.managedFields ?? [])
    .filter((entry) => entry.subresource !== 'status')
    .map((entry) => {
      let at: unknown = entry.fieldsV1;
      for (const key of REPLICAS) at = (at as Record<string, unknown> | undefined)?.[key];
      return `${entry.manager} ${entry.operation} ${entry.subresource ?? ''}${at ? ' replicas' : ''}`.trim();
    })
    .sort();
}

/** What the night must not change. */
function essence(object: KubeObject) {
  const annotations = { ...object.metadata.annotations };
  delete annotations['deployment.kubernetes.io/revision'];
  return { spec: object.spec, labels: object.metadata.labels, annotations, owners: owners(object) };
}

describeOnClusters('sleep and wake', (cluster) => {
  let namespace: string;
  let kube: Kube;
  let owner: Kube;

  beforeAll(async () => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'forkspacer-modules/test' });
    owner = kube.with({ fieldManager: 'helm' });
    namespace = await cluster.namespace('parking');
  });
  afterAll(() => kube.close());

  const ref = (object: NewObject) => ({
    apiVersion: APPS,
    kind: object.kind,
    name: object.metadata.name ?? '',
    namespace,
  });
  const only = (object: NewObject) => ({ namespace, objects: [ref(object)] });
  const here = (object: NewObject): NewObject => ({ ...object, metadata: { ...object.metadata, namespace } });
  /** Waits until its Pods are there, so that nothing is under way any more. */
  const calm = (object: NewObject) =>
    waitFor(
      kube,
      ref(object),
      (seen) =>
        (seen?.status?.observedGeneration ?? 0) === seen?.metadata.generation &&
        (seen?.status?.replicas ?? 0) === (seen?.spec.replicas ?? 1) &&
        (seen?.kind !== 'Deployment' || (seen.status?.updatedReplicas ?? 0) === seen.spec.replicas),
      { describe: 'its Pods to be made', timeLimit: 15_000 },
    );
  const made = {
    'client-side': async (object: NewObject) => void (await create(owner, here(object))),
    'server-side apply': async (object: NewObject) => void (await apply(owner, here(object))),
    'server-side apply without replicas': async (object: NewObject) => {
      const { replicas: _, ...spec } = object.spec;
      await apply(owner, here({ ...object, spec }));
    },
    'scaled by /scale': async (object: NewObject) => {
      await create(owner, here({ ...object, spec: { ...object.spec, replicas: 5 } }));
      await patch(
        kube,
        ref(object),
        { spec: { replicas: object.spec.replicas } },
        { type: 'merge', subresource: 'scale', fieldManager: 'kubectl' },
      );
    },
    'made by the same field manager': async (object: NewObject) => void (await create(kube, here(object))),
  };
  const outcomes = (report: Report) =>
    report.items.map(
      ({ object, outcome, replicas }) =>
        `${object.name} ${outcome} ${replicas?.from ?? '-'}>${replicas?.to ?? '-'}`,
    );
  const undone = async (work: Promise<Report>): Promise<ParkingError> => {
    const error = await work.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(ParkingError);
    return error as ParkingError;
  };

  for (const kind of ['Deployment', 'StatefulSet'] as const) {
    for (const [how, make] of Object.entries(made)) {
      test(`a ${kind} ${how} goes to zero, and comes back as it was, owners included`, async () => {
        const count = how.includes('without') ? 1 : 3;
        const object = workload(kind, `${kind}-${how.replace(/[^a-z]/g, '')}`.toLowerCase(), count);
        await make(object);
        await calm(object);
        const before = await read(kube, ref(object));

        expect(outcomes(await sleep(kube, only(object)))).toEqual([
          `${object.metadata.name} parked ${count}>0`,
        ]);
        const asleep = await read(kube, ref(object));
        expect([asleep.spec.replicas, asleep.status.replicas ?? 0]).toEqual([0, 0]);
        expect(JSON.parse(asleep.metadata.annotations?.[ANNOTATIONS.baseline] ?? '')).toMatchObject({
          version: 1,
          uid: before.metadata.uid,
          who: 'forkspacer-modules/test',
          was: { '/spec/replicas': count },
        });

        // A second one changes nothing.
        expect(outcomes(await sleep(kube, only(object)))).toEqual([
          `${object.metadata.name} parked ${count}>0`,
        ]);
        expect((await read(kube, ref(object))).metadata.annotations).toEqual(asleep.metadata.annotations);

        expect(outcomes(await wake(kube, only(object)))).toEqual([
          `${object.metadata.name} restored 0>${count}`,
        ]);
        const awake = await read(kube, ref(object));
        expect(essence(awake)).toEqual(essence(before));
        expect(awake.status.observedGeneration).toBe(awake.metadata.generation);
        expect(outcomes(await wake(kube, only(object)))).toEqual([`${object.metadata.name} skipped ->-`]);

        // What it is all for: the owner goes on as if nothing had been.
        if (how.startsWith('server-side')) await apply(owner, here(workload(kind, ref(object).name, 4)));
        await remove(kube, ref(object), { ifOurs: false });
      });
    }
  }

  test('a sleep of one Deployment is one read beside those of its autoscalers, one write and one watch', async () => {
    const object = workload('Deployment', 'frugal', 2);
    await create(owner, here(object));
    await calm(object);
    const calls: string[] = [];
    const counted = kube.with({
      onCall: ({ method, path }) => calls.push(`${method}${path.includes('watch=true') ? ' watch' : ''}`),
    });
    await sleep(counted, only(object));
    expect(calls).toEqual(['GET', 'GET', 'GET', 'PATCH', 'GET watch']);
    calls.length = 0;
    await wake(counted, only(object));
    expect(calls.filter((call) => call !== 'GET watch')).toEqual(['GET', 'GET', 'GET', 'PATCH']);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('a selector finds Deployments and StatefulSets, and nothing else is touched', async () => {
    const chosen = [workload('Deployment', 'chosen-a', 2), workload('StatefulSet', 'chosen-b', 1)];
    const other = workload('Deployment', 'other', 1);
    for (const each of [...chosen, other]) {
      each.metadata.labels = { ...each.metadata.labels, tier: each === other ? 'front' : 'back' };
      await create(owner, here(each));
      await calm(each);
    }
    const before = await read(kube, ref(other));
    const report = await sleep(kube, { namespace, selector: 'tier=back' });
    expect(outcomes(report)).toEqual(['chosen-a parked 2>0', 'chosen-b parked 1>0']);
    expect(outcomes(await wake(kube, { namespace, selector: 'tier=back' }))).toEqual([
      'chosen-a restored 0>2',
      'chosen-b restored 0>1',
    ]);
    expect(essence(await read(kube, ref(other)))).toEqual(essence(before));
    for (const each of [...chosen, other]) await remove(kube, ref(each), { ifOurs: false });
  });

  test('what its owner keeps at zero is left alone both ways', async () => {
    const object = workload('Deployment', 'off', 0);
    await apply(owner, here(object));
    const before = await read(kube, ref(object));
    expect(outcomes(await sleep(kube, only(object)))).toEqual(['off skipped ->-']);
    expect(outcomes(await wake(kube, only(object)))).toEqual(['off skipped ->-']);
    expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('what a controller owns is never touched', async () => {
    const above = await create(kube, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'above', namespace },
    });
    const object = workload('Deployment', 'owned', 2);
    object.metadata.ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'above', uid: above.metadata.uid ?? '', controller: true },
    ];
    await create(owner, here(object));
    const [item] = (await sleep(kube, only(object))).items;
    expect(item).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('is run by ConfigMap above'),
    });
    expect((await read(kube, ref(object))).spec.replicas).toBe(2);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('a target that is not there fails by name, and may be skipped when leaving', async () => {
    const gone = workload('Deployment', 'gone', 1);
    expect((await undone(sleep(kube, only(gone)))).message).toBe(
      `sleep: 1 of 1 failed: Deployment ${namespace}/gone: not found`,
    );
    await undone(wake(kube, only(gone)));
    expect(outcomes(await wake(kube, only(gone), { leaving: true }))).toEqual(['gone skipped ->-']);
  });

  test('a StatefulSet whose claims would be deleted is refused, and the others are parked', async () => {
    const risky = workload('StatefulSet', 'risky', 1);
    risky.spec.persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete', whenDeleted: 'Retain' };
    const safe = workload('Deployment', 'safe', 1);
    for (const each of [risky, safe]) await create(owner, here(each));
    const { report, message } = await undone(sleep(kube, { namespace, objects: [ref(risky), ref(safe)] }));
    expect(outcomes(report)).toEqual(['risky failed ->-', 'safe parked 1>0']);
    expect(message).toContain('whenScaled is Delete');
    expect((await read(kube, ref(risky))).spec.replicas).toBe(1);
    for (const each of [risky, safe]) await remove(kube, ref(each), { ifOurs: false });
  });

  test('what someone scaled up while it slept is reported and left, and only the marks go', async () => {
    const object = workload('Deployment', 'drifting', 3);
    await apply(owner, here(object));
    await calm(object);
    await sleep(kube, only(object));
    await patch(
      kube,
      ref(object),
      { spec: { replicas: 1 } },
      { type: 'merge', subresource: 'scale', fieldManager: 'kubectl' },
    );
    expect(outcomes(await wake(kube, only(object)))).toEqual(['drifting drifted 3>1']);
    const after = await read(kube, ref(object));
    expect(after.spec.replicas).toBe(1);
    expect(after.metadata.annotations?.[ANNOTATIONS.baseline]).toBeUndefined();
    expect(after.metadata.labels).toEqual({ app: 'drifting' });
    expect(owners(after)).toEqual(['helm Apply', 'kubectl Update scale replicas']);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('what someone else set to zero while it slept stays at zero', async () => {
    const object = workload('Deployment', 'closing', 3);
    await create(owner, here(object));
    await sleep(kube, only(object));
    for (const replicas of [1, 0]) {
      await patch(
        kube,
        ref(object),
        { spec: { replicas } },
        { type: 'merge', subresource: 'scale', fieldManager: 'kubectl' },
      );
    }
    expect(outcomes(await wake(kube, only(object)))).toEqual(['closing drifted 3>0']);
    expect((await read(kube, ref(object))).spec.replicas).toBe(0);
    expect(outcomes(await wake(kube, only(object)))).toEqual(['closing skipped ->-']);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('a copy of a sleeping object is not asleep: the baseline is of another uid', async () => {
    const object = workload('Deployment', 'original', 3);
    await create(owner, here(object));
    await sleep(kube, only(object));
    const { spec, metadata } = await read(kube, ref(object));
    const copy = workload('Deployment', 'copy', 0);
    await create(
      owner,
      here({
        ...copy,
        spec: { ...copy.spec, replicas: spec.replicas },
        metadata: { ...copy.metadata, labels: metadata.labels, annotations: metadata.annotations } as never,
      }),
    );
    expect(outcomes(await wake(kube, only(copy)))).toEqual(['copy skipped ->-']);
    expect((await read(kube, ref(copy))).spec.replicas).toBe(0);
    for (const each of [object, copy]) await remove(kube, ref(each), { ifOurs: false });
  });

  /** What `kubectl rollout undo` sends: the template and the annotations of an older ReplicaSet (kubectl 1.35, rollback.go). */
  async function undo(object: NewObject): Promise<void> {
    const current = await read(kube, ref(object));
    const selection = {
      apiVersion: APPS,
      kind: 'ReplicaSet',
      namespace,
      labelSelector: `app=${ref(object).name}`,
    };
    const revision = (each: KubeObject) =>
      Number(each.metadata.annotations?.['deployment.kubernetes.io/revision']);
    const older = (await list(kube, selection)).items.sort((a, b) => revision(a) - revision(b)).at(-2);
    const kept = (name: string): boolean => name.startsWith('deployment.kubernetes.io/');
    const from = (annotations: Record<string, string> = {}, which: (name: string) => boolean) =>
      Object.entries(annotations).filter(([name]) => which(name));
    const annotations = Object.fromEntries([
      ...from(current.metadata.annotations, kept),
      ...from(older?.metadata.annotations, (name) => !kept(name)),
    ]);
    const template = structuredClone(older?.spec.template);
    delete template.metadata.labels['pod-template-hash'];
    const body = [
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'replace', path: '/metadata/annotations', value: annotations },
    ];
    await patch(kube, ref(object), body, { type: 'json', fieldManager: 'kubectl-rollout' });
  }
  const newImage = (object: NewObject, image: string): NewObject => {
    const next = structuredClone(object);
    next.spec.template.spec.containers[0].image = image;
    return next;
  };
  const copies = async (object: NewObject) => {
    const labelSelector = `app=${ref(object).name}`;
    const { items } = await list(kube, { apiVersion: APPS, kind: 'ReplicaSet', namespace, labelSelector });
    return items.map((each) => each.metadata.annotations?.[ANNOTATIONS.baseline]);
  };
  const copied = (object: NewObject, baseline: string | undefined) =>
    expect.poll(() => copies(object), { timeout: 5_000 }).toContain(baseline);

  test('rollout undo by day brings an old baseline back, and it is void', async () => {
    const object = workload('Deployment', 'undone-by-day', 3);
    await apply(owner, here(object));
    await calm(object);
    await sleep(kube, only(object));
    await copied(object, (await read(kube, ref(object))).metadata.annotations?.[ANNOTATIONS.baseline]);
    await wake(kube, only(object));
    const second = newImage({ ...object, spec: { ...object.spec, replicas: 2 } }, 'example.invalid/none:2');
    await apply(owner, here(second));
    await calm(second);
    await undo(object);
    expect((await read(kube, ref(object))).metadata.annotations?.[ANNOTATIONS.baseline]).toContain(
      '"/spec/replicas":3',
    );

    expect(outcomes(await wake(kube, only(object)))).toEqual(['undone-by-day skipped ->-']);
    const awake = await read(kube, ref(object));
    expect(awake.spec.replicas).toBe(2);
    expect(awake.metadata.annotations?.[ANNOTATIONS.baseline]).toBeUndefined();

    await undo(object);
    await undo(object);
    await sleep(kube, only(object));
    expect(outcomes(await wake(kube, only(object)))).toEqual(['undone-by-day restored 0>2']);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('a wake that is the last takes the copies off the ReplicaSets too', async () => {
    const object = workload('Deployment', 'left', 3);
    await apply(owner, here(object));
    await calm(object);
    const before = await copies(object);
    await sleep(kube, only(object));
    await copied(object, (await read(kube, ref(object))).metadata.annotations?.[ANNOTATIONS.baseline]);
    await wake(kube, only(object), { leaving: true });
    expect(await copies(object)).toEqual(before);
    expect(before).toEqual([undefined]);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('an owner at zero by day stays there, old baseline or not', async () => {
    const object = workload('Deployment', 'zero-by-day', 3);
    await apply(owner, here(object));
    await calm(object);
    await sleep(kube, only(object));
    const old = (await read(kube, ref(object))).metadata.annotations?.[ANNOTATIONS.baseline];
    await wake(kube, only(object));
    await apply(owner, here({ ...object, spec: { ...object.spec, replicas: 0 } }));
    await patch(
      kube,
      ref(object),
      { metadata: { annotations: { [ANNOTATIONS.baseline]: old } } },
      { type: 'merge', fieldManager: 'kubectl-rollout' },
    );
    expect(outcomes(await wake(kube, only(object)))).toEqual(['zero-by-day skipped ->-']);
    expect((await read(kube, ref(object))).spec.replicas).toBe(0);
    await remove(kube, ref(object), { ifOurs: false });
  });

  for (const before of ['an old baseline', 'no baseline'] as const) {
    test(`rollout undo by night leaves ${before}, and wake gives back this night's count`, async () => {
      const object = workload('Deployment', `undone-${before.startsWith('no') ? 'empty' : 'old'}`, 3);
      await apply(owner, here(object));
      await calm(object);
      if (before === 'an old baseline') {
        await sleep(kube, only(object));
        await copied(object, (await read(kube, ref(object))).metadata.annotations?.[ANNOTATIONS.baseline]);
        await wake(kube, only(object));
      }
      const second = newImage({ ...object, spec: { ...object.spec, replicas: 5 } }, 'example.invalid/none:2');
      await apply(owner, here(second));
      await calm(second);
      await sleep(kube, only(object));
      await undo(object);
      const annotation = (await read(kube, ref(object))).metadata.annotations?.[ANNOTATIONS.baseline];
      if (before === 'no baseline') expect(annotation).toBeUndefined();
      else expect(annotation).toContain('"/spec/replicas":3');

      expect(outcomes(await sleep(kube, only(object)))).toEqual([`${ref(object).name} parked 5>0`]);
      expect(outcomes(await wake(kube, only(object)))).toEqual([`${ref(object).name} restored 0>5`]);
      const awake = await read(kube, ref(object));
      expect(awake.metadata.annotations?.[ANNOTATIONS.baseline]).toBeUndefined();
      expect(owners(awake).filter((each) => each.startsWith('forkspacer'))).toEqual([]);
      await apply(owner, here({ ...object, spec: { ...object.spec, replicas: 4 } }));
      await remove(kube, ref(object), { ifOurs: false });
    });
  }

  test('two sleeps at once park once, and nothing is lost', async () => {
    const object = workload('Deployment', 'twice', 3);
    await apply(owner, here(object));
    await calm(object);
    const before = await read(kube, ref(object));
    const reports = await Promise.all([
      sleep(kube, only(object)),
      sleep(kube, only(object)),
      sleep(owner, only(object)),
    ]);
    expect(reports.flatMap(outcomes)).toEqual(Array(3).fill('twice parked 3>0'));
    const woken = await Promise.all([wake(kube, only(object)), wake(owner, only(object))]);
    expect(woken.flatMap(outcomes)).toContain('twice restored 0>3');
    expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('a wake from another field manager leaves nothing of the one that slept', async () => {
    const object = workload('Deployment', 'by-hand', 3);
    await apply(owner, here(object));
    await calm(object);
    const before = await read(kube, ref(object));
    await sleep(kube.with({ fieldManager: 'forkspacer-modules' }), only(object));
    await wake(kube, only(object));
    expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
    await remove(kube, ref(object), { ifOurs: false });
  });

  for (const how of ['client-side', 'server-side apply'] as const) {
    for (const [verb, writes] of [
      ['sleep', 1],
      ['wake', how === 'client-side' ? 1 : 2],
    ] as const) {
      for (let write = 1; write <= writes; write++) {
        for (const when of ['before', 'after'] as const) {
          test(`killed ${when} write ${write} of a ${verb} (${how}) and run again, it ends as undisturbed`, async () => {
            const name = `killed-${how.replace(/[^a-z]/g, '')}-${verb}-${write}-${when}`;
            const object = workload('Deployment', name, 3);
            await made[how](object);
            await calm(object);
            const before = await read(kube, ref(object));
            if (verb === 'sleep') await undone(sleep(dying(kube, write, when), only(object)));
            else {
              await sleep(kube, only(object));
              await undone(wake(dying(kube, write, when), only(object)));
              await wake(kube, only(object));
              expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
            }
            expect(outcomes(await sleep(kube, only(object)))).toEqual([`${name} parked 3>0`]);
            expect(outcomes(await wake(kube, only(object)))).toEqual([`${name} restored 0>3`]);
            expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
            await remove(kube, ref(object), { ifOurs: false });
          });
        }
      }
    }
  }

  const faults: Fault[] = [
    { kind: 'status', status: 409 },
    { kind: 'status', status: 429, retryAfter: 0 },
    { kind: 'status', status: 500 },
    { kind: 'reset-before' },
    { kind: 'reset-after' },
    { kind: 'truncate' },
    { kind: 'hang' },
  ];
  for (const fault of faults) {
    const named = fault.kind === 'status' ? String(fault.status) : fault.kind;
    test(`every other call meets ${named}, and it ends as undisturbed`, async () => {
      const object = workload('Deployment', `hostile-${named}`, 3);
      await apply(owner, here(object));
      await calm(object);
      const before = await read(kube, ref(object));
      const proxy = await faultProxy(cluster.kubeconfig);
      const text = proxy.kubeconfig;
      const hostile = connect({
        kubeconfig: { text },
        fieldManager: 'forkspacer-modules/test',
        timeout: 300,
      });
      let calls = 0;
      const conflict = fault.kind === 'status' && fault.status === 409;
      proxy.inject({ when: ({ method }) => (!conflict || method === 'PATCH') && calls++ % 2 === 0, fault });
      try {
        expect(outcomes(await sleep(hostile, only(object)))).toEqual([`hostile-${named} parked 3>0`]);
        expect((await read(kube, ref(object))).spec.replicas).toBe(0);
        expect(outcomes(await wake(hostile, only(object)))).toEqual([`hostile-${named} restored 0>3`]);
        expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
      } finally {
        hostile.close();
        await proxy.stop();
      }
      await remove(kube, ref(object), { ifOurs: false });
    });
  }

  test('where watching is not allowed, it reads again until it is so', async () => {
    const object = workload('Deployment', 'unwatched', 3);
    await apply(owner, here(object));
    await calm(object);
    const proxy = await faultProxy(cluster.kubeconfig);
    const blind = connect({
      kubeconfig: { text: proxy.kubeconfig },
      fieldManager: 'forkspacer-modules/test',
    });
    proxy.inject({ when: ({ query }) => query.watch !== undefined, fault: { kind: 'status', status: 403 } });
    try {
      expect(outcomes(await sleep(blind, only(object)))).toEqual(['unwatched parked 3>0']);
      expect((await read(kube, ref(object))).status.replicas ?? 0).toBe(0);
      expect(outcomes(await wake(blind, { namespace, selector: 'app=unwatched' }))).toEqual([
        'unwatched restored 0>3',
      ]);
    } finally {
      blind.close();
      await proxy.stop();
    }
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('put to sleep again half way through a wake, it keeps the owners of the first evening', async () => {
    const object = workload('Deployment', 'restless', 3);
    await apply(owner, here(object));
    await calm(object);
    const before = await read(kube, ref(object));
    await sleep(kube, only(object));
    await undone(wake(dying(kube, 1, 'after'), only(object)));
    await sleep(kube, only(object));
    await wake(kube, only(object));
    expect(essence(await read(kube, ref(object)))).toEqual(essence(before));
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('Pods that do not end in time fail the sleep in words, and the object stays parked', async () => {
    const object = workload('Deployment', 'slow', 1);
    await create(owner, here(object));
    await calm(object);
    const { report } = await undone(sleep(kube, only(object), { timeLimit: 0 }));
    expect(report.items[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('waiting for its Pods to end took too long'),
    });
    expect(outcomes(await sleep(kube, only(object)))).toEqual(['slow parked 1>0']);
    expect((await read(kube, ref(object))).metadata.labels?.[ASLEEP]).toMatch(/^\w+\.1\.\w{8}$/);
    await remove(kube, ref(object), { ifOurs: false });
  });

  test('an abort ends the waiting at once', async () => {
    const object = workload('Deployment', 'aborted', 1);
    await create(owner, here(object));
    const stop = new AbortController();
    const reason = new Error('enough');
    const bound = kube.with({
      signal: stop.signal,
      onCall: ({ path }) => path.includes('watch=true') && stop.abort(reason),
    });
    await expect(waitFor(bound, ref(object), () => false, { describe: 'nothing' })).rejects.toBe(reason);
    await remove(kube, ref(object), { ifOurs: false });
  });
});
