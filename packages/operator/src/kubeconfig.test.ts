import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ownKubeconfig } from './kubeconfig.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const raw = {
  'current-context': 'b',
  contexts: [
    { name: 'a', context: { cluster: 'a', user: 'a' } },
    { name: 'b', context: { cluster: 'b', user: 'b', namespace: 'n' } },
  ],
  clusters: [
    { name: 'a', cluster: { server: 'https://a' } },
    { name: 'b', cluster: { server: 'https://b', 'certificate-authority': 'ca.pem' } },
  ],
  users: [
    { name: 'a', user: { token: 'secret of a' } },
    { name: 'b', user: { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' } },
  ],
};

test('what is handed out works without the files, and holds no other context', async () => {
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, `${name}.pem`), name);
  const file = join(folder, 'config');
  writeFileSync(file, JSON.stringify(raw));
  const { text, serviceAccount } = await ownKubeconfig({ file });
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  expect(serviceAccount).toBe(false);
  expect(text).not.toContain('secret of a');
  expect(parse(text)).toMatchObject({
    contexts: [{ context: { namespace: 'n' } }],
    clusters: [{ cluster: { server: 'https://b', 'certificate-authority-data': base64('ca') } }],
    users: [{ user: { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') } }],
  });
  expect(text).not.toContain('.pem');
});

test('a token file keeps its place, so that its rotation is followed', async () => {
  const users = [{ name: 'b', user: { tokenFile: 'token' } }];
  const clusters = [{ name: 'b', cluster: { server: 'https://b' } }];
  const file = join(folder, 'config-with-token');
  writeFileSync(file, JSON.stringify({ ...raw, users, clusters }));
  expect(parse((await ownKubeconfig({ file })).text).users[0].user).toEqual({
    tokenFile: join(folder, 'token'),
  });
});

test('one without a current context is refused in words', async () => {
  await expect(ownKubeconfig({ text: 'apiVersion: v1' })).rejects.toThrow('current-context');
});
