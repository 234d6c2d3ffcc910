import { type Cluster, startCluster } from '@forkspacer/embedded-cluster';
import { describeOnClusters, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  apply,
  connect,
  create,
  EXCLUDE,
  EXCLUDE_UNTIL,
  type Kube,
  list,
  type NewObject,
  ParkingError,
  patch,
  type Report,
  read,
  remove,
  SLEEP_ORDER,
  sleep,
  waitFor,
  waitReady,
  wake,
} from './index.ts';
import { horizontalPodAutoscaler } from './parking/kinds/horizontal-pod-autoscaler.ts';
import { toSleep } from './parking/park.ts';
import { quantity } from './parking/requests.ts';
import { settle } from './parking/settle.ts';

function deployment(name: string, replicas = 3, metadata: NewObject['metadata'] = {}): NewObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...metadata },
    spec: {
      replicas,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: 'example.invalid/none:1' }],
        },
      },
    },
  };
}

function cronJob(name: string, schedule = '0 3 1 1 *'): NewObject {
  const containers = [{ name: 'main', image: 'example.invalid/none:1' }];
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule, jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } } },
  };
}

const outcomes = (report: Report) =>
  report.items
    .map(
      ({ object, outcome, replicas }) =>
        `${object.name} ${outcome}${replicas ? ` ${replicas.from}>${replicas.to}` : ''}`,
    )
    .sort();
const reasonOf = (report: Report, name: string) =>
  report.items.find(({ object }) => object.name === name)?.reason;
const failed = async (work: Promise<Report>): Promise<ParkingError> => {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ParkingError);
  return error as ParkingError;
};

