import { describe, expect, test } from 'vitest';
import { parseSchedule } from './schedule.ts';

const noon = Date.UTC(2025, 0, 1, 12);
const next = (text: string, from = noon) => new Date(parseSchedule(text).next(from)!).toISOString();

describe('schedules', () => {
  test.each([
    ['five fields', '0 22 * * *', '2025-01-01T22:00:00.000Z'],
    ['six fields with seconds first', '15 0 22 * * *', '2025-01-01T22:00:15.000Z'],
    ['names of days', '0 22 * * MON-FRI', '2025-01-01T22:00:00.000Z'],
    ['names of months', '0 0 1 JUL *', '2025-07-01T00:00:00.000Z'],
    ['a question mark', '0 22 ? * MON', '2025-01-06T22:00:00.000Z'],
    ['@daily', '@daily', '2025-01-02T00:00:00.000Z'],
    ['@midnight', '@midnight', '2025-01-02T00:00:00.000Z'],
    ['@hourly', '@hourly', '2025-01-01T13:00:00.000Z'],
    ['@every', '@every 1h30m', '2025-01-01T13:30:00.000Z'],
    ['a time zone', 'CRON_TZ=Europe/Berlin 0 22 * * *', '2025-01-01T21:00:00.000Z'],
    ['day of month or day of week', '0 0 13 * FRI', '2025-01-03T00:00:00.000Z'],
  ])('%s', (_, text, expected) => expect(next(text)).toBe(expected));

  test.each([
    '',
    'nonsense',
    '* * * *',
    '0 0 0 0 0 0 0',
    '61 * * * *',
    '@reboot',
    '@every soon',
    '0 0 L * *',
    'TZ=Nowhere 0 0 * * *',
  ])('refused with the text in the message: %j', (text) =>
    expect(() => parseSchedule(text)).toThrow(JSON.stringify(text)),
  );

  test('the last time within a span is found, after long absences too', () => {
    const schedule = parseSchedule('0 22 * * *');
    const at = Date.UTC(2024, 11, 31, 22);
    expect(schedule.lastWithin(Date.UTC(2024, 0, 1), noon)).toBe(at);
    expect(schedule.lastWithin(at - 1, noon)).toBe(at);
    expect(schedule.lastWithin(at, noon)).toBeUndefined();
    expect(parseSchedule('* * * * * *').lastWithin(0, noon)).toBe(noon);
    expect(parseSchedule('0 0 29 2 *').lastWithin(Date.UTC(2020, 0, 1), noon)).toBe(Date.UTC(2024, 1, 29));
  });
});
