import { connect, ParkingError, type Report, sleep, wake } from '@forkspacer/kube';
import { stringify } from 'yaml';
import { milliseconds } from '../duration.ts';
import { interruptible } from '../interrupt.ts';
import { kubeconfigFile } from '../kubeconfig.ts';
import { table } from '../table.ts';

export interface ParkOptions {
  namespace: string;
  selector?: string;
  kubeconfig?: string;
  timeout: string;
  output: 'table' | 'json' | 'yaml';
}

/** `sleep` and `wake` by hand: the verbs that modules use, without any operator. */
export async function park(verb: 'sleep' | 'wake', options: ParkOptions): Promise<void> {
  const { namespace, selector, output } = options;
  const timeout = milliseconds(options.timeout);
  const file = kubeconfigFile(options.kubeconfig);
  const report = await interruptible(async (signal) => {
    const kube = connect({
      kubeconfig: { file },
      fieldManager: 'forkspacer-modules',
      signal,
      deadline: Date.now() + timeout,
    });
    try {
      return await (verb === 'sleep' ? sleep : wake)(kube, {
        namespace,
        ...(selector !== undefined && { selector }),
      });
    } catch (error) {
      // The table tells of the others too.
      if (error instanceof ParkingError) return error.report;
      throw error;
    } finally {
      kube.close();
    }
  });
  console.log(printed(report, output));
  const failed = report.items.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) {
    const [first] = failed;
    throw new Error(
      `${verb}: ${failed.length} of ${report.items.length} objects failed, the first is ${first!.object.kind} ${first!.object.name}: ${first!.reason}`,
    );
  }
}

function printed(report: Report, output: ParkOptions['output']): string {
  if (output === 'json') return JSON.stringify(report, null, 2);
  if (output === 'yaml') return stringify(report).trimEnd();
  if (report.items.length === 0) return 'nothing to do: no Deployment or StatefulSet is selected';
  return table(
    ['OBJECT', 'OUTCOME', 'REPLICAS', 'REASON'],
    report.items.map(({ object, outcome, replicas, reason }) => [
      `${object.kind}/${object.name}`,
      outcome,
      replicas ? `${replicas.from} -> ${replicas.to}` : '-',
      reason ?? '',
    ]),
  );
}
