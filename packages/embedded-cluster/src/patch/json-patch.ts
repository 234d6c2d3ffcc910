import { badRequest, StatusError } from '../status.ts';
import { clone, same } from '../store/freeze.ts';

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** RFC 6902. Returns the patched document; `document` itself stays as it is. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${typeof patch} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > 10_000) {
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is 10000, got ${patch.length}`,
    );
  }
  const holder = { root: clone(document) };
  for (const operation of patch as Operation[]) apply(holder, operation);
  return holder.root;
}

/** The server does not tell which operation failed, and why. */
function rejected(): StatusError {
  return new StatusError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  );
}

function apply(holder: { root: unknown }, { op, path, from, value }: Operation): void {
  switch (op) {
    case 'add':
      add(holder, path, clone(value));
      return;
    case 'remove':
      remove(holder, path);
      return;
    case 'replace': {
      // A field that is not there is added: the real server's library does not look.
      set(holder, path, clone(value));
      return;
    }
    case 'move': {
      const moved = get(holder, from);
      remove(holder, from);
      add(holder, path, moved);
      return;
    }
    case 'copy':
      add(holder, path, clone(get(holder, from)));
      return;
    case 'test': {
      const found = lookUp(holder, path);
      if (!same(found ?? null, value ?? null)) throw rejected();
      return;
    }
    default:
      throw rejected();
  }
}

function parse(path: string | undefined): string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw rejected();
  return path === ''
    ? []
    : path
        .slice(1)
        .split('/')
        .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The container that holds the last token, and that token. */
function locate(
  holder: { root: unknown },
  path: string | undefined,
): [Record<string, unknown> | unknown[], string] {
  const tokens = parse(path);
  let container: unknown = holder;
  let last = 'root';
  for (const token of tokens) {
    container = Array.isArray(container)
      ? container[index(container, last)]
      : (container as Record<string, unknown>)[last];
    if (typeof container !== 'object' || container === null) throw rejected();
    last = token;
  }
  return [container as Record<string, unknown> | unknown[], last];
}

function index(list: unknown[], token: string, end = list.length - 1): number {
  if (!/^-?\d+$/.test(token)) throw rejected();
  const at = Number(token) < 0 ? Number(token) + list.length : Number(token);
  if (at < 0 || at > end) throw rejected();
  return at;
}

function lookUp(holder: { root: unknown }, path: string | undefined): unknown {
  const [container, key] = locate(holder, path);
  return Array.isArray(container) ? container[index(container, key)] : container[key];
}

function get(holder: { root: unknown }, path: string | undefined): unknown {
  const [container, key] = locate(holder, path);
  if (!Array.isArray(container) && !Object.hasOwn(container, key)) throw rejected();
  return Array.isArray(container) ? container[index(container, key)] : container[key];
}

function add(holder: { root: unknown }, path: string | undefined, value: unknown): void {
  const [container, key] = locate(holder, path);
  if (!Array.isArray(container)) container[key] = value;
  else if (key === '-') container.push(value);
  else container.splice(index(container, key, container.length), 0, value);
}

function set(holder: { root: unknown }, path: string, value: unknown): void {
  const [container, key] = locate(holder, path);
  if (Array.isArray(container)) container[index(container, key)] = value;
  else container[key] = value;
}

function remove(holder: { root: unknown }, path: string | undefined): void {
  const [container, key] = locate(holder, path);
  if (Array.isArray(container)) container.splice(index(container, key), 1);
  else if (Object.hasOwn(container, key)) delete container[key];
  else throw rejected();
}
