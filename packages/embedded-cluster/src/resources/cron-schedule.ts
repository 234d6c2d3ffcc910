/** Why a schedule is none, in the words of github.com/robfig/cron. */
export class CronSyntaxError extends Error {}

/** When a schedule is due. Times are milliseconds since 1970. */
export interface CronSchedule {
  /** The first time it is due after `time`; undefined when there is none within five years. */
  next(time: number): number | undefined;
}

const DESCRIPTORS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE = 60_000;
const FIVE_YEARS = 5 * 366 * 24 * 60 * MINUTE;

/** Reads five fields or a descriptor (`@daily`, `@every 5m`). `timeZone` is a name such as `Europe/Berlin`. */
export function parseCron(schedule: string, timeZone = 'UTC'): CronSchedule {
  const every = /^@every ((?:\d+(?:\.\d+)?(?:h|m|s|ms))+)$/.exec(schedule);
  if (every) return interval(every[1]!);
  if (schedule.startsWith('@') && !DESCRIPTORS[schedule]) {
    throw new CronSyntaxError(`unrecognized descriptor: ${schedule}`);
  }
  const fields = (DESCRIPTORS[schedule] ?? schedule).trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new CronSyntaxError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  const [minute, hour, day, month, weekday] = fields as [string, string, string, string, string];
  const allowed = {
    minute: values(minute, 0, 59),
    hour: values(hour, 0, 23),
    day: values(day, 1, 31),
    month: values(month, 1, 12, MONTHS, 1),
    weekday: values(weekday, 0, 6, DAYS, 0),
  };
  // When both days are restricted, either one is enough (crontab(5)).
  const anyDay = isStar(day) || isStar(weekday);
  const isDue = (at: Wall) => {
    const byDay = allowed.day.has(at.day);
    const byWeekday = allowed.weekday.has(at.weekday);
    return (
      allowed.month.has(at.month) &&
      (anyDay ? byDay && byWeekday : byDay || byWeekday) &&
      allowed.hour.has(at.hour) &&
      allowed.minute.has(at.minute)
    );
  };
  const wall = wallClock(timeZone);
  return {
    next(time) {
      const end = time + FIVE_YEARS;
      let at = Math.floor(time / MINUTE) * MINUTE + MINUTE;
      while (at < end) {
        const now = wall(at);
        if (isDue(now)) return at;
        // Hours and days that cannot be due are passed over as a whole.
        const dayFits =
          allowed.month.has(now.month) &&
          (anyDay
            ? allowed.day.has(now.day) && allowed.weekday.has(now.weekday)
            : allowed.day.has(now.day) || allowed.weekday.has(now.weekday));
        if (dayFits && allowed.hour.has(now.hour)) at += MINUTE;
        else if (dayFits || now.hour === 23) at += (60 - now.minute) * MINUTE;
        else at += (Math.max(1, 23 - now.hour) * 60 - now.minute) * MINUTE;
      }
      return undefined;
    },
  };
}

interface Wall {
  minute: number;
  hour: number;
  day: number;
  month: number;
  weekday: number;
}

function wallClock(timeZone: string): (time: number) => Wall {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') {
    return (time) => {
      const date = new Date(time);
      return {
        minute: date.getUTCMinutes(),
        hour: date.getUTCHours(),
        day: date.getUTCDate(),
        month: date.getUTCMonth() + 1,
        weekday: date.getUTCDay(),
      };
    };
  }
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  });
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    return {
      minute: Number(parts.minute),
      hour: Number(parts.hour),
      day: Number(parts.day),
      month: Number(parts.month),
      weekday: DAYS.indexOf(parts.weekday!.toLowerCase()),
    };
  };
}

function interval(text: string): CronSchedule {
  const units: Record<string, number> = { h: 60 * MINUTE, m: MINUTE, s: 1000, ms: 1 };
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g))
    ms += Number(count) * units[unit!]!;
  const step = Math.max(1000, Math.floor(ms / 1000) * 1000);
  return { next: (time) => Math.floor(time / 1000) * 1000 + step };
}

function isStar(field: string): boolean {
  return field.startsWith('*') || field.startsWith('?');
}

/** `*`, `5`, `1-5`, `*\/15`, `mon-fri`, and lists of them. */
function values(field: string, min: number, max: number, names: string[] = [], first = 0): Set<number> {
  const number = (text: string): number => {
    const named = names.indexOf(text.toLowerCase());
    if (named >= 0) return named + first;
    if (!/^\d+$/.test(text))
      throw new CronSyntaxError(
        `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`,
      );
    return Number(text);
  };
  const result = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step = '1', ...more] = part.split('/');
    const [from = '', to, ...others] = range.split('-');
    if (others.length > 0) throw new CronSyntaxError(`too many hyphens: ${part}`);
    if (more.length > 0) throw new CronSyntaxError(`too many slashes: ${part}`);
    const star = from === '*' || from === '?';
    const start = star ? min : number(from);
    const end = star ? max : to !== undefined ? number(to) : part.includes('/') ? max : start;
    const by = number(step);
    if (start < min)
      throw new CronSyntaxError(`beginning of range (${start}) below minimum (${min}): ${part}`);
    if (end > max) throw new CronSyntaxError(`end of range (${end}) above maximum (${max}): ${part}`);
    if (start > end)
      throw new CronSyntaxError(`beginning of range (${start}) beyond end of range (${end}): ${part}`);
    if (by === 0) throw new CronSyntaxError(`step of range should be a positive number: ${part}`);
    for (let value = start; value <= end; value += by) result.add(value);
  }
  return result;
}
