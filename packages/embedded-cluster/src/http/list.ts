import type { Kind } from '../machinery/kind.ts';
import { selection } from '../machinery/selection.ts';
import type { KubeObject } from '../object.ts';
import { badRequest, expired, StatusError } from '../status.ts';
import { keyOf, type Store } from '../store/store.ts';
import type { ListOptions } from './options.ts';

export interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

export interface Page {
  items: KubeObject[];
  metadata: ListMeta;
}

interface Token {
  v: 'meta.k8s.io/v1';
  rv: number;
  /** The last key that was sent. */
  start: string;
}

/** One page of a list, of now or of the version that a continue token or `Exact` names. */
export function listPage(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  options: ListOptions,
): Page {
  const chosen = selection(kind.resource, options.labelSelector, options.fieldSelector);
  const token = options.continue === '' ? undefined : readToken(options.continue);
  if (token && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const version = token?.rv ?? exactVersion(store, options) ?? store.version;
  let stored: readonly KubeObject[];
  try {
    stored = kind.table.listAt(version, namespace);
  } catch (error) {
    if (!token || !(error instanceof StatusError) || error.code !== 410) throw error;
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  let from = 0;
  if (token) while (from < stored.length && keyOf(stored[from]!) <= token.start) from++;
  const items: KubeObject[] = [];
  const metadata: ListMeta = { resourceVersion: String(version) };
  const limit = options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
  for (let index = from; index < stored.length; index++) {
    const object = kind.fromStored(stored[index]!);
    if (!chosen(object)) continue;
    if (items.length === limit) {
      const start = keyOf(items.at(-1)!);
      metadata.continue = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start })).toString(
        'base64url',
      );
      // With a selector the real server does not know how many are left.
      if (!options.labelSelector && !options.fieldSelector)
        metadata.remainingItemCount = stored.length - index;
      break;
    }
    items.push(object);
  }
  return { items, metadata };
}

function readToken(text: string): Token {
  let token: Token | undefined;
  const decoded = Buffer.from(text, 'base64url');
  try {
    token = JSON.parse(decoded.toString());
  } catch {
    const first = decoded[0] ?? 0;
    const shown =
      first < 0x20 || first > 0x7e
        ? `\\u00${first.toString(16).padStart(2, '0')}`
        : String.fromCharCode(first);
    throw badRequest(
      `invalid continue token: continue key is not valid: invalid character '${shown}' looking for beginning of value`,
    );
  }
  if (token?.v !== 'meta.k8s.io/v1' || typeof token.rv !== 'number') {
    throw badRequest(
      'invalid continue token: continue key is not valid: invalid character in continue token',
    );
  }
  return token;
}

function exactVersion(store: Store, options: ListOptions): number | undefined {
  const version = readVersion(options.resourceVersion, (why) =>
    badRequest(`invalid resource version: ${why}`),
  );
  if (version === undefined || version === 0) return undefined;
  if (version > store.version) throw versionTooLarge(version, store.version);
  return options.resourceVersionMatch === 'Exact' ? version : undefined;
}

export function readVersion(text: string, refuse: (why: string) => Error): number | undefined {
  if (text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    throw refuse(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

export function versionTooLarge(version: number, current: number): StatusError {
  return new StatusError(
    504,
    'Timeout',
    `Timeout: Too large resource version: ${version}, current: ${current}`,
    {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  );
}
