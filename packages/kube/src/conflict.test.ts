import { describeOnClusters, type FaultProxy, faultProxy } from '@forkspacer/embedded-cluster/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { apply } from './apply.ts';
import { connect, type Kube } from './connect.ts';
import { create } from './create.ts';
import { patch } from './patch.ts';
import { find } from './read.ts';
import { remove } from './remove.ts';

describeOnClusters('a write that meets others at work (409 Conflict)', (cluster) => {
  let proxy: FaultProxy;
  let kube: Kube;
  let namespace: string;
  beforeAll(async () => {
    proxy = await faultProxy(cluster.kubeconfig);
    kube = connect({ kubeconfig: { text: proxy.kubeconfig }, fieldManager: 'test', instance: 'one' });
    namespace = await cluster.namespace('conflict');
  });
  beforeEach(() => {
    proxy.reset();
    proxy.inject({
      when: ({ method }) => method !== 'GET',
      fault: { kind: 'status', status: 409 },
      times: 2,
    });
  });
  afterAll(async () => {
    kube.close();
    await proxy.stop();
  });
  const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, namespace });
  const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });

  test('is repeated: create, patch, apply and remove', async () => {
    await create(kube, object('made'));
    proxy.inject({
      when: ({ method }) => method === 'PATCH',
      fault: { kind: 'status', status: 409 },
      times: 1,
    });
    await patch(kube, ref('made'), { data: { a: '1' } }, { type: 'merge' });
    expect((await find(kube, ref('made')))?.data).toEqual({ a: '1' });
    proxy.inject({
      when: ({ method }) => method === 'PATCH',
      fault: { kind: 'status', status: 409 },
      times: 1,
    });
    await apply(kube, object('applied'));
    proxy.inject({
      when: ({ method }) => method === 'DELETE',
      fault: { kind: 'status', status: 409 },
      times: 1,
    });
    await remove(kube, ref('applied'));
    expect(await find(kube, ref('applied'))).toBeUndefined();
  });

  test('is told at once when it carries a version', async () => {
    const body = { metadata: { resourceVersion: '1' } };
    await expect(patch(kube, ref('made'), body, { type: 'merge' })).rejects.toMatchObject({ status: 409 });
    expect(proxy.writes).toHaveLength(1);
  });
});
