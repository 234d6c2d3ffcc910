import { workloads } from '../demo/application.ts';
import { DemoSet } from '../demo/set.ts';
import { displayFor, play } from '../demo/stage.ts';
import { type ModuleCall, type Seen, story } from '../demo/story.ts';
import { aborted, interruptible } from '../interrupt.ts';
import { table } from '../table.ts';

export interface DemoOptions {
  cluster?: string;
  keep?: boolean;
  output: 'text' | 'json';
}

/** `demo`: a Module from the catalog installs, sleeps, wakes and leaves. */
export async function demo({ cluster, keep, output }: DemoOptions): Promise<void> {
  const display = displayFor(output);
  const began = Date.now();
  const seen: Seen[] = [];
  const calls = await interruptible(async (signal) => {
    const set = new DemoSet(cluster, signal);
    try {
      await play(set.stages(), display);
      const { playground } = set;
      // With --keep the last two stages, in which everything leaves, are left out.
      await play(story({ ...playground, seen }).slice(0, keep ? -2 : undefined), display);
      if (keep) {
        console.error(
          `Look around: kubectl --kubeconfig ${playground.kubeconfig} -n ${playground.namespace} get workspaces,modules,deployments,statefulsets,pods`,
        );
        console.error('Ctrl-C ends it.');
        await aborted(signal);
      }
      // The embedded cluster goes at once; a real one takes its time with a namespace.
      if (cluster && !keep) await play([set.leaving()], display);
      return playground.calls;
    } finally {
      if (cluster && signal.aborted)
        console.error('What the demo brought is taken away; Ctrl-C again leaves it there.');
      await set.takeDown();
    }
  });
  if (output === 'json') {
    console.log(JSON.stringify({ ok: true, ms: Date.now() - began, seen, calls }, null, 2));
  } else {
    console.log(`\n${summary(seen, calls)}\n\nDone in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
  }
}

function summary(seen: Seen[], calls: ModuleCall[]): string {
  const states = table(
    ['OBJECT', ...seen.map(({ when }) => when.toUpperCase())],
    workloads.map(({ kind, name }) => [`${kind} ${name}`, ...seen.map(({ state }) => state[name] ?? '-')]),
  );
  const made = table(
    ['CALL', 'STATUS', 'TIME'],
    calls.map(({ verb, status, ms }) => [`POST /${verb}`, String(status), `${ms} ms`]),
  );
  return `${states}\n\n${made}`;
}
