import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, startCluster } from '@forkspacer/embedded-cluster';
import { connect, create, find, type Kube, list, patch } from '@forkspacer/kube';
import { installCrds } from '@forkspacer/operator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { DemoSet } from './set.ts';
import { play } from './stage.ts';

describe('the demo on a cluster of somebody else', () => {
  let cluster: Cluster;
  let kube: Kube;
  let folder: string;
  let file: string;
  beforeEach(async () => {
    cluster = await startCluster();
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'somebody' });
    folder = mkdtempSync(join(tmpdir(), 'forkspacer-cli-'));
    file = join(folder, 'kubeconfig');
    const config = parse(cluster.kubeconfig);
    const [{ cluster: entry }] = config.clusters;
    writeFileSync(join(folder, 'ca.crt'), Buffer.from(entry['certificate-authority-data'], 'base64'));
    delete entry['certificate-authority-data'];
    entry['certificate-authority'] = 'ca.crt'; // beside it, as kubectl would find it
    writeFileSync(file, stringify(config));
  });
  afterEach(async () => {
    kube.close();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  const demoNamespaces = async () => {
    const { items } = await list(kube, { apiVersion: 'v1', kind: 'Namespace' });
    return items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('forkspacer-demo'));
  };
  const crd = (plural: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: `${plural}.batch.forkspacer.com`,
  });

  test('interrupted while it makes its namespace, it leaves none', async () => {
    const interrupt = new AbortController();
    cluster.intercept(async ({ method, path }, next) => {
      const answer = await next();
      if (method === 'POST' && path === '/api/v1/namespaces') {
        interrupt.abort(new Error('interrupted'));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return answer;
    });
    const set = new DemoSet(file, interrupt.signal);
    await expect(play(set.stages(), 'silent')).rejects.toThrow('interrupted');
    await set.takeDown();
    expect(await demoNamespaces()).toEqual([]);
  });

  test('what it brought goes, and nothing else', async () => {
    const set = new DemoSet(file, new AbortController().signal);
    await play(set.stages(), 'silent');
    expect(await demoNamespaces()).toHaveLength(1);
    await set.takeDown();
    expect(await demoNamespaces()).toEqual([]);
    expect(await find(kube, crd('modules'))).toBeUndefined();
    expect(await find(kube, crd('workspaces'))).toBeUndefined();
  });

  test('definitions that were there stay as they were', async () => {
    await installCrds(kube);
    const column = { name: 'Mine', type: 'string', jsonPath: '.metadata.name' };
    const body = [{ op: 'replace', path: '/spec/versions/0/additionalPrinterColumns', value: [column] }];
    await patch(kube, crd('modules'), body, { type: 'json' });
    const set = new DemoSet(file, new AbortController().signal);
    await play(set.stages(), 'silent');
    await set.takeDown();
    const [version] = (await find(kube, crd('modules')))!.spec.versions;
    expect(version.additionalPrinterColumns).toEqual([column]);
  });

  test('definitions that somebody uses meanwhile stay, with what is of them', async () => {
    const set = new DemoSet(file, new AbortController().signal);
    await play(set.stages(), 'silent');
    const metadata = { name: 'theirs', namespace: 'default' };
    const theirs = { apiVersion: 'batch.forkspacer.com/v1', kind: 'Workspace', metadata };
    await create(kube, { ...theirs, spec: {} });
    await set.takeDown();
    expect(await find(kube, { ...theirs, ...metadata })).toBeDefined();
    expect(await find(kube, crd('modules'))).toBeUndefined();
  });
});
