import { createServer, type Server } from 'node:http';
import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import { create, patch } from '@forkspacer/kube';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { createWorld, type Scene, type World } from './test/world.ts';

// Many run at once, each with processes of its own, on machines that are busy with others.
vi.setConfig({ testTimeout: 60_000 });

describeOnClusters('sources of Modules', (cluster) => {
  let world: World;
  let web: Server;
  let address: string;
  /** What the web server answers, by path. */
  const pages = new Map<string, { status?: number; body: string }>();
  beforeAll(async () => {
    world = await createWorld(cluster.kubeconfig);
    await world.start({ patience: { calls: { min: 100, max: 300 }, fetch: 500 } });
    web = createServer((request, response) => {
      const page = pages.get(request.url!);
      if (request.url === '/hangs') return;
      response.writeHead(page ? (page.status ?? 200) : 404).end(page?.body ?? 'nothing here');
    });
    await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening));
    address = `http://127.0.0.1:${(web.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    await world.close();
    web.closeAllConnections();
    web.close();
  });

  const metadata = { name: 'shop', version: '1.0.0', supportedOperatorVersion: '>= 0.0.0, < 1.0.0' };
  const custom = (scene: Scene, more: object = {}) => ({
    kind: 'Custom',
    metadata,
    config: [
      { type: 'string', name: 'Name', alias: 'name', spec: { required: true, editable: true } },
      { type: 'integer', name: 'Replicas', alias: 'replicas', spec: { default: 2, editable: true } },
      { type: 'string', name: 'Note', alias: 'note', spec: { editable: true } },
    ],
    spec: { image: scene.image('shop'), permissions: ['workspace'] },
    ...more,
  });
  const begin = async (source: object, config: object = { name: 'a' }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { source, config });
    return scene;
  };
  /** A Module that is not called, and says why. */
  const fails = async (says: string, spec: object, more?: { config?: object[] }): Promise<void> => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', spec, more);
    await scene.until(
      'Module',
      'shop',
      ({ status }) => status?.phase === 'failed' && status.message.includes(says),
    );
    if (scene.verbs('shop').length > 0) throw new Error('it was called');
  };

  test.concurrent('raw: every alias of the config reaches the runner, filled in', async ({ expect }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { source: { raw: custom(scene) }, config: { name: 'a' } });
    const { status } = await scene.until('Module', 'shop', 'ready');
    expect(status.source).toBe('raw');
    expect(scene.called('shop')[0]!.config).toEqual({ name: 'a', replicas: 2, note: '' });
  });

  test.concurrent('inline: the config reaches the runner as it was given, unknown keys included', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    const config = [
      { name: 'Replicas', alias: 'replicas', integer: { default: 2 } },
      { name: 'Image', alias: 'image', string: {} },
    ];
    await scene.module(
      'shop',
      {
        custom: { image: 'fake/{{ .config.image }}:1.0.0' },
        config: { image: scene.name('shop'), other: 1 },
      },
      { config },
    );
    await scene.until('Module', 'shop', 'ready');
    expect(scene.called('shop')[0]!.config).toEqual({ image: scene.name('shop'), other: 1 });
  });

  test.concurrent('httpURL: a page that is not there yet heals by itself', async ({ expect }) => {
    const scene = await begin({ httpURL: `${address}/later.yaml` });
    const { status } = await scene.until('Module', 'shop', 'failed');
    expect(status.message).toContain('/later.yaml: expected 200, found 404');
    pages.set('/later.yaml', { body: 'kind: Something' });
    const found = `install failed: source.httpURL ${address}/later.yaml: kind: expected one of Custom, found "Something"`;
    await scene.until('Module', 'shop', ({ status }) =>
      status.message?.replace(/ \(\d+ times\)/, '').startsWith(found),
    );
    pages.set('/later.yaml', { body: 'this: is: no: module' });
    await scene.until('Module', 'shop', ({ status }) => status.message?.includes('later.yaml: line 1,'));
    pages.set('/later.yaml', { body: stringify(custom(scene)) });
    expect(await scene.until('Module', 'shop', 'ready')).toMatchObject({ status: { source: 'httpURL' } });
  });

  test.concurrent('httpURL: one that hangs, one that nobody listens at, one too large and one of another scheme', async () => {
    pages.set('/large', { body: 'x'.repeat(2_000_000) });
    await Promise.all([
      fails('no answer in 0.5 s', { source: { httpURL: `${address}/hangs` } }),
      fails('ECONNREFUSED', { source: { httpURL: 'http://127.0.0.1:64999/a' } }),
      fails('expected at most 1048576 bytes', { source: { httpURL: `${address}/large` } }),
      fails('expected an http or https URL', { source: { httpURL: 'file:///etc/passwd' } }),
    ]);
  });

  test.concurrent('configMap: by its key, by module.yaml, and the only key; a missing one heals', async ({
    expect,
  }) => {
    const scene = await begin({ configMap: { name: 'definition', namespace: world.namespace } });
    const { status } = await scene.until('Module', 'shop', 'failed');
    expect(status.message).toContain('expected a ConfigMap, found none');
    const other = { other: 'x', another: 'y' };
    await create(world.kube, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'definition', namespace: world.namespace },
      data: other,
    });
    await scene.until('Module', 'shop', ({ status }) => status.message?.includes('found the keys'));
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'definition', namespace: world.namespace };
    await patch(world.kube, ref, { data: { 'module.yaml': stringify(custom(scene)) } }, { type: 'merge' });
    await scene.until('Module', 'shop', 'ready');

    for (const [name, data, key] of [
      ['only', 'text', undefined],
      ['named', 'chosen', 'chosen'],
    ] as const) {
      const next = world.scene();
      await next.workspace('home');
      const entries = { [data]: stringify(custom(next)), ...(key ? other : {}) };
      const metadata = { name, namespace: world.namespace };
      await create(world.kube, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: entries });
      const source = { configMap: { ...metadata, ...(key ? { key } : {}) } };
      await next.module('shop', { source, config: { name: 'a' } });
      await next.until('Module', 'shop', 'ready');
    }
  });

  test.concurrent('wrong config is named field by field, and a mended one goes on at once', async ({
    expect,
  }) => {
    const scene = world.scene();
    await scene.workspace('home');
    await scene.module('shop', { source: { raw: custom(scene) }, config: { replicas: 'many', unknown: 1 } });
    const { status } = await scene.until('Module', 'shop', 'failed');
    for (const field of ['name', 'replicas', 'unknown']) expect(status.message).toContain(field);
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Installed', status: 'False', reason: 'InvalidConfig' }),
    );
    await scene.patch('Module', 'shop', { spec: { config: { name: 'a', replicas: 3, unknown: null } } });
    await scene.until('Module', 'shop', 'ready');
  });

  test.concurrent('what cannot be run says so, and is not called', async () => {
    const plugin = { kind: 'Custom', metadata, spec: { repo: { file: 'http://example.com/plugin.so' } } };
    const helm = { chart: { repo: { url: 'https://example.com', chart: 'shop' } } };
    const image = { image: 'fake/shop:1' };
    const release = { name: 'shop', namespace: 'default', chartSource: {} };
    const versions = (supportedOperatorVersion?: string) => ({
      source: { raw: { kind: 'Custom', metadata: { ...metadata, supportedOperatorVersion }, spec: image } },
    });
    const config = [{ name: 'N', alias: 'n', integer: { min: 3 } }];
    const cases: [said: string, spec: object, more?: { config: object[] }][] = [
      ['does not run plugins yet', { source: { raw: plugin } }],
      ['custom modules only', { helm }],
      ['custom modules only', { source: { existingHelmRelease: release } }],
      ['expected spec.custom, or spec.source', { source: {} }],
      ['spec.source.github', { source: { github: {} } }],
      ['source.raw: kind: expected one of Custom', { source: { raw: { kind: 'Helm' } } }],
      ['no local program for image nowhere/shop:1', { custom: { image: 'nowhere/shop:1' } }],
      ['found ">= 1.0.0"', versions('>= 1.0.0')],
      ['soon', versions('soon')],
      ['source.raw: metadata.supportedOperatorVersion: expected', versions(undefined)],
      ['nothing', { custom: { image: 'fake/{{ .config.nothing }}:1' } }],
      ['expected an image, found 7', { custom: { image: '{{ .config.image }}' }, config: { image: 7 } }],
      ['at least 3', { custom: image, config: { n: 1 } }, { config }],
    ];
    await Promise.all(cases.map((each) => fails(...each)));
  });

  test.concurrent('a runner that ends before it listens tells its last words, and is tried again', async ({
    expect,
  }) => {
    const scene = world.scene();
    scene.script('shop', { start: [{ die: true }] });
    await scene.workspace('home');
    await scene.module('shop');
    const { status } = await scene.until('Module', 'shop', 'failed');
    expect(status.message).toContain('exit code 3 before it listened: the scripted runner dies at the start');
    scene.script('shop', {});
    await scene.until('Module', 'shop', 'ready');
  });
});
