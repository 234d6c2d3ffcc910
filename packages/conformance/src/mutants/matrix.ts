import { parseCustom, unwrap } from '@forkspacer/contract';
import { startCluster } from '@forkspacer/embedded-cluster';
import { Scene } from '../cluster/scene.ts';
import type { Outcome } from '../report.ts';
import { type RunOptions, run } from '../run.ts';
import type { Timing } from '../timing.ts';
import { type Correct, CUSTOM } from './correct.ts';
import { type Host, inProcess } from './host.ts';

/** Short, but with room for a busy machine where a module that is right could run into them. */
const SHORT: Partial<Timing> = {
  verb: 2_500,
  health: 1_000,
  listen: 1_200,
  exit: 1_200,
  firstCall: 50,
  quiet: 15,
};

/** Checks a module of this process by every check, on a cluster of its own, so that several can be checked at once. */
export async function checkInProcess(
  Module: new (host: Host) => Correct,
  options: Partial<RunOptions> = {},
): Promise<Outcome[]> {
  const cluster = await startCluster({ controllers: false });
  const scene = await Scene.open({ kubeconfig: cluster.kubeconfig });
  try {
    const { outcomes } = await run({
      target: inProcess(Module),
      level: 'robust',
      config: { name: 'shop', replicas: 3 },
      custom: unwrap(parseCustom(CUSTOM)),
      scene,
      timing: SHORT,
      ...options,
    });
    return outcomes;
  } finally {
    await scene.stop();
    await cluster.stop();
  }
}
