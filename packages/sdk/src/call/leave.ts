import { find, type ObjectRef, remove } from '@forkspacer/kube';
import { type HeldAnchor, isSame } from '../anchor/held.ts';
import type { ModuleDefinition, VerbContext } from '../define-module.ts';

/**
 * Uninstall: the module's own part, then everything that was made, newest first, and the anchor last. Where something
 * is retained, the anchor stays with it.
 *
 * @throws the first failure, after everything else was removed: the anchor still lists what is left
 */
export async function leave(
  definition: ModuleDefinition,
  context: VerbContext,
  held: HeldAnchor,
): Promise<void> {
  const { kube, log, signal } = context;
  const retained: ObjectRef[] = [];
  // Data that this install took up, and never finished with, is still what an earlier uninstall was told to keep.
  if (held.content.state === 'installing') retained.push(...held.content.kept);
  await definition.uninstall?.({
    ...context,
    made: [...held.content.made],
    retain: (...objects) => void retained.push(...objects),
  });
  signal.throwIfAborted();

  const isRetained = (ref: ObjectRef) => retained.some((each) => isSame(each, ref));
  let failure: unknown;
  for (const ref of held.content.made.toReversed()) {
    if (isRetained(ref)) continue;
    try {
      await remove(kube, ref);
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: error, object: ref }, 'not removed');
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;

  const stay: ObjectRef[] = [];
  for (const ref of retained) {
    if (!stay.some((each) => isSame(each, ref)) && (await find(kube, ref))) stay.push(ref);
  }
  if (stay.length === 0) return held.remove();
  await held.change(() => ({ state: 'retained', touched: kube.now(), made: stay, kept: [], previous: [] }));
  log.info({ objects: stay.length }, 'data retained');
}
