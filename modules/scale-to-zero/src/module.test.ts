import {
  apply,
  create,
  isObserved,
  type Kube,
  type KubeObject,
  list,
  patch,
  read,
  remove,
  waitFor,
} from '@forkspacer/kube';
import { refused, type Stage, succeed, testModule } from '@forkspacer/testing';
import { expect } from 'vitest';
import scaleToZero from './module.ts';

const APPLICATION = [
  { kind: 'Deployment', name: 'web', replicas: 3, app: 'shop' },
  { kind: 'StatefulSet', name: 'database', replicas: 2, app: 'shop' },
  { kind: 'Deployment', name: 'paused', replicas: 0, app: 'shop' },
  { kind: 'Deployment', name: 'neighbour', replicas: 1, app: 'other' },
];

function workload(kind: string, name: string, app: string, replicas: number, namespace: string) {
  const labels = { app, name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace, labels: { app } },
    spec: {
      replicas,
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'example.test/nothing:1' }] },
      },
    },
  };
}

/** A small application by two owners: one applies on the server's side, the other creates and updates. */
async function prepare(kube: Kube, namespace: string): Promise<void> {
  for (const { kind, name, replicas, app } of APPLICATION) {
    const object = workload(kind, name, app, replicas, namespace);
    if (name === 'database') await create(kube, object);
    else await apply(kube.with({ fieldManager: 'owner' }), object);
  }
  // What controllers write to the objects is there from the beginning.
  for (const { kind, name } of APPLICATION) {
    const revision = 'deployment.kubernetes.io/revision';
    const isSeen = (object?: KubeObject) =>
      object !== undefined &&
      isObserved(object) &&
      (kind !== 'Deployment' || object.metadata.annotations?.[revision] !== undefined);
    const describe = 'its controller to see it';
    await waitFor(kube, { apiVersion: 'apps/v1', kind, name, namespace }, isSeen, { describe });
  }
}

async function replicas({ kube, namespace }: Stage): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { kind, name } of APPLICATION) {
    found[name] = (await read(kube, { apiVersion: 'apps/v1', kind, name, namespace })).spec.replicas;
  }
  return found;
}

