import type { ServerResponse } from 'node:http';
import { eventFor } from '../machinery/inner-client.ts';
import type { Kind } from '../machinery/kind.ts';
import { selection } from '../machinery/selection.ts';
import type { KubeObject } from '../object.ts';
import { StatusError } from '../status.ts';
import type { Store } from '../store/store.ts';
import { type Answer, json } from './answer.ts';
import { readVersion, versionTooLarge } from './list.ts';
import type { ListOptions } from './options.ts';

/** How often a watch that allows them is sent a bookmark, in milliseconds. */
const BOOKMARK_INTERVAL = 60_000;

/**
 * A stream of events, from the version named, or first of all that there is. Too old a version is told as the
 * stream's only event, with status 200, as the real server does.
 */
export function watchAnswer(
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  options: ListOptions,
  write: (object: KubeObject, first: boolean) => string,
): Answer {
  const chosen = selection(kind.resource, options.labelSelector, options.fieldSelector);
  const version = readVersion(options.resourceVersion, (why) => new StatusError(500, undefined, why));
  if (version !== undefined && version > store.version)
    return json(versionTooLarge(version, store.version).status, 504);
  const fromNow = version === undefined || version === 0 || options.sendInitialEvents === true;
  const withItems = options.sendInitialEvents ?? fromNow;

  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    stream(response: ServerResponse) {
      let first = true;
      const send = (type: string, text: string): void => {
        first = false;
        response.write(`{"type":"${type}","object":${text}}\n`);
      };
      const bookmark = (initialEnd: boolean): void => {
        const metadata: Record<string, unknown> = {
          resourceVersion: String(store.version),
        };
        if (initialEnd) metadata.annotations = { 'k8s.io/initial-events-end': 'true' };
        const { apiVersion, resource } = kind;
        send(
          'BOOKMARK',
          write({ kind: resource.kind, apiVersion, metadata } as unknown as KubeObject, first),
        );
      };
      response.flushHeaders();
      let stop = (): void => {};
      try {
        if (withItems) {
          for (const stored of kind.table.list(namespace)) {
            const object = kind.fromStored(stored);
            if (chosen(object)) send('ADDED', write(object, first));
          }
          if (options.sendInitialEvents && options.allowWatchBookmarks) bookmark(true);
        }
        const since = fromNow ? store.version : version!;
        stop = kind.table.watch(since, (change) => {
          if (namespace !== undefined && change.object.metadata.namespace !== namespace) return;
          const event = eventFor(kind, change, chosen);
          if (event) send(event.type, write(event.object, first));
        });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        send('ERROR', JSON.stringify(error.status));
        response.end();
        return;
      }
      const beat = options.allowWatchBookmarks
        ? setInterval(() => bookmark(false), BOOKMARK_INTERVAL)
        : undefined;
      // Without a wish of the client's the real server ends watches after 30 to 60 minutes.
      const seconds = options.timeoutSeconds || 1800 + Math.random() * 1800;
      const end = setTimeout(() => {
        if (options.allowWatchBookmarks) bookmark(false);
        response.end();
      }, seconds * 1000);
      beat?.unref();
      end.unref();
      response.on('close', () => {
        stop();
        clearInterval(beat);
        clearTimeout(end);
      });
    },
  };
}
