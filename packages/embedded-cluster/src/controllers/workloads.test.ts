import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../cluster.ts';
import type { KubeObject } from '../object.ts';
import type { Fields } from '../resources/fields.ts';
import { clone } from '../store/freeze.ts';
import { until } from './until.ts';

const namespace = 'default';
const MINUTE = 60_000;
let cluster: Cluster;

beforeEach(async () => {
  cluster = await startCluster({ kubelet: true });
  await until(() =>
    cluster.client.find({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace }),
  );
});
afterEach(() => cluster.stop());

const template = (image = 'app:1') => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
});
const make = (apiVersion: string, kind: string, name: string, rest: object): KubeObject =>
  cluster.client.create({ apiVersion, kind, metadata: { name, namespace }, ...rest });
const list = (apiVersion: string, kind: string) => cluster.client.list({ apiVersion, kind, namespace });
const pods = () => list('v1', 'Pod');
const find = (apiVersion: string, kind: string, name: string) =>
  cluster.client.find({ apiVersion, kind, name, namespace });
const change = (apiVersion: string, kind: string, name: string, body: object) =>
  cluster.client.patch({ apiVersion, kind, name, namespace }, body, { type: 'merge' });
/** Long enough for every controller to have seen what happened. */
const quiet = () => delay(20);
const finish = (pod: KubeObject, phase: 'Succeeded' | 'Failed') =>
  cluster.client.update(
    { ...clone(pod), status: { ...clone(pod.status), phase } },
    { subresource: 'status' },
  );

