import { type Bench, expect } from '../bench.ts';
import { Blocked, type Check, Failed, NotApplicable, operator, shown, spec } from '../check.ts';
import type { Scene } from '../cluster/scene.ts';
import { differences, titleOf } from '../cluster/snapshot.ts';
import { isDone } from '../wire/post.ts';

const ANSWERS = 'What the operator does with an answer';
const CLEAN = spec('5. Resource Cleanup', 'Always clean up resources in Uninstall:');

export async function expectNothingLeft(scene: Scene, after: string): Promise<void> {
  const left = await scene.leftInTheEnd();
  expect(
    left.length === 0,
    `nothing of the module on the cluster after ${after}`,
    left.map(titleOf).join(', '),
  );
  const changed = differences(scene.before, await scene.snapshot()).filter((line) => line.includes(' was '));
  expect(changed.length === 0, `what was there before as it was after ${after}`, changed.join('; '));
}

/** Made in the module's namespace by someone else. */
const BYSTANDERS = [
  {
    collection: (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'conformance-bystander' } },
      template: {
        metadata: { labels: { app: 'conformance-bystander' } },
        spec: { containers: [{ name: 'main', image: 'bystander' }] },
      },
    },
  },
  {
    collection: (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { of: 'someone else' },
  },
];

/** Installs with one instance and hands out a fresh process of another, with the same config. */
async function fork(bench: Bench) {
  const own = await bench.life();
  await own.must('install');
  const scene = await bench.scene();
  if (!scene.wrote) throw new NotApplicable('install makes nothing on the cluster');
  const awake = await scene.snapshot();
  const other = await bench.life({ instance: `another-${bench.id}` });
  return { own, other, scene, awake };
}

