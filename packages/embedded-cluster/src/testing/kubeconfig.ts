import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What it takes to talk to the cluster of a kubeconfig's current context. */
export interface Access {
  server: URL;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  token?: string;
  insecure: boolean;
}

interface Named {
  name: string;
  cluster?: Record<string, string | boolean>;
  user?: Record<string, string>;
  context?: { cluster: string; user: string };
}

/** Reads kubeconfig text. Relative file names in it are not supported, nor is what would run a command. */
export function accessOf(kubeconfig: string): Access {
  const config = parse(kubeconfig) as Record<'clusters' | 'users' | 'contexts', Named[]> & {
    'current-context': string;
  };
  const named = (list: 'clusters' | 'users' | 'contexts', name: string): Named => {
    const found = config[list]?.find((each) => each.name === name);
    if (!found) throw new Error(`kubeconfig: expected ${JSON.stringify(name)} in ${list}, found none`);
    return found;
  };
  const { context } = named('contexts', config['current-context']);
  const { cluster = {} } = named('clusters', context?.cluster ?? '');
  const { user = {} } = named('users', context?.user ?? '');
  const bytes = (from: Record<string, unknown>, key: string): Buffer | undefined => {
    if (from[`${key}-data`]) return Buffer.from(String(from[`${key}-data`]), 'base64');
    return from[key] ? readFileSync(String(from[key])) : undefined;
  };
  const access: Access = {
    server: new URL(String(cluster.server)),
    insecure: cluster['insecure-skip-tls-verify'] === true,
  };
  const ca = bytes(cluster, 'certificate-authority');
  const cert = bytes(user, 'client-certificate');
  const key = bytes(user, 'client-key');
  if (ca) access.ca = ca;
  if (cert) access.cert = cert;
  if (key) access.key = key;
  if (user.token) access.token = user.token;
  if (!cert && !user.token) {
    throw new Error(
      'kubeconfig: expected a client certificate or a token of the current user, found neither',
    );
  }
  return access;
}
