import type { Log } from '../define-module.ts';
import { writeLine } from './stdout.ts';

/** The levels' numbers, as pino writes them. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;
const THRESHOLDS: Record<string, number> = {
  ...LEVELS,
  trace: 10,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};

/**
 * Lines in the form of the module's own log, for the listening thread: it has five things to say, never a secret, and
 * pino would be a third of what it loads.
 */
export function plainLog(fields: Record<string, unknown>, level: string | undefined): Log {
  const threshold = THRESHOLDS[level ?? 'info'] ?? LEVELS.info;
  const at = (name: keyof typeof LEVELS) => (line: object, message: string) => {
    if (LEVELS[name] < threshold) return;
    const { err, ...rest } = line as { err?: unknown };
    const error =
      err instanceof Error ? { err: { type: err.name, message: err.message, stack: err.stack } } : {};
    const whole = { level: LEVELS[name], time: Date.now(), ...fields, ...rest, ...error, msg: message };
    writeLine(`${JSON.stringify(whole)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
