import { expect, test } from 'vitest';
import { Secrets } from './secrets.ts';

test('a declared secret is redacted wherever it stands, escaped as in JSON, too', () => {
  const secrets = new Secrets();
  secrets.add('pa"ss$(word)');
  expect(secrets.redact('x pa"ss$(word) y')).toBe('x [redacted] y');
  expect(secrets.redact(JSON.stringify({ a: 'pa"ss$(word)' }))).toBe('{"a":"[redacted]"}');
});

test('a short one only where it stands alone', () => {
  const secrets = new Secrets();
  secrets.add('app');
  expect(secrets.redact('application app "app"')).toBe('application [redacted] "[redacted]"');
});

test('what is in a Secret is redacted as it is and decoded, but not its names and addresses', () => {
  const secrets = new Secrets();
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  secrets.learn({
    kind: 'SecretList',
    items: [{ data: { password: base64('hunter2hunter2'), username: base64('postgres-admin') } }],
  });
  secrets.learn({ kind: 'Secret', stringData: { token: 'abcdefghij' } });
  secrets.learn({ kind: 'ConfigMap', data: { name: 'never-a-secret' } });
  const text = `${base64('hunter2hunter2')} hunter2hunter2 postgres-admin abcdefghij never-a-secret`;
  expect(secrets.redact(text)).toBe('[redacted] [redacted] postgres-admin [redacted] never-a-secret');
});

test('the longer of two wins', () => {
  const secrets = new Secrets();
  secrets.add('abcdefgh');
  secrets.add('abcdefgh-and-more');
  expect(secrets.redact('abcdefgh-and-more')).toBe('[redacted]');
});

test('credentials of the kubeconfig and tokens of service accounts are redacted', () => {
  const secrets = new Secrets();
  secrets.learnKubeconfig(
    'users:\n- user:\n    token: abcdef123456\n- user: {"client-key-data": "S0VZS0VZ"}\n',
  );
  expect(secrets.redact('a abcdef123456 b S0VZS0VZ c eyJhbGciOi.eyJzdWIi.c2ln d, Bearer 0123456789')).toBe(
    'a [redacted] b [redacted] c [redacted] d, Bearer [redacted]',
  );
});
