import {
  connect,
  type Kube,
  type ObjectRef,
  ParkingError,
  planSleep,
  planWake,
  type Report,
  type ReportItem,
  sleep,
  wake,
} from '@forkspacer/kube';
import { stringify } from 'yaml';
import { milliseconds } from '../duration.ts';
import { interruptible } from '../interrupt.ts';
import { kubeconfigFile } from '../kubeconfig.ts';
import { table } from '../table.ts';

export interface ParkOptions {
  namespace: string;
  selector?: string;
  kind?: string[];
  kubeconfig?: string;
  timeout?: string;
  output: 'table' | 'json' | 'yaml';
  wait?: 'steps' | 'ready' | 'none';
  /** Of sleep. */
  jobs?: 'finish' | 'suspend';
  allowClaimDeletion?: boolean;
  /** Of wake. */
  cronJobs?: 'skip' | 'run-once';
  dryRun?: boolean;
}

export type Verb = 'sleep' | 'wake';

/** `sleep` and `wake` by hand: the verbs that modules use, without any operator. With `--dry-run`, `plan`. */
export async function park(verb: Verb, options: ParkOptions): Promise<void> {
  if (options.dryRun) return plan(verb, options);
  const report = await withCluster(options, async (kube) => {
    const progress = progressLine(verb);
    try {
      const { namespace: _, selector: __, kubeconfig: ___, ...wishes } = options;
      const timeLimit = milliseconds(options.timeout ?? TIMEOUT);
      return await (verb === 'sleep' ? sleep : wake)(kube, target(options), {
        ...wishes,
        timeLimit,
        onProgress: progress.show,
      });
    } catch (error) {
      // The table tells of the others too.
      if (error instanceof ParkingError) return error.report;
      throw error;
    } finally {
      progress.clear();
    }
  });
  console.log(printed(report, options.output, false));
  throwFailed(verb, report);
}

/** What a sleep or a wake would do, object by object, with the fields that it would change; nothing is touched. */
export async function plan(verb: Verb, options: ParkOptions): Promise<void> {
  const report = await withCluster(options, (kube) =>
    (verb === 'sleep' ? planSleep : planWake)(kube, target(options), options),
  );
  console.log(printed(report, options.output, true));
  throwFailed(verb, report);
}

const TIMEOUT = '4m';

function target({ namespace, selector, kind }: ParkOptions) {
  return { namespace, ...(selector !== undefined && { selector }), ...(kind && { kinds: kind }) };
}

async function withCluster<T>(options: ParkOptions, work: (kube: Kube) => Promise<T>): Promise<T> {
  const timeout = milliseconds(options.timeout ?? TIMEOUT);
  const file = kubeconfigFile(options.kubeconfig);
  return interruptible(async (signal) => {
    const kube = connect({
      kubeconfig: { file },
      fieldManager: 'forkspacer-modules',
      signal,
      deadline: Date.now() + timeout,
    });
    try {
      return await work(kube);
    } finally {
      kube.close();
    }
  });
}

/** What is waited for, on one line that is written over; nothing where nobody watches. */
function progressLine(verb: Verb): { show: (left: ObjectRef[]) => void; clear: () => void } {
  const { stderr } = process;
  const write = (text: string) => stderr.isTTY && stderr.write(`\r\u001b[K${text}`);
  return {
    show(left) {
      const [first] = left;
      const more = left.length > 1 ? ` and ${left.length - 1} more` : '';
      write(first ? `${verb}: waiting for ${first.kind}/${first.name}${more}` : '');
    },
    clear: () => void write(''),
  };
}

function throwFailed(verb: Verb, { items }: Report): void {
  const [first, ...others] = items.filter(({ outcome }) => outcome === 'failed');
  if (!first) return;
  throw new Error(
    `${verb}: ${others.length + 1} of ${items.length} objects failed, the first is ${first.object.kind} ${first.object.name}: ${first.reason}`,
  );
}

function printed(report: Report, output: ParkOptions['output'], withDiff: boolean): string {
  if (output === 'json') return JSON.stringify(report, null, 2);
  if (output === 'yaml') return stringify(report).trimEnd();
  if (report.items.length === 0) return 'nothing to do: nothing that can sleep is selected';
  const rows = table(
    ['OBJECT', 'OUTCOME', 'REPLICAS', 'REASON'],
    report.items.map(({ object, outcome, replicas, reason }) => [
      `${object.kind}/${object.name}`,
      outcome,
      replicas ? `${replicas.from} -> ${replicas.to}` : '-',
      reason ?? '',
    ]),
  );
  const parts = [rows, ...(withDiff ? diffs(report.items) : []), saving(report.items)];
  return parts.filter((part) => part !== '').join('\n\n');
}

function diffs(items: ReportItem[]): string[] {
  return items
    .filter(({ changes }) => changes && changes.length > 0)
    .map(({ object, changes = [] }) => {
      const lines = changes.flatMap(({ path, from, to }) => [
        ...(from === undefined ? [] : [`- ${path}: ${JSON.stringify(from)}`]),
        ...(to === undefined ? [] : [`+ ${path}: ${JSON.stringify(to)}`]),
      ]);
      return [`${object.kind}/${object.name}`, ...lines].join('\n');
    });
}

function saving(items: ReportItem[]): string {
  const saved = items.flatMap((item) => item.saving ?? []);
  if (saved.length === 0) return '';
  const cpu = saved.reduce((sum, each) => sum + each.cpu, 0) / 1000;
  const memory = saved.reduce((sum, each) => sum + each.memory, 0) / 2 ** 30;
  return `Asleep, nobody asks for ${short(cpu)} CPU and ${short(memory)} GiB of memory.`;
}

function short(value: number): string {
  return String(Number(value.toFixed(2)));
}
