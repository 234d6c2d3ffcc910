import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Credentials {
  username: string;
  password: string;
  /** an OAuth2 refresh token, in place of the other two */
  identityToken?: string;
}

interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
}

/**
 * What `docker login` left for a registry in `$DOCKER_CONFIG/config.json` (default `~/.docker`).
 *
 * @returns undefined when it holds nothing for that registry: then no credentials are sent.
 * @throws Error when they are kept by a credential helper, a program that is not run from here.
 */
export async function credentialsFor(registry: string): Promise<Credentials | undefined> {
  const file = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let config: DockerConfig;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new Error(`expected JSON in ${file}, found something else`, { cause });
  }

  const names = registry === 'docker.io' ? ['docker.io', 'index.docker.io'] : [registry];
  const [, entry] = Object.entries(config.auths ?? {}).find(([key]) => names.includes(hostOf(key))) ?? [];
  if (entry?.identitytoken) return { username: '', password: '', identityToken: entry.identitytoken };
  if (entry?.username && entry.password) return { username: entry.username, password: entry.password };
  if (entry?.auth) {
    const pair = Buffer.from(entry.auth, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    if (colon > 0)
      return { username: pair.slice(0, colon), password: pair.slice(colon + 1).replace(/\0+$/, '') };
    throw new Error(
      `expected user:password in base64 as auth of ${registry} in ${file}, found something else`,
    );
  }

  const helper =
    names.map((name) => config.credHelpers?.[name]).find(Boolean) ?? (entry && config.credsStore);
  if (helper) {
    throw new Error(
      `expected credentials of ${registry} under auths in ${file}, found the credential helper ${JSON.stringify(helper)}, which is not run; log in with DOCKER_CONFIG set to an empty folder, and set it here too`,
    );
  }
  return undefined;
}

const hostOf = (key: string) => key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
