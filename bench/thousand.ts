/**
 * A namespace of 1,000 Deployments on a real API server without controllers: sleep and wake, beside a bare loop of
 * PATCHes by client-go, in turns on the same server. By hand:
 *
 *     node bench/thousand.ts KUBECONFIG [COUNT] [ROUNDS]
 *
 * Run it against an API server alone: controllers would be measured with it. Go is needed for the loop.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, create, type Kube, list, patch, sleep, wake } from '@forkspacer/kube';
import { median } from './process.ts';

const WIDTH = 16;
const NOT_READY = 50;

const [file = '', count = '1000', rounds = '5'] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'thousand-'));
const loop = join(scratch, 'patch-loop');
execFileSync('go', ['build', '-o', loop, '.'], {
  cwd: fileURLToPath(new URL('peers/patch-loop', import.meta.url)),
  stdio: 'inherit',
});
const calls = new Map<string, number>();
const kube = connect({
  kubeconfig: { text: readFileSync(file, 'utf8') },
  fieldManager: 'bench',
  onCall: ({ method }) => calls.set(method, (calls.get(method) ?? 0) + 1),
});

try {
  for (const [title, notReady, applied] of [
    ['created by an update', 0, false],
    ['created by an update, 50 not ready', NOT_READY, false],
    ['applied on the server side', 0, true],
  ] as const) {
    const namespace = `thousand-${Date.now().toString(36)}`;
    await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await fill(kube, namespace, Number(count), notReady, applied);
    console.log(`\n${count} Deployments, ${title}`);
    await measure(namespace);
    await kube.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  }
} finally {
  kube.close();
  rmSync(scratch, { recursive: true });
}

async function measure(namespace: string): Promise<void> {
  const samples: Record<string, number[]> = { 'loop to 0': [], 'loop to 3': [], sleep: [], wake: [] };
  const time = async (name: string, work: () => Promise<unknown>) => {
    calls.clear();
    const began = performance.now();
    await work();
    samples[name]?.push(performance.now() - began);
    return Object.fromEntries(calls);
  };
  let sleeping = {};
  let waking = {};
  for (let round = 0; round < Number(rounds); round++) {
    for (const replicas of [0, 3]) {
      const ms = Number(execFileSync(loop, [file, namespace, String(replicas)], { encoding: 'utf8' }));
      samples[`loop to ${replicas}`]?.push(ms);
    }
    sleeping = await time('sleep', () => sleep(kube, { namespace }));
    waking = await time('wake', () => wake(kube, { namespace }));
  }
  const ms = (name: string) => Math.round(median(samples[name] ?? []));
  const ratio = (name: string, floor: string) => (ms(name) / ms(floor)).toFixed(2);
  console.log(`loop to 0  ${ms('loop to 0')} ms`);
  console.log(
    `sleep      ${ms('sleep')} ms, ${ratio('sleep', 'loop to 0')} times, ${JSON.stringify(sleeping)}`,
  );
  console.log(`loop to 3  ${ms('loop to 3')} ms`);
  console.log(`wake       ${ms('wake')} ms, ${ratio('wake', 'loop to 3')} times, ${JSON.stringify(waking)}`);
}

async function fill(owner: Kube, namespace: string, many: number, notReady: number, applied: boolean) {
  let next = 0;
  const worker = async () => {
    while (next < many) {
      const index = next++;
      const name = `web-${String(index).padStart(4, '0')}`;
      const object = deployment(name, namespace);
      if (applied) {
        await owner.request({
          method: 'PATCH',
          path: `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`,
          query: { fieldManager: 'owner' },
          body: object,
          contentType: 'application/apply-patch+yaml',
        });
      } else await create(owner.with({ fieldManager: 'owner' }), object);
      // As a controller would have left them, whose Pods never came up.
      if (index < notReady) {
        const status = { replicas: 3, unavailableReplicas: 3, updatedReplicas: 3 };
        await patch(
          owner,
          { ...object, name, namespace },
          { status },
          { type: 'merge', subresource: 'status' },
        );
      }
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  const { items } = await list(owner, { apiVersion: 'apps/v1', kind: 'Deployment', namespace });
  if (items.length !== many) throw new Error(`expected ${many} Deployments, found ${items.length}`);
}

function deployment(name: string, namespace: string) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'example.invalid/none:1',
              resources: { requests: { cpu: '100m', memory: '64Mi' } },
            },
          ],
        },
      },
    },
  };
}