export const cluster: Check[] = [
  {
    id: 'cluster/malformed-does-nothing',
    level: 'required',
    sentence: 'changes nothing on the cluster when the body is malformed',
    source: spec('Step 4: Create HTTP Handler', 'metaData, err := h.parseMetaDataBodyOrErr(w, r)'),
    fix: 'Parse the body first, and act only when it is an object.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      const scene = await bench.scene();
      await bench.health(life.runner);
      scene.settle();
      await life.call('install', '{"a":').catch(() => {});
      const [first] = scene.writes;
      expect(!first, 'no change of the cluster', `${first?.method} ${first?.path}`);
    },
  },
  {
    id: 'cluster/uninstall-cleans',
    level: 'required',
    sentence: 'leaves nothing behind after uninstall',
    source: CLEAN,
    fix: 'Delete in uninstall what install made, and wait for it. Kinds that are kept on purpose are named with --keeps.',
    needs: ['cluster'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      await life.mustAll('install', 'sleep', 'resume', 'uninstall');
      await expectNothingLeft(await bench.scene(), 'uninstall');
    },
  },
  {
    id: 'cluster/uninstall-asleep-cleans',
    level: 'required',
    sentence: 'leaves nothing behind when uninstalled asleep',
    source: CLEAN,
    fix: 'Undo the sleep of what is not yours, and delete what is, in whatever state it is found.',
    needs: ['cluster'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      await life.mustAll('install', 'sleep', 'uninstall');
      await expectNothingLeft(await bench.scene(), 'uninstall in the night');
    },
  },
  {
    id: 'cluster/uninstall-without-metadata',
    level: 'recommended',
    sentence: 'finds what is its own on the cluster when uninstall comes with {} to a fresh process',
    source: operator(
      ANSWERS,
      'So uninstall from `{}` on a fresh process must find what is ours on the cluster.',
    ),
    fix: 'Find your objects by labels and names from the config, not by the metadata only.',
    needs: ['cluster', 'process'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      await life.must('install');
      await life.runner.kill();
      const fresh = life.movedTo(await bench.start(), {});
      await fresh.must('uninstall', {});
      await expectNothingLeft(await bench.scene(), 'uninstall with {}');
    },
  },
  {
    id: 'cluster/resume-restores',
    level: 'required',
    sentence: 'is after a night what it was before',
    source: spec('Step 5: Implement Business Logic', '// - Restore state from metaData'),
    fix: 'Note in sleep what it was (replicas, suspend, ...), and give exactly that back in resume.',
    needs: ['cluster'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      const life = await bench.life();
      await life.must('install');
      const awake = await scene.snapshot();
      await life.mustAll('sleep', 'resume');
      expectSame(awake, await scene.snapshot(), 'what was awake before');
    },
  },
  {
    id: 'cluster/sleep-twice-restores',
    level: 'required',
    sentence: 'is after two sleeps and a resume what it was before',
    source: spec('2. Idempotency', 'Make all operations idempotent:'),
    fix: 'Do not note the state again when it is asleep already: the second sleep would note zero.',
    needs: ['cluster'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      const life = await bench.life();
      await life.must('install');
      const awake = await scene.snapshot();
      await life.mustAll('sleep', 'sleep', 'resume');
      expectSame(awake, await scene.snapshot(), 'what was awake before');
    },
  },
  {
    id: 'cluster/sleep-answer-lost',
    level: 'recommended',
    sentence: 'is after a night what it was before, also when the answer to sleep was lost',
    source: operator(
      ANSWERS,
      'So state that must survive a crash lives on the cluster objects themselves (annotations, labels), not only in metadata.',
    ),
    fix: 'Write what it was onto the object itself, in the same write that changes it.',
    needs: ['cluster', 'process'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      const life = await bench.life();
      await life.must('install');
      const awake = await scene.snapshot();
      const { metadata } = life;
      await life.must('sleep');
      await life.runner.kill();
      const fresh = life.movedTo(await bench.start(), metadata);
      await fresh.must('resume');
      expectSame(awake, await scene.snapshot(), 'what was awake before');
    },
  },
  {
    id: 'cluster/install-once',
    level: 'recommended',
    sentence: 'makes the same objects when install is repeated on a fresh process',
    source: operator(ANSWERS, "from this runner's own config, never as a second instance"),
    fix: 'Derive names from the config, not from random or the time: a repeat must find what the first one made.',
    needs: ['cluster', 'process'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      const life = await bench.life();
      await life.must('install');
      const once = await scene.snapshot();
      await life.runner.kill();
      const fresh = life.movedTo(await bench.start(), {});
      await fresh.must('install', {});
      expectSame(once, await scene.snapshot(), 'what one install makes');
    },
  },
  {
    id: 'cluster/fork-refused',
    level: 'recommended',
    sentence: 'refuses to install a second instance over the objects of the first',
    source: operator(
      ANSWERS,
      'Two instances with equal config must never own the same objects: the second install fails with a clear error, and nothing is lost.',
    ),
    fix: "Write on what you make whose it is (FORKSPACER_INSTANCE, or the hostname), and answer 400 naming the owner when it is another's.",
    needs: ['faults'],
    own: true,
    async run(bench) {
      const { other, scene, awake } = await fork(bench);
      const { status, text } = await other.call('install', {});
      expect(status === 400, '400', `${status}: ${shown(text)}`);
      expectSame(awake, await scene.snapshot(), "the first instance's objects as they were");
    },
  },
  {
    id: 'cluster/fork-spared',
    level: 'recommended',
    sentence: "leaves another instance's objects alone when it is uninstalled",
    source: operator(
      ANSWERS,
      'Deleting a Module whose install failed: `/uninstall {}` if the runner had been called',
    ),
    fix: 'Delete only what says that it is yours: the uninstall of a failed fork must not take the original with it.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const { other, scene, awake } = await fork(bench);
      await other.call('uninstall', {});
      expectSame(awake, await scene.snapshot(), "the first instance's objects as they were");
    },
  },
  {
    id: 'cluster/foreign-metadata',
    level: 'recommended',
    sentence: 'changes nothing when a call comes with the metadata of another module',
    source: operator(ANSWERS, 'a call with foreign metadata is answered 400 naming both'),
    fix: 'Keep "module" and "instance" in your metadata, compare them first, and answer 400 (or 307 to yourself) when they are not yours: calls can reach the wrong runner.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      await life.must('install');
      const scene = await bench.scene();
      if (!scene.wrote) throw new NotApplicable('install makes nothing on the cluster');
      const awake = await scene.snapshot();
      const foreign = {
        module: 'another-module',
        instance: `another-${bench.id}`,
        deploymentName: 'another',
      };
      for (const verb of ['sleep', 'uninstall'] as const) {
        const { status } = await life.call(verb, foreign, { follow: false });
        expect(status === 400 || status === 307, `400 or 307 from ${verb}`, String(status));
      }
      expectSame(awake, await scene.snapshot(), 'everything as it was');
    },
  },
  {
    id: 'cluster/bystanders',
    level: 'robust',
    sentence: 'leaves alone what others have in the same namespace',
    source: operator(ANSWERS, 'and nothing is lost'),
    fix: 'Select by your own labels or names, never all of a namespace, unless that is what the config says.',
    needs: ['cluster', 'process'],
    own: true,
    async run(bench) {
      const scene = await bench.scene();
      const life = await bench.life();
      await life.must('install');
      const name = `bystander-${bench.id}`;
      const paths: string[] = [];
      try {
        for (const { collection, ...object } of BYSTANDERS) {
          const path = collection(scene.namespace);
          const { status } = await scene.client.call('POST', path, { ...object, metadata: { name } });
          if (status >= 300) throw new Blocked(`a bystander could not be made: ${status}`);
          paths.push(`${path}/${name}`);
        }
        for (const verb of ['sleep', 'resume', 'uninstall'] as const) {
          await life.must(verb);
          for (const [index, path] of paths.entries()) {
            const { status, body } = await scene.client.call('GET', path);
            if (status === 404)
              throw new Failed(`someone else's object left alone by ${verb}`, `${titleOf(path)} is gone`);
            const before = BYSTANDERS[index]!;
            const same = before.spec ? body.spec.replicas === 2 : body.data?.of === 'someone else';
            expect(same, `someone else's object left alone by ${verb}`, `${titleOf(path)} changed`);
          }
        }
      } finally {
        for (const path of paths) await scene.client.call('DELETE', path);
      }
    },
  },
  {
    id: 'cluster/quiet-before-calls',
    level: 'robust',
    sentence: 'changes nothing on the cluster before it is called',
    source: operator(ANSWERS, "a runner can receive another instance's call"),
    fix: 'Do in the verbs what is to be done, not at the start of the process: a runner may be started just to be asked.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const runner = await bench.start();
      await bench.health(runner);
      const [first] = (await bench.scene()).writes;
      expect(!first, 'no change of the cluster', `${first?.method} ${first?.path}`);
    },
  },
];

function expectSame(expected: Parameters<typeof differences>[0], found: typeof expected, what: string): void {
  const lines = differences(expected, found);
  expect(lines.length === 0, what, lines.slice(0, 5).join('; '));
}

/** That a verb is done in spite of everything. */
export async function expectDone(
  call: Promise<{ status: number; text: string }>,
  what: string,
): Promise<void> {
  const answer = await call;
  expect(isDone(answer as never), `success of ${what}`, `${answer.status}: ${shown(answer.text)}`);
}

export { expectSame };