testModule(scaleToZero, {
  config: { deployment: 'web' },
  prepare,
  stories: {
    'parks the Deployment that it names, and nothing else': async (stage) => {
      const actor = await stage.start();
      await succeed(actor, 'install');
      expect(await replicas(stage)).toEqual({ web: 3, database: 2, paused: 0, neighbour: 1 });
      await succeed(actor, 'sleep');
      expect(await replicas(stage)).toEqual({ web: 0, database: 2, paused: 0, neighbour: 1 });
      expect(actor.operator.metadata.report).toEqual({ parked: 1 });
      await succeed(actor, 'resume');
      expect(await replicas(stage)).toEqual({ web: 3, database: 2, paused: 0, neighbour: 1 });
      expect(actor.operator.metadata.report).toEqual({ restored: 1 });
    },

    'parks what its selector finds, and gives each its own count back': async (stage) => {
      const config = { namespace: stage.namespace, selector: 'app=shop' };
      const actor = await stage.start({ config });
      for (const verb of ['install', 'sleep'] as const) await succeed(actor, verb);
      expect(await replicas(stage)).toEqual({ web: 0, database: 0, paused: 0, neighbour: 1 });
      await succeed(actor, 'resume');
      expect(await replicas(stage)).toEqual({ web: 3, database: 2, paused: 0, neighbour: 1 });
      await succeed(actor, 'sleep');
      await succeed(actor, 'uninstall');
      expect(await replicas(stage)).toEqual({ web: 3, database: 2, paused: 0, neighbour: 1 });
      await stage.expectNothingLeft('neither mark nor owner of a field');
    },

    "meets no conflict with the owner's next apply, after a night and after it has left": async (stage) => {
      const owner = stage.kube.with({ fieldManager: 'owner' });
      const applied = (count: number) =>
        apply(owner, workload('Deployment', 'web', 'shop', count, stage.namespace));
      const actor = await stage.start();
      for (const verb of ['install', 'sleep', 'resume'] as const) await succeed(actor, verb);
      await applied(4);
      for (const verb of ['sleep', 'uninstall'] as const) await succeed(actor, verb);
      expect((await replicas(stage)).web).toBe(4);
      await applied(3);
      await stage.expectNothingLeft();
    },

    'leaves what someone scaled up in the night as they made it, and says so': async (stage) => {
      const actor = await stage.start();
      for (const verb of ['install', 'sleep'] as const) await succeed(actor, verb);
      const web = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: stage.namespace };
      await patch(stage.kube, web, { spec: { replicas: 5 } }, { type: 'merge', subresource: 'scale' });
      await succeed(actor, 'resume');
      expect((await replicas(stage)).web).toBe(5);
      expect(actor.operator.metadata.report).toMatchObject({ drifted: 1 });
      const of = { apiVersion: 'v1', kind: 'Event', namespace: stage.namespace };
      const { items } = await list(stage.kube, of);
      const told = items
        .filter(({ source }) => source?.component === 'forkspacer-scale-to-zero')
        .map(({ reason, message, involvedObject: { kind } }) => `${kind} ${reason}: ${message}`);
      expect(told).toEqual(
        expect.arrayContaining([
          'ConfigMap Slept: sleep: 1 parked',
          'ConfigMap Woke: resume: 1 drifted',
          expect.stringMatching(/^Deployment Drifted: .*5 replicas now, 3 before/),
        ]),
      );
    },

    'parks a whole namespace, and gives it back as it was': async (stage) => {
      const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', namespace: stage.namespace };
      const containers = [{ name: 'main', image: 'example.test/nothing:1' }];
      await create(stage.kube, {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'report', namespace: stage.namespace },
        spec: {
          schedule: '0 3 1 1 *',
          jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
        },
      });
      const before = await read(stage.kube, cronJob);
      const config = { namespace: stage.namespace, wholeNamespace: true };
      const actor = await stage.start({ config });
      for (const verb of ['install', 'sleep'] as const) await succeed(actor, verb);
      expect(await replicas(stage)).toEqual({ web: 0, database: 0, paused: 0, neighbour: 0 });
      expect((await read(stage.kube, cronJob)).spec.suspend).toBe(true);
      expect(actor.operator.metadata.report).toMatchObject({ parked: 4, skipped: 1 });
      await succeed(actor, 'resume');
      expect(await replicas(stage)).toEqual({ web: 3, database: 2, paused: 0, neighbour: 1 });
      const after = await read(stage.kube, cronJob);
      expect([after.spec, after.metadata.annotations, after.metadata.labels]).toEqual([
        before.spec,
        before.metadata.annotations,
        before.metadata.labels,
      ]);
      await succeed(actor, 'uninstall');
      await remove(stage.kube, cronJob, { ifOurs: false });
    },

    'parks only the kinds that it is told': async (stage) => {
      const config = { namespace: stage.namespace, selector: 'app=shop', kinds: 'StatefulSet, CronJob' };
      const actor = await stage.start({ config });
      for (const verb of ['install', 'sleep'] as const) await succeed(actor, verb);
      expect(await replicas(stage)).toEqual({ web: 3, database: 0, paused: 0, neighbour: 1 });
      await succeed(actor, 'uninstall');
      expect(await replicas(stage)).toEqual({ web: 3, database: 2, paused: 0, neighbour: 1 });
    },

    'wakes what lost its label in the night, and tells of what was deleted': async (stage) => {
      const { kube, namespace } = stage;
      const at = (kind: string, name: string) => ({ apiVersion: 'apps/v1', kind, name, namespace });
      const actor = await stage.start({ config: { namespace, selector: 'app=shop' } });
      for (const verb of ['install', 'sleep'] as const) await succeed(actor, verb);
      const bare = { metadata: { labels: { app: null } } };
      await patch(kube, at('Deployment', 'web'), bare, { type: 'merge', fieldManager: 'kubectl' });
      await remove(kube, at('StatefulSet', 'database'), { ifOurs: false });
      await succeed(actor, 'resume');
      expect((await read(kube, at('Deployment', 'web'))).spec.replicas).toBe(3);
      expect(actor.operator.metadata.report).toMatchObject({
        restored: 1,
        drifted: 1,
        notable: expect.arrayContaining([expect.stringContaining('database was deleted while it slept')]),
      });
      await succeed(actor, 'uninstall');
    },

    'refuses to install over claims that sleep would delete, unless told': async (stage) => {
      const { kube, namespace } = stage;
      const risky = workload('StatefulSet', 'risky', 'risky', 1, namespace);
      const persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete' };
      await create(kube, { ...risky, spec: { ...risky.spec, persistentVolumeClaimRetentionPolicy } });
      const config = { namespace, selector: 'app=risky' };
      const careful = await stage.start({ config });
      expect(await careful.operator.call('install')).toMatchObject({
        status: 400,
        text: expect.stringContaining('its claims would be deleted with its Pods'),
      });
      await succeed(careful, 'uninstall');
      const actor = await stage.start({ config: { ...config, claims: 'may be deleted' } });
      for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const) await succeed(actor, verb);
      await remove(
        kube,
        { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'risky', namespace },
        { ifOurs: false },
      );
    },

    'refuses a target that is not there when it is installed, naming it': async (stage) => {
      const missing = { namespace: stage.namespace, deployment: 'wbe' };
      const text = async (config: object) => {
        const actor = await stage.start({ config: { ...config } });
        const answer = await actor.operator.call('install');
        expect(answer.status).toBe(400);
        await succeed(actor, 'uninstall');
        return answer.text;
      };
      expect(await text(missing)).toContain(`Deployment ${stage.namespace}/wbe: not found`);
      expect(await text({ ...missing, deployment: undefined, selector: 'app=shpo' })).toContain('app=shpo');
      await stage.expectNothingLeft();
    },

    'wants a deployment, a selector or the whole namespace, one of the three': async (stage) => {
      const both = { ...stage.config, selector: 'app=shop' };
      for (const config of [both, { namespace: stage.namespace }]) {
        await refused(
          await stage.start({ config }),
          'install',
          /deployment, selector, wholeNamespace: expected one of the three/,
        );
      }
    },
  },
});
