import type { KubeObject } from '../object.ts';
import type { Fields } from './fields.ts';

/** Ready containers of all, `1/2`. */
export function readyText({ spec, status }: KubeObject): string {
  const ready = (status?.containerStatuses ?? []).filter((container: Fields) => container.ready).length;
  return `${ready}/${spec.containers.length}`;
}

/** The word in the STATUS column of `kubectl get pods`. */
export function statusText({ metadata, status }: KubeObject): string {
  let text: string = status?.reason || status?.phase || 'Unknown';
  for (const { state } of status?.containerStatuses ?? []) {
    if (state?.waiting?.reason) text = state.waiting.reason;
    else if (state?.terminated) text = state.terminated.reason || `ExitCode:${state.terminated.exitCode}`;
  }
  if (metadata.deletionTimestamp)
    return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? text : 'Terminating';
  return text;
}

export function restartsText({ status }: KubeObject): string {
  const counts: number[] = (status?.containerStatuses ?? []).map((c: Fields) => c.restartCount ?? 0);
  return String(counts.reduce((sum, count) => sum + count, 0));
}
