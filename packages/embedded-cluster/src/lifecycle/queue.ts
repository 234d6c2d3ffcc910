/** Work by key, done soon after and once for several reasons. */
export interface Queue<Key> {
  add(key: Key): void;
  stop(): void;
}

export function workQueue<Key>(work: (key: Key) => void): Queue<Key> {
  const waiting = new Set<Key>();
  let handle: NodeJS.Immediate | undefined;
  const run = (): void => {
    handle = undefined;
    for (const key of waiting) {
      waiting.delete(key);
      work(key);
    }
  };
  return {
    add(key) {
      waiting.add(key);
      handle ??= setImmediate(run);
    },
    stop() {
      waiting.clear();
      clearImmediate(handle);
    },
  };
}
