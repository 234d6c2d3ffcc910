import fc from 'fast-check';
import { expect, test } from 'vitest';
import { healthAnswer, oneLine, SUCCESS } from './answers.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;

test('each verb has the one code that the operator takes for success', () => {
  expect(SUCCESS).toEqual({ install: 201, uninstall: 204, sleep: 200, resume: 200 });
});

test('health is 200 or 503 with the four fields of the contract', () => {
  const now = new Date('2025-10-14T10:30:00.123Z');
  expect(healthAnswer({ uptime: 1.5, now })).toEqual({
    status: 200,
    body: { timestamp: '2025-10-14T10:30:00Z', uptime: 1.5, message: 'Service is running', healthy: true },
  });
  expect(healthAnswer({ uptime: 1, healthy: false, message: 'no\ndisk' })).toMatchObject({
    status: 503,
    body: { message: 'no disk', healthy: false },
  });
});

test('any text becomes one line within the limit', () => {
  expect(oneLine('a\r\n\tb\u2028c\u0000d\u0085e  ')).toBe('a b c d e');
  expect(oneLine(`${' '.repeat(100_000)}late`)).toBe('late');
  expect(bytes(oneLine('ü'.repeat(1000)))).toBe(699);
  expect(oneLine('x'.repeat(701))).toBe(`${'x'.repeat(697)}…`);
  expect(oneLine('x'.repeat(700))).toBe('x'.repeat(700));
  fc.assert(
    fc.property(
      fc.array(fc.nat(0xffff), { maxLength: 500 }).map((units) => String.fromCharCode(...units)),
      fc.integer({ min: 3, max: 300 }),
      (text, limit) => {
        const line = oneLine(text, limit);
        expect(bytes(line)).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\r\n]/);
        expect(line.isWellFormed()).toBe(true);
      },
    ),
  );
});
