import { describe, expect, test } from 'vitest';
import { CronSyntaxError, parseCron } from './cron-schedule.ts';

const at = (text: string) => Date.parse(text);
const next = (schedule: string, from: string, timeZone?: string) => {
  const time = parseCron(schedule, timeZone).next(at(from));
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
};

describe('a cron schedule', () => {
  test.each([
    ['*/15 * * * *', '2026-03-01T10:07:00Z', '2026-03-01T10:15'],
    ['0 22 * * mon-fri', '2026-03-06T22:00:00Z', '2026-03-09T22:00'],
    ['30 6 1 jan *', '2026-03-01T00:00:00Z', '2027-01-01T06:30'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00'],
    // Both days restricted: either is enough.
    ['0 0 13 * 5', '2026-03-01T00:00:00Z', '2026-03-06T00:00'],
    ['@daily', '2026-03-01T10:07:00Z', '2026-03-02T00:00'],
    ['5,35 8-9 * * *', '2026-03-01T09:36:00Z', '2026-03-02T08:05'],
  ])('%s after %s is %s', (schedule, from, expected) => {
    expect(next(schedule, from)).toBe(expected);
  });

  test('follows the clocks of its time zone', () => {
    expect(next('0 9 * * *', '2026-01-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-01-01T08:00');
    expect(next('0 9 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T07:00');
    expect(next('0 9 * * *', '2026-07-01T00:00:00Z', 'Asia/Kolkata')).toBe('2026-07-01T03:30');
  });

  test('may never be due', () => {
    expect(next('0 0 31 2 *', '2026-03-01T00:00:00Z')).toBeUndefined();
  });

  test('every so often counts from now', () => {
    expect(parseCron('@every 1m30s').next(at('2026-03-01T10:00:00Z'))).toBe(at('2026-03-01T10:01:30Z'));
  });

  test.each(['now and then', '61 * * * *', '* * * * mondays', '@sometimes', '5-1 * * * *', '*/0 * * * *'])(
    'is not %s',
    (schedule) => {
      expect(() => parseCron(schedule)).toThrow(CronSyntaxError);
    },
  );
});
