import { Listr, type ListrTask } from 'listr2';

/** A step of the demo: what it is called, and what it does. `note` tells a line while it runs. */
export interface Stage {
  title: string;
  /** @returns what the step came to, shown beside its title */
  run(note: (line: string) => void): Promise<string>;
}

/** How the demo is shown: live on a terminal, in plain lines elsewhere, not at all for machines. */
export type Display = 'live' | 'lines' | 'silent';

export function displayFor(output: 'text' | 'json'): Display {
  if (output === 'json') return 'silent';
  return process.stdout.isTTY && !process.env.CI ? 'live' : 'lines';
}

/** Runs the stages one after another; the first that throws ends it. */
export async function play(stages: Stage[], display: Display): Promise<void> {
  if (display === 'live') {
    await new Listr(stages.map(liveTask), {
      renderer: 'default',
      rendererOptions: { collapseSubtasks: false },
    }).run();
    return;
  }
  const print = display === 'lines' ? console.log : () => undefined;
  for (const { title, run } of stages) {
    print(title);
    const began = Date.now();
    const outcome = await run((line) => print(`  ${line}`));
    print(`  ${outcome} (${Date.now() - began} ms)`);
  }
}

function liveTask({ title, run }: Stage): ListrTask {
  return {
    title,
    rendererOptions: { outputBar: Number.POSITIVE_INFINITY, persistentOutput: true },
    task: async (_context, task) => {
      const began = Date.now();
      const outcome = await run((line) => {
        task.output = line;
      });
      task.title = `${title}: ${outcome} (${Date.now() - began} ms)`;
    },
  };
}