describeOnClusters('the rules of sleep and wake', (cluster) => {
  let kube: Kube;
  beforeAll(() => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'forkspacer-modules/test' });
  });
  afterAll(() => kube.close());

  const place = async (...objects: NewObject[]) => {
    const namespace = await cluster.namespace('rules');
    const owner = kube.with({ fieldManager: 'helm' });
    for (const object of objects) {
      await create(owner, { ...object, metadata: { ...object.metadata, namespace } });
    }
    return namespace;
  };
  const at = (namespace: string, kind: string, name: string) => ({
    apiVersion: kind === 'CronJob' || kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    name,
    namespace,
  });
  const count = async (namespace: string, name: string) =>
    (await read(kube, at(namespace, 'Deployment', name))).spec.replicas;

  for (const cronJobs of ['skip', 'run-once'] as const) {
    test(`a CronJob that missed runs wakes with ${cronJobs}`, async () => {
      // Far from any run of its own, as far as the minute allows.
      const minute = (new Date().getUTCMinutes() + 30) % 60;
      const namespace = await place(cronJob('report', `${minute} * * * *`));
      const ref = at(namespace, 'CronJob', 'report');
      await sleep(kube, { namespace });
      const missed = new Date(Date.now() - 5 * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
      const status = { lastScheduleTime: missed };
      await patch(
        kube,
        ref,
        { status },
        { type: 'merge', subresource: 'status', fieldManager: 'kube-controller-manager' },
      );
      const jobs = async () =>
        (await list(kube, { apiVersion: 'batch/v1', kind: 'Job', namespace })).items.length;
      await new Promise((resolve) => setTimeout(resolve, cluster.name === 'real' ? 500 : 50));
      expect(await jobs()).toBe(0);

      expect(outcomes(await wake(kube, { namespace }, { cronJobs }))).toEqual(['report restored']);
      if (cronJobs === 'run-once') await expect.poll(jobs, { timeout: 10_000 }).toBe(1);
      else {
        await new Promise((resolve) => setTimeout(resolve, cluster.name === 'real' ? 3_000 : 100));
        expect(await jobs()).toBe(0);
      }
      const { spec, metadata } = await read(kube, ref);
      expect(spec.suspend).toBe(false);
      expect(metadata.managedFields?.map(({ manager }) => manager).filter((each) => each !== 'helm')).toEqual(
        ['kube-controller-manager'],
      );
    });
  }

  test('a Job that runs is left to end, and one that has ended is not worth a line', async () => {
    const containers = [{ name: 'main', image: 'example.invalid/none:1' }];
    const job = (name: string) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { template: { spec: { restartPolicy: 'Never', containers } } },
    });
    const namespace = await place(job('import'));
    const report = await sleep(kube, { namespace });
    expect([outcomes(report), reasonOf(report, 'import')]).toEqual([['import skipped'], 'runs to its end']);
    expect((await read(kube, at(namespace, 'Job', 'import'))).spec.suspend).toBe(false);
  });

  test('left out are objects with a label, an annotation, or a time that has not come', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const earlier = new Date(Date.now() - 3_600_000).toISOString();
    const namespace = await place(
      deployment('labelled', 1, { labels: { [EXCLUDE]: 'true' } }),
      deployment('annotated', 1, { annotations: { [EXCLUDE]: '' } }),
      deployment('not-really', 1, { annotations: { [EXCLUDE]: 'false' } }),
      deployment('until-later', 1, { annotations: { [EXCLUDE_UNTIL]: later } }),
      deployment('until-earlier', 1, { annotations: { [EXCLUDE_UNTIL]: earlier } }),
      deployment('until-friday', 1, { annotations: { [EXCLUDE_UNTIL]: 'friday' } }),
    );
    const report = await sleep(kube, { namespace });
    expect(outcomes(report)).toEqual([
      'annotated skipped',
      'labelled skipped',
      'not-really parked 1>0',
      'until-earlier parked 1>0',
      'until-friday skipped',
      'until-later skipped',
    ]);
    expect(reasonOf(report, 'until-friday')).toContain('expected a time such as');
    expect(reasonOf(report, 'labelled')).toContain(EXCLUDE);
  });

  test('only the kinds that are wanted are touched', async () => {
    const namespace = await place(deployment('web', 2), cronJob('report'));
    expect(outcomes(await sleep(kube, { namespace, kinds: ['cronjob'] }))).toEqual(['report parked']);
    expect(outcomes(await sleep(kube, { namespace, kinds: ['Deployment'] }))).toEqual(['web parked 2>0']);
    expect(outcomes(await wake(kube, { namespace, kinds: ['CronJob', 'Deployment'] }))).toEqual([
      'report restored',
      'web restored 0>2',
    ]);
  });

  const autoscaler = (name: string, minReplicas: number, maxReplicas: number): NewObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas, maxReplicas },
  });

  test('a count comes back within the limits that its autoscaler has in the morning', async () => {
    const namespace = await place(
      deployment('high', 5),
      autoscaler('high', 1, 6),
      deployment('low', 2),
      autoscaler('low', 1, 6),
      deployment('fits', 3),
      autoscaler('fits', 1, 6),
    );
    const hpa = (name: string) => ({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      name,
      namespace,
    });
    const before = (await read(kube, hpa('fits'))).metadata.managedFields;
    const asleep = await sleep(kube, { namespace });
    expect(outcomes(asleep)).toEqual([
      'fits parked 3>0',
      'fits skipped',
      'high parked 5>0',
      'high skipped',
      'low parked 2>0',
      'low skipped',
    ]);
    await patch(kube, hpa('high'), { spec: { maxReplicas: 3 } }, { type: 'merge', fieldManager: 'kubectl' });
    await patch(kube, hpa('low'), { spec: { minReplicas: 4 } }, { type: 'merge', fieldManager: 'kubectl' });
    const woken = await wake(kube, {
      namespace,
      objects: ['high', 'low', 'fits'].map((name) => at(namespace, 'Deployment', name)),
    });
    expect(outcomes(woken).filter((each) => each.includes('restored'))).toEqual([
      'fits restored 0>3',
      'high restored 0>3',
      'low restored 0>4',
    ]);
    expect(
      woken.items.find(({ object, outcome }) => object.name === 'high' && outcome === 'restored')?.reason,
    ).toBe('5 before; HorizontalPodAutoscaler high keeps it between 1 and 3');
    expect([await count(namespace, 'high'), await count(namespace, 'low')]).toEqual([3, 4]);
    expect(
      (await read(kube, hpa('fits'))).metadata.managedFields?.filter(({ subresource }) => !subresource),
    ).toEqual(before?.filter(({ subresource }) => !subresource));
  });

  test('an autoscaler that may go to zero lifts nothing by night', () => {
    const object = {
      ...autoscaler('web', 0, 5),
      metadata: { name: 'web', namespace: 'shop', uid: 'u' },
    };
    const wishes = { cronJobs: 'skip', jobs: 'finish', allowClaimDeletion: false } as const;
    const decided = toSleep(kube, horizontalPodAutoscaler, { ...object, name: 'web' }, object, 'n', wishes);
    expect(decided.item.changes).toEqual([
      { path: '/spec/behavior', to: { scaleUp: { selectPolicy: 'Disabled' } } },
    ]);
  });

  test('claims that would be deleted are, when the call says so', async () => {
    const risky = deployment('risky', 1);
    const { strategy: _, ...spec } = risky.spec;
    const namespace = await place({
      ...risky,
      kind: 'StatefulSet',
      spec: { ...spec, serviceName: 'risky', persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } },
    });
    const { report } = await failed(sleep(kube, { namespace }));
    expect(reasonOf(report, 'risky')).toContain('its claims would be deleted');
    expect(outcomes(await sleep(kube, { namespace }, { allowClaimDeletion: true }))).toEqual([
      'risky parked 1>0',
    ]);
  });

  test('who leaves wakes only its own, and anyone else wakes all', async () => {
    const namespace = await place(deployment('one', 1), deployment('two', 2));
    const first = kube.with({ instance: 'first' });
    const second = kube.with({ instance: 'second' });
    await sleep(first, { namespace, objects: [at(namespace, 'Deployment', 'one')] });
    await sleep(second, { namespace });
    const left = await wake(second, { namespace }, { leaving: true });
    expect(outcomes(left)).toEqual(['one skipped', 'two restored 0>2']);
    expect(reasonOf(left, 'one')).toBe('put to sleep by first, and not by second');
    expect(outcomes(await wake(second, { namespace }))).toEqual(['one restored 0>1', 'two skipped']);
  });

  test('what was made, deleted or changed while the others slept is told, with an Event on what changed', async () => {
    const namespace = await place(deployment('web', 2), deployment('gone', 1), cronJob('report'));
    await sleep(kube, { namespace });
    await remove(kube, at(namespace, 'Deployment', 'gone'), { ifOurs: false });
    const ref = at(namespace, 'CronJob', 'report');
    await patch(kube, ref, { spec: { suspend: false } }, { type: 'merge', fieldManager: 'kubectl' });
    // The night is told from the clock's seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await create(kube, { ...deployment('fresh', 1), metadata: { name: 'fresh', namespace } });
    const expected = ['web', 'gone'].map((name) => at(namespace, 'Deployment', name));
    const report = await wake(kube, { namespace }, { expected });
    expect(outcomes(report)).toEqual(['fresh skipped', 'gone drifted', 'report drifted', 'web restored 0>2']);
    expect(reasonOf(report, 'fresh')).toBe('made while others slept; left alone');
    expect(reasonOf(report, 'gone')).toContain('was deleted while it slept');
    expect(reasonOf(report, 'report')).toContain('/spec/suspend false now, false before');
    const events = await list(kube, { apiVersion: 'v1', kind: 'Event', namespace });
    expect(
      events.items
        .filter(({ reason }) => reason === 'Drifted')
        .map(({ involvedObject }) => involvedObject.name),
    ).toEqual(['report']);
  });

  test('what lost its label while it slept is woken all the same, where it is remembered', async () => {
    const namespace = await place(deployment('web', 2, { labels: { app: 'shop' } }));
    const selected = { namespace, selector: 'app=shop' };
    await sleep(kube, selected);
    const ref = at(namespace, 'Deployment', 'web');
    await patch(
      kube,
      ref,
      { metadata: { labels: { app: null } } },
      { type: 'merge', fieldManager: 'kubectl' },
    );
    expect(outcomes(await wake(kube, selected))).toEqual([]);
    expect(outcomes(await wake(kube, selected, { expected: [ref] }))).toEqual(['web restored 0>2']);
  });

  test('a node selector that someone changed by night keeps their part, and loses ours', async () => {
    const { replicas: _, strategy: __, ...spec } = deployment('agent').spec;
    const namespace = await place({ ...deployment('agent'), kind: 'DaemonSet', spec });
    const ref = at(namespace, 'DaemonSet', 'agent');
    await sleep(kube, { namespace });
    const nodeSelector = { disk: 'ssd' };
    const body = { spec: { template: { spec: { nodeSelector } } } };
    await patch(kube, ref, body, { type: 'merge', fieldManager: 'kubectl' });
    expect(outcomes(await wake(kube, { namespace }))).toEqual(['agent restored']);
    const after = await read(kube, ref);
    expect(after.spec.template.spec.nodeSelector).toEqual({ disk: 'ssd' });
    expect(after.metadata.labels ?? {}).toEqual({});
  });

  test('a kind that may not be listed is told, and the others sleep', async () => {
    const namespace = await place(deployment('web', 1));
    const proxy = await faultProxy(cluster.kubeconfig);
    const bound = connect({
      kubeconfig: { text: proxy.kubeconfig },
      fieldManager: 'forkspacer-modules/test',
    });
    proxy.inject({
      when: ({ path }) => path.endsWith('/cronjobs'),
      fault: { kind: 'status', status: 403, message: 'cannot list resource "cronjobs"' },
    });
    try {
      const report = await sleep(bound, { namespace });
      expect(outcomes(report)).toEqual(['* skipped', 'web parked 1>0']);
      expect(reasonOf(report, '*')).toContain('ask for the permission to list cronjobs.batch');
      await expect(sleep(bound, { namespace, kinds: ['CronJob'] })).rejects.toThrow('ask for the permission');
    } finally {
      bound.close();
      await proxy.stop();
    }
  });

  test('a kind that cannot sleep is refused by name', async () => {
    const objects = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'any' }];
    await expect(sleep(kube, { namespace: 'default', objects })).rejects.toThrow(
      'or a kind with a scale subresource, found v1 ConfigMap',
    );
  });

  test('steps go down at night and up in the morning, and a wrong order is told', async () => {
    const ordered = (name: string, order: string) =>
      deployment(name, 1, { annotations: { [SLEEP_ORDER]: order } });
    const namespace = await place(
      ordered('database', '-5'),
      deployment('api', 1),
      ordered('web', '10'),
      ordered('odd', 'first'),
    );
    const written: string[] = [];
    const watched = kube.with({
      onCall: ({ method, path, status }) => {
        if (method === 'PATCH' && status === 200) written.push(path.split('?')[0]?.split('/').at(-1) ?? '');
      },
    });
    const report = await sleep(watched, { namespace });
    expect([written[0], written.slice(1, 3).sort(), written[3]]).toEqual(['web', ['api', 'odd'], 'database']);
    expect(reasonOf(report, 'odd')).toContain('expected an integer, found "first"; taken as 0');
    written.length = 0;
    await wake(watched, { namespace });
    expect([written[0], written.slice(1, 3).sort(), written[3]]).toEqual(['database', ['api', 'odd'], 'web']);
  });

  test('a step whose Pods do not end in time is named, and the steps behind it are not begun', async () => {
    const namespace = await place(
      deployment('database', 1),
      deployment('web', 1, { annotations: { [SLEEP_ORDER]: '1' } }),
    );
    const web = at(namespace, 'Deployment', 'web');
    await waitFor(kube, web, (seen) => (seen?.status?.replicas ?? 0) === 1, { describe: 'its Pod' });
    const { report } = await failed(sleep(kube, { namespace }, { timeLimit: 0 }));
    expect(reasonOf(report, 'database')).toBe(
      `left as it is: the step before it did not end: Deployment ${namespace}/web`,
    );
    expect(await count(namespace, 'database')).toBe(1);
    expect(outcomes(await sleep(kube, { namespace }))).toEqual(['database parked 1>0', 'web parked 1>0']);
  });
});

