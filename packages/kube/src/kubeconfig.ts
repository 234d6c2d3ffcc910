import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { dirname, resolve } from 'node:path';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { load } from 'js-yaml';
import { KubeError } from './error.ts';

/** Where the credentials come from: a file, the text of one, or the Pod's own service account. */
export type KubeconfigSource = { file: string } | { text: string } | 'in-cluster';

/** How to reach one API server as one user. */
export interface Access {
  server: URL;
  namespace: string;
  /** Calls share its connections. */
  agent: http.Agent;
  /** Watches have connections of their own: ending one ends its connection, and the next call would need a new one. */
  streams: http.Agent;
  /** Headers that say who calls, read anew when a token file is older than a few seconds. */
  headers(): Record<string, string>;
  /** Reads what may have rotated; true when it is different now. */
  refresh(): boolean;
  /** What must not appear in any text. */
  secrets(): string[];
}

/** A token file is read again after this long (client-go: one minute), and at once after a 401. */
const TOKEN_AGE = 10_000;

/**
 * Reads a kubeconfig with client-node's KubeConfig.
 *
 * Refused, because they run commands or call out with the credentials: `exec` and `auth-provider`.
 *
 * @throws KubeError `Kubeconfig` naming what is missing or refused
 */
export function readKubeconfig(source: KubeconfigSource): KubeConfig {
  const config = new KubeConfig();
  if (source === 'in-cluster') {
    if (!process.env.KUBERNETES_SERVICE_HOST) {
      throw refuse(
        'expected to run in a Pod with KUBERNETES_SERVICE_HOST set, found none; give a kubeconfig',
      );
    }
    config.loadFromCluster();
    return config;
  }
  const where = 'file' in source ? source.file : 'the kubeconfig given as text';
  const text = 'file' in source ? readText(source.file) : source.text;
  const raw = parse(text, where);
  try {
    config.loadFromString(text);
  } catch (cause) {
    throw refuse(`expected a kubeconfig in ${where}: ${cause instanceof Error ? cause.message : cause}`);
  }
  if ('file' in source) config.makePathsAbsolute(resolve(dirname(source.file)));

  const context = config.getContextObject(config.getCurrentContext());
  if (!context)
    throw refuse(
      `expected current-context in ${where} to name a context, found "${raw['current-context'] ?? ''}"`,
    );
  if (!config.getCurrentCluster())
    throw refuse(`expected a cluster "${context.cluster}" in ${where}, found none`);

  const { server } = config.getCurrentCluster() ?? {};
  if (!server || !/^https?:$/.test(URL.parse(server)?.protocol ?? '')) {
    throw refuse(
      `expected an https URL as the server of cluster "${context.cluster}" in ${where}, found none`,
    );
  }
  if (typeof (context.namespace ?? '') !== 'string') {
    throw refuse(`expected the namespace of context "${context.name}" in ${where} to be a string`);
  }

  if (config.getCurrentCluster()?.proxyUrl?.startsWith('socks')) {
    throw refuse(
      `expected an http or https proxy-url in ${where}, found a SOCKS one, which is not supported`,
    );
  }

  // applyToHTTPSOptions leaves even the CA out when there is no user.
  if (!config.getCurrentUser()) {
    config.users = [...(config.users ?? []), { name: '' }];
    config.contexts = config.contexts.map((each) => (each === context ? { ...each, user: '' } : each));
  }
  const user = config.getCurrentUser();
  if (user?.exec)
    throw refuse(
      `expected a token or a client certificate in ${where}, found exec: a kubeconfig that runs a command is refused`,
    );
  if (user?.authProvider)
    throw refuse(`expected a token or a client certificate in ${where}, found auth-provider: it is refused`);

  if (!isToken(user?.token ?? '')) throw refuse(`expected a token of visible ASCII characters in ${where}`);

  // client-node reads `token-file`, once; kubectl's name is `tokenFile`. Both become a file that is read again.
  const listed = (raw.users ?? []).find((each) => each?.name === user?.name)?.user;
  const tokenFile = listed?.tokenFile ?? listed?.['token-file'];
  if (user && typeof tokenFile === 'string') {
    const base = 'file' in source ? dirname(resolve(source.file)) : process.cwd();
    config.users = config.users.map((each) => {
      if (each.name !== user.name) return each;
      const { token: _, ...rest } = each;
      return {
        ...rest,
        authProvider: { name: 'tokenFile', config: { tokenFile: resolve(base, tokenFile) } },
      };
    });
  }
  return config;
}