describe('a Deployment on a node', () => {
  const deploy = (spec: object = {}) =>
    make('apps/v1', 'Deployment', 'web', {
      spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
    });
  const available = (count: number) => () => {
    const web = find('apps/v1', 'Deployment', 'web')!;
    const { status, metadata } = web;
    const settled = status?.observedGeneration === metadata.generation && (status?.replicas ?? 0) === count;
    return (
      settled && (status.availableReplicas ?? 0) === count && (status.updatedReplicas ?? 0) === count && web
    );
  };

  test('has its Pods within milliseconds, and becomes available', async () => {
    const began = performance.now();
    deploy();
    await until(() => pods().length === 3);
    expect(performance.now() - began).toBeLessThan(200);
    const { status } = await until(available(3));
    expect(status.conditions.map((c: Fields) => [c.type, c.status, c.reason])).toEqual([
      ['Available', 'True', 'MinimumReplicasAvailable'],
      ['Progressing', 'True', 'NewReplicaSetAvailable'],
    ]);
  });

  test('rolls over without having fewer Pods than it may', async () => {
    deploy({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    await until(available(3));
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    const isUp = (pod: KubeObject) =>
      !pod.metadata.deletionTimestamp && pod.status.conditions?.some((c: Fields) => c.type === 'Ready');
    const stop = cluster.client.watch({ apiVersion: 'v1', kind: 'Pod', namespace }, () => {
      least = Math.min(least, pods().filter(isUp).length);
      most = Math.max(most, pods().filter((pod) => !pod.metadata.deletionTimestamp).length);
    });
    change('apps/v1', 'Deployment', 'web', { spec: { template: template('app:2') } });
    await until(available(3));
    stop();
    expect({ least, most }).toEqual({ least: 3, most: 4 });
    expect(
      new Set(
        pods()
          .filter(isUp)
          .map((pod) => pod.spec.containers[0].image),
      ),
    ).toEqual(new Set(['app:2']));
  });

  test('that recreates never has Pods of both templates', async () => {
    deploy({ strategy: { type: 'Recreate' } });
    await until(available(3));
    let mixed = false;
    const stop = cluster.client.watch({ apiVersion: 'v1', kind: 'Pod', namespace }, () => {
      mixed ||= new Set(pods().map((pod) => pod.spec.containers[0].image)).size > 1;
    });
    change('apps/v1', 'Deployment', 'web', { spec: { template: template('app:2') } });
    await until(available(3));
    stop();
    expect(mixed).toBe(false);
    expect(pods().map((pod) => pod.spec.containers[0].image)).toEqual(['app:2', 'app:2', 'app:2']);
  });

  test('goes to zero and back, and its Pods get time to end', async () => {
    deploy();
    await until(available(3));
    change('apps/v1', 'Deployment', 'web', { spec: { replicas: 0 } });
    const going = await until(() => pods().find((pod) => pod.metadata.deletionTimestamp));
    expect(going.metadata.deletionGracePeriodSeconds).toBe(30);
    await until(() => pods().length === 0);
    await until(available(0));
    change('apps/v1', 'Deployment', 'web', { spec: { replicas: 3 } });
    await until(available(3));
    expect(list('apps/v1', 'ReplicaSet')).toHaveLength(1);
  });

  test('that does not come up says so after its deadline', async () => {
    // Nothing gets a node when there is no room on it.
    cluster.client.patch(
      { apiVersion: 'v1', kind: 'Node', name: 'embedded' },
      { spec: { unschedulable: true } },
      { type: 'merge' },
    );
    deploy({ progressDeadlineSeconds: 60 });
    await until(() => pods().length === 3);
    await until(() => find('apps/v1', 'Deployment', 'web')!.status?.unavailableReplicas === 3);
    cluster.clock.advance(2 * MINUTE);
    const reason = () =>
      find('apps/v1', 'Deployment', 'web')!.status.conditions.find((c: Fields) => c.type === 'Progressing')
        .reason;
    await until(() => reason() === 'ProgressDeadlineExceeded');
  });

  test('that waits for minReadySeconds is available when they have passed', async () => {
    deploy({ replicas: 1, minReadySeconds: 60 });
    await until(() => find('apps/v1', 'Deployment', 'web')!.status?.readyReplicas === 1);
    expect(find('apps/v1', 'Deployment', 'web')!.status.availableReplicas).toBeUndefined();
    cluster.clock.advance(MINUTE);
    await until(available(1));
  });
});

describe('a StatefulSet on a node', () => {
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const set = (spec: object = {}) =>
    make('apps/v1', 'StatefulSet', 'db', {
      spec: {
        replicas: 3,
        serviceName: 'db',
        selector: { matchLabels: { app: 'web' } },
        template: template(),
        volumeClaimTemplates: [claim],
        ...spec,
      },
    });
  const ready = (count: number) => () => {
    const db = find('apps/v1', 'StatefulSet', 'db')!;
    const { readyReplicas = 0, replicas, observedGeneration } = db.status ?? {};
    return (
      observedGeneration === db.metadata.generation && readyReplicas === count && replicas === count && db
    );
  };
  const changes: string[] = [];
  const watchPods = () => {
    changes.length = 0;
    return cluster.client.watch({ apiVersion: 'v1', kind: 'Pod', namespace }, ({ type, object }) => {
      if (type !== 'MODIFIED') changes.push(`${type} ${object.metadata.name}`);
    });
  };

  test('starts its Pods one after the other and ends them the other way round', async () => {
    const stop = watchPods();
    set();
    await until(ready(3));
    change('apps/v1', 'StatefulSet', 'db', { spec: { replicas: 0 } });
    await until(ready(0));
    stop();
    expect(changes).toEqual([
      'ADDED db-0',
      'ADDED db-1',
      'ADDED db-2',
      'DELETED db-2',
      'DELETED db-1',
      'DELETED db-0',
    ]);
    expect(
      list('v1', 'PersistentVolumeClaim').map(({ metadata, status }) => [metadata.name, status.phase]),
    ).toEqual([
      ['data-db-0', 'Bound'],
      ['data-db-1', 'Bound'],
      ['data-db-2', 'Bound'],
    ]);
  });

  test('takes up its claims again', async () => {
    set({ replicas: 1 });
    await until(ready(1));
    const before = find('v1', 'PersistentVolumeClaim', 'data-db-0')!.spec.volumeName;
    change('apps/v1', 'StatefulSet', 'db', { spec: { replicas: 0 } });
    await until(ready(0));
    change('apps/v1', 'StatefulSet', 'db', { spec: { replicas: 1 } });
    await until(ready(1));
    expect(find('v1', 'PersistentVolumeClaim', 'data-db-0')!.spec.volumeName).toBe(before);
    expect(pods()[0]!.spec.volumes[0]).toEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'data-db-0' },
    });
  });

  test('rolls over from the last Pod to the first', async () => {
    set({ volumeClaimTemplates: [] });
    await until(ready(3));
    const stop = watchPods();
    changes.length = 0;
    change('apps/v1', 'StatefulSet', 'db', { spec: { template: template('app:2') } });
    const db = await until(() => {
      const now = ready(3)();
      return (
        now &&
        now.status.currentRevision === now.status.updateRevision &&
        now.status.updatedReplicas === 3 &&
        now
      );
    });
    stop();
    expect(db.status.currentRevision).toMatch(/^db-/);
    expect(pods().map((pod) => pod.spec.containers[0].image)).toEqual(['app:2', 'app:2', 'app:2']);
    expect(changes.filter((line) => line.startsWith('DELETED'))).toEqual([
      'DELETED db-2',
      'DELETED db-1',
      'DELETED db-0',
    ]);
    expect(list('apps/v1', 'ControllerRevision')).toHaveLength(2);
  });

  test('keeps Pods below its partition as they are', async () => {
    set({ volumeClaimTemplates: [] });
    await until(ready(3));
    change('apps/v1', 'StatefulSet', 'db', {
      spec: { template: template('app:2'), updateStrategy: { rollingUpdate: { partition: 2 } } },
    });
    await until(() => ready(3)() && pods()[2]?.spec.containers[0].image === 'app:2');
    expect(pods().map((pod) => pod.spec.containers[0].image)).toEqual(['app:1', 'app:1', 'app:2']);
  });
});

