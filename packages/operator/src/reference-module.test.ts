import { describeOnClusters } from '@forkspacer/embedded-cluster/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, type World } from './test/world.ts';

/** The program of the reference module, built with `go build`: it is no part of this repository. */
const program = process.env.REFERENCE_MODULE;

describe.skipIf(!program)('the reference module (set REFERENCE_MODULE to its built program)', () => {
  describeOnClusters('under this operator', (cluster) => {
    let world: World;
    beforeAll(async () => {
      world = await createWorld(cluster.kubeconfig, { resolveImage: () => [program!] });
      await world.start();
    });
    afterAll(() => world.close());

    test('lives its whole life', async () => {
      const scene = world.scene();
      await scene.workspace('home');
      await scene.module('shop', { custom: { image: scene.image('shop'), permissions: ['workspace'] } });
      await scene.until('Module', 'shop', 'ready');
      await scene.patch('Workspace', 'home', { spec: { hibernated: true } });
      await scene.until('Workspace', 'home', 'hibernated');
      await scene.patch('Workspace', 'home', { spec: { hibernated: false } });
      await scene.until('Workspace', 'home', 'ready');
      await scene.delete('Workspace', 'home');
      await scene.untilGone('Module', 'shop');
      await scene.untilGone('Workspace', 'home');
      expect(scene.calls('shop').map(({ verb, status }) => `${verb} ${status}`)).toEqual([
        'install 201',
        'sleep 200',
        'resume 200',
        'uninstall 204',
      ]);
      expect(scene.logs()).toContain('Starting manager server');
    });
  });
});
