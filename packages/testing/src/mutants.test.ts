import { type Cluster, startCluster } from '@forkspacer/embedded-cluster';
import { create, type Kube } from '@forkspacer/kube';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keeper, MUTANTS, sound } from './mutants/mutants.ts';
import type { Check, Subject } from './options.ts';
import { SUITE } from './suite.ts';

/** What the suite is for: it finds what is wrong with a module, by the check that says so. */
describe('the suite', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  const checks = SUITE.flatMap((group) => group.checks);
  const named = (start: string): Check => {
    const found = checks.filter(({ title }) => title.startsWith(start));
    expect(found, `checks whose title begins with "${start}"`).toHaveLength(1);
    return found[0]!;
  };
  const subject = (module: Subject['module']): Subject => ({
    module,
    options: { config: { password: 'correct-horse-battery' }, prepare },
    kubeconfig: cluster.kubeconfig,
    file: '',
  });

  test('lets a module keep what it is declared to retain, and nothing that is not', async () => {
    const check = named('installs, sleeps, resumes, sleeps and resumes again, and leaves nothing behind');
    const { options, ...rest } = subject(keeper);
    await check.run({ ...rest, options: { ...options, retains: ['Secret'] } });
    await expect(check.run({ ...rest, options })).rejects.toThrow(/what was there before, and nothing else/);
    const retains = ['PersistentVolumeClaim'];
    await expect(check.run({ ...rest, options: { ...options, retains } })).rejects.toThrow(/nothing else/);
  });

  for (const [fault, { module, caughtBy, saying }] of Object.entries(MUTANTS)) {
    test(`finds a module that ${fault}`, async () => {
      const check = named(caughtBy);
      await check.run(subject(sound));
      await expect(check.run(subject(module)), check.title).rejects.toThrow(saying);
    });
  }
});

async function prepare(kube: Kube, namespace: string): Promise<void> {
  const metadata = { name: 'of-another', namespace };
  await create(kube, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { kept: 'yes' } });
}