describe('sleep and wake where Pods run', () => {
  let cluster: Cluster;
  let kube: Kube;
  beforeAll(async () => {
    cluster = await startCluster({ kubelet: true });
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'forkspacer-modules/test' });
  });
  afterAll(async () => {
    kube.close();
    await cluster.stop();
  });

  test('a wake waits for one step to be ready before the next, where it was ready in the evening', async () => {
    const namespace = 'default';
    await apply(kube, deployment('database', 2));
    await apply(kube, deployment('web', 1, { annotations: { [SLEEP_ORDER]: '1' } }));
    const ref = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name, namespace });
    for (const name of ['database', 'web']) await waitReady(kube, ref(name));
    await sleep(kube, { namespace });
    const { report } = await failed(wake(kube, { namespace }, { timeLimit: 0 }));
    expect(reasonOf(report, 'database')).toContain('waiting for it to be ready took too long');
    expect(reasonOf(report, 'web')).toContain('left as it is');
    expect((await read(kube, ref('web'))).spec.replicas).toBe(0);

    await waitReady(kube, ref('database'));
    await sleep(kube, { namespace });
    let readyThen: number | undefined;
    const undo = cluster.intercept(async (request, next) => {
      if (request.method === 'PATCH' && request.path.includes('/deployments/web')) {
        readyThen ??= (await read(kube, ref('database'))).status.readyReplicas;
      }
      return next();
    });
    try {
      expect(outcomes(await wake(kube, { namespace }))).toEqual([
        'database restored 0>2',
        'web restored 0>1',
      ]);
      expect(readyThen).toBe(2);
    } finally {
      undo();
    }
  });
});