/** What in a kubeconfig must not be shown, of all its users; nothing when it does not parse. */
export function credentialsIn(text: string): string[] {
  let users: RawKubeconfig['users'];
  try {
    ({ users } = parse(text, ''));
  } catch {
    return [];
  }
  return (users ?? [])
    .flatMap((each) => [each?.user?.token, each?.user?.password, each?.user?.['client-key-data']])
    .filter((each) => typeof each === 'string');
}

/** Makes the agents of a connection from client-node's own reading of certificates. */
export async function access(source: KubeconfigSource): Promise<Access> {
  let config = readKubeconfig(source);
  let token = '';
  let readAt = 0;
  const cluster = config.getCurrentCluster();
  const server = new URL(cluster?.server ?? '');
  const readToken = (): void => {
    const user = config.getCurrentUser();
    const file = user?.authProvider?.config?.tokenFile;
    readAt = Date.now();
    if (file === undefined) token = (user?.token ?? '').trim();
    else {
      try {
        const read = readText(file);
        if (!isToken(read)) throw refuse(`expected a token of visible ASCII characters in ${file}`);
        token = read.trim() || token;
      } catch (error) {
        // Away while it rotates: what was read before may do, and a 401 makes it be read again.
        if (token === '') throw error;
      }
    }
  };
  readToken();
  const { agent, streams } = await agentsOf(config, server);

  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace?.trim() || 'default',
    agent,
    streams,
    headers() {
      if (Date.now() - readAt > TOKEN_AGE) readToken();
      const user = config.getCurrentUser();
      const headers: Record<string, string> = {};
      if (user?.impersonateUser) headers['impersonate-user'] = user.impersonateUser;
      if (token) headers.authorization = `Bearer ${token}`;
      else if (user?.username) {
        headers.authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
      }
      return headers;
    },
    refresh() {
      const before = token;
      try {
        config = readKubeconfig(source);
        readToken();
      } catch {
        // Half written at this moment: what was read before stays.
      }
      return token !== before;
    },
    secrets() {
      const user = config.getCurrentUser();
      return [token, user?.password, user?.keyData].filter((each): each is string => Boolean(each));
    },
  };
}

async function agentsOf(config: KubeConfig, server: URL): Promise<Pick<Access, 'agent' | 'streams'>> {
  const cluster = config.getCurrentCluster();
  // Many at once reuse the warmest connection; the server closes idle ones after three minutes.
  const keep = { keepAlive: true, scheduling: 'lifo' as const };
  if (server.protocol === 'http:') {
    const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname);
    if (loopback || cluster?.skipTLSVerify) return { agent: new http.Agent(keep), streams: new http.Agent() };
    throw refuse(`expected https in ${server.origin}, found http: credentials would travel in the clear`);
  }
  const options: https.RequestOptions = {};
  let secureContext: SecureContext;
  try {
    await config.applyToHTTPSOptions(options);
    const { ca, cert, key, pfx, passphrase } = options;
    // Made once: reading the certificates anew costs each connection more than its handshake.
    secureContext = createSecureContext({ ca, cert, key, pfx, passphrase } as SecureContextOptions);
  } catch (cause) {
    throw refuse(`expected certificates that can be read: ${cause instanceof Error ? cause.message : cause}`);
  }
  if (cluster?.proxyUrl) return { agent: options.agent as http.Agent, streams: options.agent as http.Agent };
  const { rejectUnauthorized, servername } = options;
  const given = { rejectUnauthorized, servername };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    agent: new https.Agent({ ...keep, ...set, secureContext }),
    streams: new https.Agent({ ...set, secureContext }),
  };
}

interface RawKubeconfig {
  'current-context'?: unknown;
  users?: { name?: string; user?: Record<string, unknown> }[];
}

function parse(text: string, where: string): RawKubeconfig {
  let raw: unknown;
  try {
    raw = load(text);
  } catch {
    // The parser's message quotes lines of the file, and those hold credentials.
    throw refuse(`expected YAML in ${where}, found something that does not parse`);
  }
  if (!raw || typeof raw !== 'object' || Array.isArray(raw))
    throw refuse(`expected a kubeconfig in ${where}, found none`);
  if (!Array.isArray((raw as RawKubeconfig).users ?? []))
    throw refuse(`expected a list of users in ${where}, found something else`);
  return raw as RawKubeconfig;
}

/** Whether it can go into a header; white space around it is cut off. */
function isToken(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]*$/.test(token.trim());
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new KubeError(`kubeconfig: expected a file that can be read at ${file}, found ${code}`, {
      reason: 'Kubeconfig',
      cause,
    });
  }
}

function refuse(message: string): KubeError {
  return new KubeError(`kubeconfig: ${message}`, { reason: 'Kubeconfig' });
}
