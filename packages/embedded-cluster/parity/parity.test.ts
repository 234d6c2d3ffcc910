import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from '../src/index.ts';
import type { Json } from './client.ts';
import { compare, type Difference, tell } from './compare.ts';
import { isKnown, type KnownDifference, knownDifferences } from './differences.ts';
import { readme } from './readme.ts';
import { readRecording, sameMinor } from './recordings.ts';
import { realStage, type Stage, stageOf } from './stage.ts';
import { stories, tellStory } from './tell-story.ts';

const names = [...stories.keys()];
const occurred = new Set<KnownDifference>();
const told = new Set<string>();

async function differencesOn(stage: Stage, name: string): Promise<Difference[]> {
  const found = JSON.parse(JSON.stringify(await tellStory(name, stage)));
  return compare(readRecording(name).entries, found);
}

describe('the embedded cluster answers as a real one did', () => {
  let stage: Stage;
  beforeAll(async () => {
    const cluster = await startCluster({ controllers: true, kubelet: false });
    stage = await stageOf('embedded', cluster.kubeconfig, () => cluster.stop());
  });
  afterAll(() => stage?.stop());

  test.concurrent.each(names)('%s', async (name) => {
    const differences = await differencesOn(stage, name);
    const unknown = differences.filter((difference) => {
      const known = knownDifferences.filter((entry) => isKnown(entry, name, difference));
      for (const entry of known) occurred.add(entry);
      return known.length === 0;
    });
    told.add(name);
    expect(unknown.length, tell(unknown)).toBe(0);
  });
});

describe('the list of known differences', () => {
  test('holds none that no longer occurs', (context) => {
    if (told.size < names.length) context.skip('not every story was told');
    expect(knownDifferences.filter((known) => !occurred.has(known))).toEqual([]);
  });

  test('is the one in the README (node packages/embedded-cluster/parity/readme.ts writes it)', () => {
    const { found, expected } = readme();
    expect(found).toBe(expected);
  });
});

const kubeconfig = process.env.KUBECONFIG_TEST;
if (!kubeconfig && process.env.TEST_REAL === 'required') {
  throw new Error(
    'TEST_REAL=required: expected KUBECONFIG_TEST, the kubeconfig of a throw-away cluster; found none',
  );
}
if (!kubeconfig) {
  console.warn(
    'parity: KUBECONFIG_TEST is not set, so the recordings were not verified against a real cluster',
  );
}

describe.skipIf(!kubeconfig)('a real cluster answers as recorded', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = (await realStage())!;
  });
  afterAll(() => stage?.stop());

  test.concurrent.each(names)('%s', { timeout: 120_000 }, async (name, context: Json) => {
    const { version } = readRecording(name);
    if (!sameMinor(version, stage.version)) {
      context.skip(`recorded from ${version}, the cluster of KUBECONFIG_TEST is ${stage.version}`);
    }
    const differences = await differencesOn(stage, name);
    expect(differences.length, tell(differences)).toBe(0);
  });
});