describe('a Job on a node', () => {
  const job = (spec: object = {}) =>
    make('batch/v1', 'Job', 'j', {
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app:1' }] } },
        ...spec,
      },
    });
  const condition = (type: string) => () =>
    find('batch/v1', 'Job', 'j')!.status?.conditions?.find(
      (c: Fields) => c.type === type && c.status === 'True',
    );

  test('is complete when as many Pods as asked have succeeded', async () => {
    job({ completions: 3, parallelism: 2 });
    for (let round = 0; round < 3; round++) {
      const running = await until(() => pods().find((pod) => pod.status.phase === 'Running'));
      finish(running, 'Succeeded');
      await until(() => find('batch/v1', 'Job', 'j')!.status.succeeded === round + 1);
    }
    await until(condition('Complete'));
    expect(find('batch/v1', 'Job', 'j')!.status).toMatchObject({ succeeded: 3, terminating: 0, ready: 0 });
    expect(pods().filter((pod) => pod.metadata.finalizers)).toEqual([]);
  });

  test('fails when its Pods fail too often', async () => {
    job({ backoffLimit: 1 });
    for (let round = 0; round < 2; round++) {
      finish(await until(() => pods().find((pod) => pod.status.phase === 'Running')), 'Failed');
    }
    const failed = await until(condition('Failed'));
    expect(failed.reason).toBe('BackoffLimitExceeded');
  });

  test('goes away some time after it finished, when asked', async () => {
    job({ ttlSecondsAfterFinished: 60 });
    finish(await until(() => pods().find((pod) => pod.status.phase === 'Running')), 'Succeeded');
    await until(condition('Complete'));
    cluster.clock.advance(2 * MINUTE);
    await until(() => !find('batch/v1', 'Job', 'j'));
    await until(() => pods().length === 0);
  });

  test('fails at its deadline', async () => {
    job({ activeDeadlineSeconds: 60 });
    await until(() => pods().find((pod) => pod.status.phase === 'Running'));
    cluster.clock.advance(2 * MINUTE);
    const failed = await until(condition('Failed'));
    expect(failed.reason).toBe('DeadlineExceeded');
  });
});

