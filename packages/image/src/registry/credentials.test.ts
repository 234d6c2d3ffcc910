import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { credentialsFor } from './credentials.ts';

let folder: string;
const config = (content: object) => writeFileSync(join(folder, 'config.json'), JSON.stringify(content));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forkspacer-docker-'));
  vi.stubEnv('DOCKER_CONFIG', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const auth = Buffer.from('me:pass:word').toString('base64');

test('what docker login wrote is read, whatever form the host has', async () => {
  config({ auths: { 'https://ghcr.io/v1/': { auth }, 'https://index.docker.io/v1/': { auth } } });
  expect(await credentialsFor('ghcr.io')).toEqual({ username: 'me', password: 'pass:word' });
  expect(await credentialsFor('docker.io')).toEqual({ username: 'me', password: 'pass:word' });
});

test('a registry that is not named gets no credentials', async () => {
  config({ auths: { 'ghcr.io': { auth } }, credsStore: 'desktop' });
  expect(await credentialsFor('ghcr.io.example')).toBeUndefined();
  rmSync(join(folder, 'config.json'));
  expect(await credentialsFor('ghcr.io')).toBeUndefined();
});

test('a credential helper is refused in words', async () => {
  config({ credHelpers: { 'ghcr.io': 'gh' } });
  await expect(credentialsFor('ghcr.io')).rejects.toThrow(/credential helper "gh", which is not run/);
  config({ auths: { 'ghcr.io': {} }, credsStore: 'desktop' });
  await expect(credentialsFor('ghcr.io')).rejects.toThrow(/credential helper "desktop"/);
});

test('a file that is no JSON is named', async () => {
  writeFileSync(join(folder, 'config.json'), 'auths:');
  await expect(credentialsFor('ghcr.io')).rejects.toThrow(/expected JSON in .*config\.json/);
});
