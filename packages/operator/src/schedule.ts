import { Cron } from 'croner';

/** A cron schedule; in UTC unless it says otherwise. */
export interface Schedule {
  /** The first time after `ms` (epoch), or undefined when there is none any more. */
  next(ms: number): number | undefined;
  /** The last time in (from, to], or undefined. */
  lastWithin(from: number, to: number): number | undefined;
}

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/**
 * Reads what Go's robfig/cron reads with optional seconds: five fields, six (seconds first), a descriptor such as
 * `@daily` or `@every 1h30m`, each after an optional `TZ=Europe/Berlin` or `CRON_TZ=...`.
 * Throws an Error whose message names the text and what was expected.
 */
export function parseSchedule(text: string): Schedule {
  const [, zone, pattern] = /^\s*(?:(?:CRON_)?TZ=(\S+)\s+)?(.*?)\s*$/s.exec(text)!;
  const every = /^@every\s+(.+)$/.exec(pattern!);
  if (every) return everySchedule(text, every[1]!);
  if (pattern!.startsWith('@')) {
    if (!DESCRIPTORS.includes(pattern!))
      throw invalid(text, `${pattern} is none of ${DESCRIPTORS.join(', ')}`);
  } else {
    const fields = pattern!.split(/\s+/).filter(Boolean);
    if (fields.length !== 5 && fields.length !== 6) throw invalid(text, `${fields.length} fields`);
    const extension = fields.find((field) => /[LW#+~]/.test(field.replace(/[A-Za-z]{3}/g, '')));
    if (extension) throw invalid(text, `${extension} is not understood everywhere`);
  }
  let cron: Cron;
  try {
    // `?` is Go's spelling of `*`; to croner it is the moment of creation.
    cron = new Cron(pattern!.replaceAll('?', '*'), {
      mode: '5-or-6-parts',
      timezone: zone ?? 'Etc/UTC',
      paused: true,
    });
    cron.nextRun(new Date(0));
  } catch (cause) {
    throw invalid(text, cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : String(cause));
  }
  const next = (ms: number) => cron.nextRun(new Date(ms))?.getTime();
  return {
    next,
    lastWithin(from, to) {
      // Looks back in growing steps, so that a schedule of seconds costs no more than others after a long absence.
      for (let window = 1000; ; window *= 4) {
        const start = Math.max(from, to - window);
        let found: number | undefined;
        for (let at = next(start); at !== undefined && at <= to; at = next(at)) found = at;
        if (found !== undefined || start === from) return found;
      }
    },
  };
}

const UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 };

function everySchedule(text: string, duration: string): Schedule {
  if (!/^(\d+(\.\d+)?[hms])+$/.test(duration)) throw invalid(text, '@every takes a duration such as 1h30m');
  let total = 0;
  for (const [, count, unit] of duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g)) {
    total += Number(count) * UNITS[unit!]!;
  }
  const period = Math.max(1000, Math.floor(total / 1000) * 1000);
  return {
    next: (ms) => (Math.floor(ms / period) + 1) * period,
    lastWithin(from, to) {
      const last = Math.floor(to / period) * period;
      return last > from ? last : undefined;
    },
  };
}

function invalid(text: string, why: string): Error {
  return new Error(
    `expected a cron schedule of five or six fields or a descriptor such as @daily, found ${JSON.stringify(text)}: ${why}`,
  );
}