describe('a CronJob', () => {
  const cronJob = (spec: object = {}) =>
    make('batch/v1', 'CronJob', 'c', {
      spec: {
        schedule: '*/10 * * * *',
        jobTemplate: {
          spec: {
            template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app:1' }] } },
          },
        },
        ...spec,
      },
    });
  const jobs = () => list('batch/v1', 'Job');

  test('makes a Job when the clock says so', async () => {
    cronJob();
    await until(() => find('batch/v1', 'CronJob', 'c'));
    expect(jobs()).toEqual([]);
    await quiet();
    cluster.clock.advance(10 * MINUTE);
    const [job] = await until(() => jobs().length === 1 && jobs());
    const { status } = await until(() => {
      const c = find('batch/v1', 'CronJob', 'c')!;
      return c.status?.lastScheduleTime && c;
    });
    expect(status.active.map((each: Fields) => each.name)).toEqual([job!.metadata.name]);
    expect(Date.parse(status.lastScheduleTime) % (10 * MINUTE)).toBe(0);
    expect(job!.metadata.name).toBe(`c-${Date.parse(status.lastScheduleTime) / MINUTE}`);
  });

  test('makes nothing while suspended, and afterwards only the last of what it missed', async () => {
    cronJob({ suspend: true });
    await quiet();
    cluster.clock.advance(60 * MINUTE);
    await quiet();
    expect(jobs()).toEqual([]);
    change('batch/v1', 'CronJob', 'c', { spec: { suspend: false } });
    await until(() => jobs().length === 1);
    await quiet();
    expect(jobs()).toHaveLength(1);
  });

  test('that forbids concurrency waits for the running Job', async () => {
    cronJob({ concurrencyPolicy: 'Forbid' });
    await quiet();
    cluster.clock.advance(30 * MINUTE);
    await until(() => jobs().length === 1);
    await quiet();
    expect(jobs()).toHaveLength(1);
    finish(await until(() => pods().find((pod) => pod.status.phase === 'Running')), 'Succeeded');
    await until(() => jobs().length === 2);
  });

  test('keeps as many finished Jobs as asked', async () => {
    cronJob({ successfulJobsHistoryLimit: 1 });
    await quiet();
    for (let round = 0; round < 3; round++) {
      cluster.clock.advance(10 * MINUTE);
      finish(await until(() => pods().find((pod) => pod.status.phase === 'Running')), 'Succeeded');
      await until(() => jobs().every((job) => job.status?.completionTime));
    }
    await until(() => jobs().length === 1);
  });
});

describe('what is around Pods', () => {
  test('a Service knows the addresses of its ready Pods', async () => {
    make('v1', 'Service', 'web', {
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
    });
    make('apps/v1', 'ReplicaSet', 'web', {
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template() },
    });
    const slice = await until(() =>
      list('discovery.k8s.io/v1', 'EndpointSlice').find(
        ({ endpoints }) => endpoints?.length === 2 && endpoints.every((e: Fields) => e.conditions.ready),
      ),
    );
    expect(slice.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
    expect(slice.endpoints.map((e: Fields) => e.addresses[0]).sort()).toEqual(
      pods()
        .map((pod) => pod.status.podIP)
        .sort(),
    );
    cluster.client.delete({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', namespace });
    await until(() => !list('discovery.k8s.io/v1', 'EndpointSlice')[0]?.endpoints);
  });

  test('a claim in use stays until its Pod is gone, and its volume goes with it', async () => {
    make('v1', 'PersistentVolumeClaim', 'data', {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    make('v1', 'Pod', 'p', {
      spec: { ...template().spec, volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
    });
    await until(() => find('v1', 'Pod', 'p')?.status.phase === 'Running');
    cluster.client.delete({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data', namespace });
    await quiet();
    expect(find('v1', 'PersistentVolumeClaim', 'data')?.metadata.deletionTimestamp).toBeDefined();
    cluster.client.delete({ apiVersion: 'v1', kind: 'Pod', name: 'p', namespace });
    await until(() => !find('v1', 'PersistentVolumeClaim', 'data'));
    await until(() => cluster.client.list({ apiVersion: 'v1', kind: 'PersistentVolume' }).length === 0);
  });

  test('a DaemonSet has one Pod on the node', async () => {
    make('apps/v1', 'DaemonSet', 'd', {
      spec: { selector: { matchLabels: { app: 'web' } }, template: template() },
    });
    await until(() => find('apps/v1', 'DaemonSet', 'd')!.status?.numberReady === 1);
    expect(pods()).toHaveLength(1);
  });

  test('a deleted namespace takes running Pods along', async () => {
    cluster.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const inOther = (kind: string) => cluster.client.list({ apiVersion: 'v1', kind, namespace: 'other' });
    await until(() => inOther('ServiceAccount').length === 1);
    cluster.client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'other' },
      spec: template().spec,
    });
    await until(() => inOther('Pod')[0]?.status.phase === 'Running');
    cluster.client.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'other' });
    await until(() => !cluster.client.find({ apiVersion: 'v1', kind: 'Namespace', name: 'other' }));
  });

  test('an account that was deleted comes back', async () => {
    const ref = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace };
    const { uid } = cluster.client.get(ref).metadata;
    cluster.client.delete(ref);
    await until(() => cluster.client.find(ref) && cluster.client.get(ref).metadata.uid !== uid);
  });
});
