import { readFileSync } from 'node:fs';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import { find, list, remove } from '@forkspacer/kube';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createWorld, type Scene, type World } from './test/world.ts';

vi.setConfig({ testTimeout: 120_000 });

/** The reference module as an image, loaded on the cluster that KUBECONFIG_TEST_PODS names. */
const IMAGE = 'forkspacer.test/reference-module:1.0.0';
const runnerOf = (uid: string) => `custom-manager-runner-${uid}`;
const objectsOf = (scene: Scene, uid: string) =>
  Promise.all(
    ['Pod', 'Service', 'Secret'].map((kind) =>
      find(scene.kube, { apiVersion: 'v1', kind, namespace: scene.namespace, name: runnerOf(uid) }),
    ),
  );

describeOnClusters('a runner as a Pod, where no Pod runs', (cluster) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(cluster.kubeconfig, { runners: 'pods', patience: { runnerStart: 1000 } });
    await world.start();
  });
  afterAll(() => world.close());

  test('is made of a Pod, a Service and a Secret, and the Module says what it waits for', async () => {
    const scene = world.scene();
    await scene.workspace('home');
    const { metadata } = await scene.module('shop', {
      custom: { image: IMAGE, imagePullSecrets: ['pull'], permissions: ['workspace'] },
      config: { a: 1 },
    });
    const { status } = await scene.until('Module', 'shop', 'failed');
    expect(status.message).toMatch(/the runner's Pod did not start in 1 s/);
    const uid = metadata.uid!;
    const [pod, service, secret] = await objectsOf(scene, uid);
    expect(Object.keys(secret!.data).sort()).toEqual(['config.json', 'workspace_kubeconfig']);
    expect(Buffer.from(secret!.data['config.json'], 'base64').toString()).toBe('{"a":1}');
    expect(service!.spec).toMatchObject({
      selector: { 'forkspacer.com': runnerOf(uid) },
      ports: [{ port: 80, targetPort: 8080 }],
    });
    expect(pod!.metadata.labels).toMatchObject({ 'forkspacer.com': runnerOf(uid) });
    expect(pod!.spec).toMatchObject({
      restartPolicy: 'Always',
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'pull' }],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          image: IMAGE,
          env: [
            { name: 'PORT', value: '8080' },
            { name: 'FORKSPACER_INSTANCE', value: uid },
          ],
          ports: [{ containerPort: 8080 }],
          startupProbe: { tcpSocket: { port: 8080 } },
          livenessProbe: { tcpSocket: { port: 8080 } },
          readinessProbe: { httpGet: { path: '/health', port: 8080 } },
          resources: {
            limits: { memory: '512Mi', 'ephemeral-storage': '5Gi' },
            requests: { 'ephemeral-storage': '500Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: expect.arrayContaining([
            expect.objectContaining({ mountPath: '/forkspacer', readOnly: true }),
          ]),
        },
      ],
    });
    // Nobody called it: nothing is to be undone.
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    expect(await objectsOf(scene, uid)).toEqual([undefined, undefined, undefined]);
  });

  test('what a Module that is gone has left is removed at the next start', async () => {
    const scene = world.scene();
    await scene.workspace('home');
    const { metadata } = await scene.module('shop', { custom: { image: IMAGE } });
    await scene.until('Module', 'shop', 'failed');
    await world.stop();
    await scene.patch('Module', 'shop', { metadata: { finalizers: null } });
    await scene.delete('Module', 'shop');
    await scene.untilGone('Module', 'shop');
    await world.start();
    await vi.waitFor(
      async () => expect(await objectsOf(scene, metadata.uid!)).toEqual([undefined, undefined, undefined]),
      20_000,
    );
  });
});

const nodes = process.env.KUBECONFIG_TEST_PODS;

describe.skipIf(!nodes)(
  `a runner as a Pod that runs (set KUBECONFIG_TEST_PODS, with ${IMAGE} loaded)`,
  () => {
    let world: World;
    beforeAll(async () => {
      world = await createWorld(readFileSync(nodes!, 'utf8'), { runners: 'pods' });
      await world.start();
    });
    afterAll(() => world.close());
    const custom = { image: IMAGE, permissions: ['workspace'] };

    test.concurrent('the reference module lives its whole life, and leaves nothing', async ({ expect }) => {
      const scene = world.scene();
      await scene.workspace('home');
      const { metadata } = await scene.module('shop', { custom });
      await scene.until('Module', 'shop', 'ready');
      await scene.patch('Module', 'shop', { spec: { hibernated: true } });
      await scene.until('Module', 'shop', 'sleeped');
      await scene.patch('Module', 'shop', { spec: { hibernated: false } });
      await scene.until('Module', 'shop', 'ready');
      await scene.delete('Module', 'shop');
      await scene.untilGone('Module', 'shop');
      expect(scene.calls('shop').map(({ verb, status }) => `${verb} ${status}`)).toEqual([
        'install 201',
        'sleep 200',
        'resume 200',
        'uninstall 204',
      ]);
      expect(await objectsOf(scene, metadata.uid!)).toEqual([undefined, undefined, undefined]);
    });

    test.concurrent('a Pod that someone deletes is replaced, with its Secret still there', async ({
      expect,
    }) => {
      const scene = world.scene();
      await scene.workspace('home');
      const { metadata } = await scene.module('shop', { custom });
      await scene.until('Module', 'shop', 'ready');
      const ref = {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: scene.namespace,
        name: runnerOf(metadata.uid!),
      };
      const before = (await find(scene.kube, ref))!.metadata.uid;
      await remove(scene.kube, ref, { ifOurs: false });
      await vi.waitFor(async () => {
        const pod = await find(scene.kube, ref);
        expect(pod?.metadata.uid).not.toBe(before);
        expect(pod?.status?.phase).toBe('Running');
      }, 30_000);
      await scene.patch('Module', 'shop', { spec: { hibernated: true } });
      await scene.until('Module', 'shop', 'sleeped');
    });

    test.concurrent('the next operator finds the Pod and goes on with it', async ({
      expect,
      onTestFinished,
    }) => {
      const world = await createWorld(readFileSync(nodes!, 'utf8'), { runners: 'pods' });
      onTestFinished(() => world.close());
      const operator = await world.start();
      const scene = world.scene();
      await scene.workspace('home');
      await scene.module('shop', { custom });
      await scene.until('Module', 'shop', 'ready');
      await operator.stop();
      const pods = async () => {
        const { items } = await list(scene.kube, {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: scene.namespace,
        });
        return items.map(({ metadata }) => metadata.uid);
      };
      const before = await pods();
      await world.start();
      await scene.patch('Module', 'shop', { spec: { hibernated: true } });
      await scene.until('Module', 'shop', 'sleeped');
      expect(await pods()).toEqual(before);
    });

    test.concurrent('an image that cannot be had is told', async ({ expect }) => {
      const scene = world.scene();
      await scene.workspace('home');
      await scene.module('shop', { custom: { image: 'forkspacer.test/nothing:1.0.0' } });
      const { status } = await scene.until('Module', 'shop', 'failed');
      expect(status.message).toMatch(/ErrImagePull|ImagePullBackOff/);
    });
  },
);