test('a controller that gives no sign of life is not waited for at the end of a sleep', async () => {
  const cluster = await startCluster({ controllers: false });
  const kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'test' });
  try {
    const made = await create(kube, {
      ...deployment('web', 1),
      metadata: { name: 'web', namespace: 'default' },
    });
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'default' };
    // Nobody ever looked at it: there is nothing to wait for.
    expect(outcomes(await sleep(kube, { namespace: 'default' }))).toEqual(['web parked 1>0']);
    await wake(kube, { namespace: 'default' });
    const status = { observedGeneration: made.metadata.generation, replicas: 1 };
    const object = await patch(kube, ref, { status }, { type: 'merge', subresource: 'status' });
    const selection = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default' };
    const pending = { ref, object, done: () => false, describe: 'its Pods to end' };
    const late = await settle(kube, { selection }, [pending], { timeLimit: 10_000, patience: 50 });
    expect(late.get(pending)).toMatchObject({ unseen: true });
    const promised = await settle(kube, { selection }, [pending], { timeLimit: 100 });
    expect(promised.get(pending)).toMatchObject({
      unseen: false,
      reason: expect.stringContaining('took too long'),
    });
  } finally {
    kube.close();
    await cluster.stop();
  }
});

test('quantities are read as the API writes them', () => {
  for (const [text, value] of [
    ['250m', 0.25],
    ['2', 2],
    ['1.5', 1.5],
    ['64Mi', 64 * 2 ** 20],
    ['1G', 1e9],
    ['1e3', 1000],
    ['', 0],
    ['many', 0],
  ] as const) {
    expect(quantity(text)).toBeCloseTo(value);
  }
});
