import { oneLine, type Verb } from '@forkspacer/contract';
import { KubeError } from '@forkspacer/kube';
import type { Log } from '../define-module.ts';
import { ModuleError } from '../module-error.ts';
import { ConfigError } from './config.ts';
import type { Secrets } from './secrets.ts';
import { Stopped } from './stopped.ts';

/** The one line that answers a verb that failed. What nobody made safe to show is in the log in full. */
export function failureText(
  at: { module: string; verb: Verb },
  error: unknown,
  { secrets, log }: { secrets: Secrets; log: Log },
): string {
  const safe = isSafe(error);
  if (safe) log.warn({ err: error }, 'verb failed');
  else log.error({ err: error }, 'unexpected error');
  const text = safe ? error.message : `unexpected error: ${described(error)} (the log has more)`;
  return oneLine(secrets.redact(`${at.module} ${at.verb}: ${text}`));
}

function isSafe(error: unknown): error is Error {
  return [ModuleError, ConfigError, KubeError, Stopped].some((type) => error instanceof type);
}

function described(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
