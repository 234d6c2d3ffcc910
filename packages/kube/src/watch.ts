import type { IncomingMessage } from 'node:http';
import type { Kube } from './connect.ts';
import { KubeError } from './error.ts';
import { collection, list, type Selection } from './list.ts';
import type { KubeObject } from './object.ts';
import { backoff, sleepFor } from './retry.ts';

export interface WatchEvent {
  /** `SYNCED`, without an object, comes once, when all that was there at the beginning has been told. */
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'SYNCED';
  object?: KubeObject;
}

export interface WatchOptions extends Selection {
  /** Ends the watch at once and quietly. */
  signal?: AbortSignal;
  /** What the caller has listed already: it is not listed again, and not told. */
  since?: { items: KubeObject[]; resourceVersion: string };
}

/** The server ends a watch after this long (s); client-go asks for 5 to 10 minutes. */
const SERVER_SIDE = 290;
/** A connection without a byte for this long (ms) is taken for dead: bookmarks come about every minute. */
const SILENCE = 150_000;

/**
 * All objects of a selection, and then every change of them, for as long as the signal (or the handle's) lets it.
 *
 * Survives a drop, 410 Gone, a stale version and a server that is away, with growing pauses. What vanished meanwhile
 * comes as DELETED with the object as last seen; what is the same as before is not told again.
 *
 * @throws KubeError when the kind is not served, or not allowed, at the beginning
 */
export async function* watch(kube: Kube, options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
  const signals = [options.signal, kube.signal].filter((each): each is AbortSignal => each !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  const bound = kube.with(signal ? { signal } : {});
  const known = new Map<string, KubeObject>(options.since?.items.map((item) => [keyOf(item), item]));
  let version = options.since?.resourceVersion;
  let synced = options.since !== undefined;
  let opened = false;
  let failures = 0;

  try {
    for (;;) {
      signal?.throwIfAborted();
      try {
        if (version === undefined) {
          const all = await list(bound, options);
          yield* difference(known, all.items);
          version = all.resourceVersion;
        }
        if (!synced) yield { type: 'SYNCED' };
        synced = true;
        const began = Date.now();
        for await (const event of changes(bound, options, version, SERVER_SIDE, () => {
          opened = true;
        })) {
          failures = 0;
          const { object } = event;
          version = object.metadata.resourceVersion ?? version;
          if (event.type === 'BOOKMARK') continue;
          const key = keyOf(object);
          if (event.type === 'DELETED') known.delete(key);
          else known.set(key, object);
          yield { type: event.type, object };
        }
        // The server ended it in good order; it goes on from the last version, but not as fast as it can.
        if (Date.now() - began < 1_000) await sleepFor(backoff(3), signal);
      } catch (error) {
        signal?.throwIfAborted();
        if (!opened && isFinal(error)) throw error;
        if (error instanceof KubeError && error.status === 410) version = undefined;
        else {
          failures++;
          // Past a few drops in a row the version itself may be what the server stumbles on.
          if (failures % 3 === 0) version = undefined;
        }
        if (failures > 0) {
          kube.log?.(
            { kind: options.kind, failures, error: kube.redact(String(error)) },
            'watch begins again',
          );
        }
        await sleepFor(backoff(Math.max(1, failures)), signal);
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: KubeObject;
}

/** One connection's worth of changes. */
export async function* changes(
  kube: Kube,
  selection: Selection,
  resourceVersion: string,
  seconds: number = SERVER_SIDE,
  onOpen?: () => void,
): AsyncGenerator<Change, void, undefined> {
  const { path, subject } = await kube.locate(collection(selection));
  const response = await kube.stream({
    path,
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds: Math.max(1, Math.round(seconds)),
      labelSelector: selection.labelSelector,
      fieldSelector: selection.fieldSelector,
    },
  });
  try {
    if (response.statusCode !== 200) throw refusal(response.statusCode ?? 0, subject('watch').object);
    onOpen?.();
    response.socket.setTimeout(SILENCE, () => response.destroy(new Error('silent for too long')));
    for await (const line of lines(response)) {
      const event = JSON.parse(line) as {
        type: string;
        object: KubeObject & { code?: number; message?: string };
      };
      if (event.type === 'ERROR') throw refusal(event.object.code ?? 500, subject('watch').object);
      yield event as Change;
    }
  } finally {
    response.socket?.setTimeout(0);
    response.destroy();
  }
}

function refusal(status: number, object: string): KubeError {
  const reason = status === 410 ? 'Expired' : status === 403 ? 'Forbidden' : 'WatchFailed';
  const hint = status === 403 ? '; ask for the permission to watch' : '';
  return new KubeError(`${object}: the watch was answered with ${status}${hint}`, { status, reason, object });
}

async function* lines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line) yield line;
  }
}

function* difference(known: Map<string, KubeObject>, items: KubeObject[]): Generator<WatchEvent> {
  const present = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, object] of [...known]) {
    // Another one of the same name has another uid: the first was deleted.
    if (present.get(key)?.metadata.uid === object.metadata.uid) continue;
    known.delete(key);
    yield { type: 'DELETED', object };
  }
  for (const [key, object] of present) {
    const before = known.get(key);
    known.set(key, object);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion) continue;
    yield { type: before ? 'MODIFIED' : 'ADDED', object };
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function isFinal(error: unknown): boolean {
  return error instanceof KubeError && [401, 403, 404].includes(error.status);
}
