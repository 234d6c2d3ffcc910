import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultProxy } from '@forkspacer/embedded-cluster/testing';
import { apply, connect, type Kube, waitFor } from '@forkspacer/kube';
import { median, type Peer, start } from './process.ts';

interface Figure {
  ms: number;
  /** API calls of one warm sleep. */
  calls: number;
}

export interface WarmSleep {
  cluster: string;
  ours: Figure;
  plain: Figure;
}

const NAMESPACE = 'bench';
const REPLICAS = 3;

/**
 * POST /sleep of a runner that has slept before, on one Deployment, on both peers in turns. The plain peer makes as
 * many calls as ours was seen to make, so that clients are compared and not ideas of what is needed.
 */
export async function warmSleep(ours: Peer, plain: Peer, scratch: string, runs: number): Promise<WarmSleep> {
  const cluster = await openCluster(scratch);
  const kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'bench' });
  try {
    await apply(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    for (const name of ['ours', 'plain']) await apply(kube, deployment(name));
    await apply(kube, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'plain-peer', namespace: NAMESPACE },
    });

    const calls = await callsOfOneSleep(ours, scratch, cluster.kubeconfig);
    // Reading, writing and watching the Deployment is the plain peer's own; the rest is bookkeeping.
    const bookkeeping = calls
      .filter((method) => method !== 'WATCH')
      .map((method) => (method === 'GET' ? 'read' : 'write'));
    bookkeeping.splice(bookkeeping.indexOf('read'), 1);
    bookkeeping.splice(bookkeeping.indexOf('write'), 1);

    const mine = await runnerFor(ours, 'ours', scratch, cluster.kubeconfig);
    const other = await runnerFor(plain, 'plain', scratch, cluster.kubeconfig, {
      PEER_CALLS: bookkeeping.join(','),
    });
    const samples = { mine: [] as number[], other: [] as number[] };
    try {
      for (let run = 0; run <= runs; run++) {
        for (const [runner, name, into] of [
          [mine, 'ours', samples.mine],
          [other, 'plain', samples.other],
        ] as const) {
          await replicasSettled(kube, name, REPLICAS);
          const ms = await runner.call('sleep', 200);
          if (run > 0) into.push(ms);
          await runner.call('resume', 200);
        }
      }
    } finally {
      await mine.call('uninstall', 204);
      await mine.stop();
      await other.stop();
    }
    return {
      cluster: cluster.name,
      ours: { ms: median(samples.mine), calls: calls.length },
      plain: { ms: median(samples.other), calls: bookkeeping.length + 3 },
    };
  } finally {
    kube.close();
    await cluster.stop();
  }
}

/** The methods of one warm sleep, as a proxy in front of the cluster saw them. */
async function callsOfOneSleep(ours: Peer, scratch: string, kubeconfig: string): Promise<string[]> {
  const proxy = await faultProxy(kubeconfig);
  try {
    const runner = await runnerFor(ours, 'ours', scratch, proxy.kubeconfig);
    await runner.call('sleep', 200);
    await runner.call('resume', 200);
    const before = proxy.calls.length;
    await runner.call('sleep', 200);
    const calls = proxy.calls
      .slice(before)
      .map(({ method, query }) => (new URLSearchParams(query).has('watch') ? 'WATCH' : method));
    await runner.call('resume', 200);
    await runner.call('uninstall', 204);
    await runner.stop();
    return calls;
  } finally {
    await proxy.stop();
  }
}

/** A runner that has installed, with its metadata kept from call to call as the operator would. */
async function runnerFor(
  peer: Peer,
  name: string,
  scratch: string,
  kubeconfig: string,
  env: Record<string, string> = {},
) {
  const folder = join(scratch, `${name}-runner`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ namespace: NAMESPACE, deployment: name }));
  writeFileSync(join(folder, 'workspace_kubeconfig'), kubeconfig, { mode: 0o600 });
  const running = await start({ ...peer, env: { FORKSPACER_DIR: folder, ...env } });
  let metadata = '{}';
  const call = async (verb: string, expected: number): Promise<number> => {
    const began = performance.now();
    const answer = await fetch(`http://127.0.0.1:${running.port}/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: metadata,
    });
    const text = await answer.text();
    const ms = performance.now() - began;
    if (answer.status !== expected)
      throw new Error(`${peer.name} ${verb}: expected ${expected}, found ${answer.status} ${text}`);
    if (text) metadata = text;
    return ms;
  };
  await call('install', 201);
  return { call, stop: running.stop };
}

function deployment(name: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }] },
      },
    },
  };
}

async function replicasSettled(kube: Kube, name: string, replicas: number): Promise<void> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace: NAMESPACE };
  await waitFor(kube, ref, (object) => object?.status?.replicas === replicas, {
    describe: `${replicas} Pods`,
  });
}

/** The real cluster of KUBECONFIG_TEST, or the embedded one in a process of its own. */
async function openCluster(
  scratch: string,
): Promise<{ name: string; kubeconfig: string; stop(): Promise<void> }> {
  const real = process.env.KUBECONFIG_TEST;
  if (real)
    return { name: 'real API server', kubeconfig: readFileSync(real, 'utf8'), stop: async () => undefined };
  const file = join(scratch, 'kubeconfig');
  const child = fork(join(import.meta.dirname, 'cluster.ts'), [file]);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the embedded cluster exited with ${code}`)));
  });
  const stopped = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    name: 'embedded cluster',
    kubeconfig: readFileSync(file, 'utf8'),
    async stop() {
      child.kill('SIGTERM');
      await stopped;
    },
  };
}
