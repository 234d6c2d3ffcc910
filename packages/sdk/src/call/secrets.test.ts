import { expect, test } from 'vitest';
import { Secrets } from './secrets.ts';

test('a declared secret is redacted wherever it stands, escaped as in JSON, too', () => {
  const secrets = new Secrets();
  secrets.add('pa"ss$(word)');
  expect(secrets.redact('x pa"ss$(word) y')).toBe('x [redacted] y');
  expect(secrets.redact(JSON.stringify({ a: 'pa"ss$(word)' }))).toBe('{"a":"[redacted]"}');
});

test('a secret is redacted in the forms that it takes in a URL, in JSON within JSON and in base64', () => {
  const secrets = new Secrets();
  const value = 'p@ss "moon"/1';
  secrets.add(value);
  for (const text of [
    `postgres://me:${encodeURIComponent(value)}@db/x`,
    JSON.stringify({ body: JSON.stringify({ password: value }) }),
    `Authorization of ${Buffer.from(value).toString('base64')}`,
  ]) {
    const safe = secrets.redact(text);
    expect(safe).toContain('[redacted]');
    expect(safe).not.toMatch(/moon|cEBzcyA/);
  }
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

test('a credential of the kubeconfig is known however YAML has it written', () => {
  const secrets = new Secrets();
  secrets.learnKubeconfig(
    [
      'users:',
      '- user: {username: me, password: "spaced, \\"quoted\\" one"}',
      "- user:\n    password: 'it''s another one' # by hand",
      '- user:\n    token: |-\n      block-token-1\n',
      '- user:\n    token: >-\n      folded-token-2\n    password:\n      on-its-own-line-3\n',
    ].join('\n'),
  );
  for (const secret of [
    'spaced, "quoted" one',
    "it's another one",
    'block-token-1',
    'folded-token-2',
    'on-its-own-line-3',
  ]) {
    expect(secrets.redact(`x ${secret} y`)).toBe('x [redacted] y');
  }
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
