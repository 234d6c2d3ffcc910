import { describeOnClusters, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { connect, create, type Kube, KubeError, patch, refOf } from '@forkspacer/kube';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installCrds } from './crds/install.ts';

describeOnClusters('the definitions of Module and Workspace', (cluster) => {
  let kube: Kube;
  let namespace: string;
  beforeAll(async () => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'a-person' });
    await installCrds(kube);
    namespace = await cluster.namespace('crds');
  });
  afterAll(() => kube.close());

  const make = (kind: string, name: string, spec: object, more: object = {}) =>
    create(kube, {
      apiVersion: 'batch.forkspacer.com/v1',
      kind,
      metadata: { name, namespace },
      ...more,
      spec,
    });

  test('installing them again changes nothing', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/modules.batch.forkspacer.com';
    const before = await kube.request({ method: 'GET', path });
    await installCrds(kube);
    await installCrds(kube, { onlyAbsent: true });
    const after = await kube.request({ method: 'GET', path });
    expect(after.metadata.generation).toBe(before.metadata.generation);
  });

  test('a Module of the plugin generation is taken', async () => {
    const raw = {
      kind: 'Custom',
      metadata: { anything: [1, 'a'] },
      spec: { repo: { file: 'http://example.com/a.so' } },
    };
    const made = await make('Module', 'plugin', {
      workspace: { name: 'home' },
      source: { raw, existingHelmRelease: { name: 'r' } },
      config: { free: { form: true } },
    });
    expect(made.spec).toEqual({
      workspace: { name: 'home', namespace: 'default' },
      hibernated: false,
      createNamespace: false,
      source: { raw, existingHelmRelease: { name: 'r', namespace: 'default' } },
      config: { free: { form: true } },
    });
  });

  test('a Module of the resource generation is taken, with every source', async () => {
    const made = await make('Module', 'resource', {
      workspace: { name: 'home', namespace: 'elsewhere' },
      createNamespace: true,
      source: {
        configMap: { name: 'c', key: 'k' },
        httpURL: 'http://example.com',
        github: {},
        existingHelmRelease: {
          name: 'r',
          chartSource: { git: { path: '/', repo: 'r', auth: { httpsSecretRef: { name: 's' } } } },
          values: { a: [1] },
        },
      },
    });
    expect(made.spec.source.configMap).toEqual({ name: 'c', key: 'k', namespace: 'default' });
    expect(made.spec.source.existingHelmRelease.chartSource.git).toEqual({
      path: '/',
      repo: 'r',
      revision: 'main',
      auth: { httpsSecretRef: { name: 's', namespace: 'default' } },
    });
  });

  test('a Module of the inline generation is taken, with its config list filled in', async () => {
    const config = [
      { name: 'B', alias: 'b', boolean: {} },
      { name: 'I', alias: 'i', integer: { min: 1, max: 3 } },
      { name: 'S', alias: 's', string: { regex: '^a' } },
      { name: 'O', alias: 'o', option: { values: ['x'] } },
      { name: 'M', alias: 'm', multipleOptions: { values: ['x'], default: ['x'] } },
    ];
    const spec = {
      workspace: { name: 'home' },
      custom: { image: 'i', permissions: ['workspace', 'controller'] },
    };
    const made = await make('Module', 'inline', spec, { config });
    const common = { editable: true, required: false };
    expect(made.config).toEqual([
      { name: 'B', alias: 'b', boolean: { ...common, default: false } },
      { name: 'I', alias: 'i', integer: { ...common, default: 0, min: 1, max: 3 } },
      { name: 'S', alias: 's', string: { ...common, default: '', regex: '^a' } },
      { name: 'O', alias: 'o', option: { ...common, default: '', values: ['x'] } },
      { name: 'M', alias: 'm', multipleOptions: { ...common, default: ['x'], values: ['x'] } },
    ]);
  });

  test('a Module of the Helm kind is taken, with its defaults', async () => {
    const made = await make('Module', 'helm', {
      workspace: { name: 'home' },
      helm: {
        chart: { git: { repo: 'r' }, configMap: { name: 'c' } },
        values: [{ raw: { a: 1 } }],
        outputs: [{ name: 'o', value: [1] }],
      },
    });
    expect(made.spec.helm).toEqual({
      chart: {
        git: { repo: 'r', path: '/', revision: 'main' },
        configMap: { name: 'c', namespace: 'default', key: 'chart.tgz' },
      },
      namespace: 'default',
      cleanup: { removeNamespace: false, removePVCs: false },
      values: [{ raw: { a: 1 } }],
      outputs: [{ name: 'o', value: [1] }],
    });
  });

  test('a Workspace has the defaults of the real one', async () => {
    const made = await make('Workspace', 'bare', {
      from: { name: 'other' },
      autoHibernation: { schedule: '' },
      managedCluster: {},
    });
    expect(made.spec).toEqual({
      type: 'kubernetes',
      connection: { type: 'in-cluster' },
      hibernated: false,
      from: { name: 'other', namespace: 'default', migrateData: false },
      autoHibernation: { enabled: false, schedule: '' },
      managedCluster: { backend: 'vcluster', distro: 'k3s' },
    });
    const status = { phase: 'ready', ready: true, conditions: [] };
    const written = await patch(kube, refOf(made), { status }, { type: 'merge', subresource: 'status' });
    expect(written.status).toEqual(status);
  });

  test.each([
    ['a Module without a workspace', 'Module', {}, 'spec.workspace'],
    [
      'a Module whose image is missing',
      'Module',
      { workspace: { name: 'a' }, custom: {} },
      'spec.custom.image',
    ],
    [
      'a permission that is none',
      'Module',
      { workspace: { name: 'a' }, custom: { image: 'i', permissions: ['root'] } },
      'spec.custom.permissions',
    ],
    ['a Workspace of another type', 'Workspace', { type: 'virtual' }, 'spec.type'],
    ['a connection of another type', 'Workspace', { connection: { type: 'ssh' } }, 'spec.connection.type'],
    [
      'a Secret without a name',
      'Workspace',
      { connection: { type: 'kubeconfig', secretReference: {} } },
      'spec.connection.secretReference.name',
    ],
  ])('%s is refused, naming the field', async (_, kind, spec, field) => {
    const error = await make(kind, 'wrong', spec).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(KubeError);
    expect((error as KubeError).status).toBe(422);
    expect((error as KubeError).message).toContain(field);
  });

  test.each(['Module', 'Workspace'])('a status of a %s without a phase is refused', async (kind) => {
    const made = await make(kind, 'without-phase', kind === 'Module' ? { workspace: { name: 'a' } } : {});
    const body = { status: { message: 'no phase' } };
    await expect(patch(kube, refOf(made), body, { type: 'merge', subresource: 'status' })).rejects.toThrow(
      /status\.phase.*Required/,
    );
  });

  test('both are shown with columns that say how they are', async () => {
    const path = `/apis/batch.forkspacer.com/v1/namespaces/${namespace}`;
    const columns = async (plural: string) => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const response = await table(`${path}/${plural}`, accept);
      return response.columnDefinitions.map(({ name }) => name);
    };
    expect(await columns('modules')).toEqual([
      'Name',
      'Phase',
      'Source',
      'Workspace NS',
      'Workspace Name',
      'Last Activity',
      'Message',
    ]);
    expect(await columns('workspaces')).toEqual([
      'Name',
      'Phase',
      'Ready',
      'Last Activity',
      'Hibernated At',
      'Message',
    ]);
  });

  // kube's handle reads JSON only; a Table is asked for as kubectl does, through a proxy that needs no credentials.
  async function table(path: string, accept: string) {
    const proxy = await faultProxy(cluster.kubeconfig);
    try {
      return (await (await fetch(proxy.url + path, { headers: { accept } })).json()) as {
        columnDefinitions: { name: string }[];
      };
    } finally {
      await proxy.stop();
    }
  }
});
