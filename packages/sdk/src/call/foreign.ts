import { oneLine } from '@forkspacer/contract';
import type { Metadata } from '../define-module.ts';

/** The keys of the metadata that are the runtime's own. */
export const OWN_KEYS = ['module', 'instance', 'anchor'] as const;

const own = (metadata: Metadata, key: (typeof OWN_KEYS)[number]): string | undefined => {
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Whose metadata it is, as far as it says so; an instance is meant only when the module is named, too. */
export function ownerOf(metadata: Metadata): { module?: string; instance?: string; anchor?: string } {
  const module = own(metadata, 'module');
  if (module === undefined) return {};
  return { module, instance: own(metadata, 'instance'), anchor: own(metadata, 'anchor') };
}

/** The text for a call that came with another instance's metadata: it names both. */
export function foreignText(
  module: string,
  verb: string,
  metadata: Metadata,
  here: { instance?: string; anchor?: string },
): string {
  const theirs = ownerOf(metadata);
  return oneLine(
    `${module} ${verb}: expected metadata of ${named({ module, ...here })}, found that of ${named(theirs)}; nothing was changed`,
  );
}

function named({
  module,
  instance,
  anchor,
}: {
  module?: string;
  instance?: string;
  anchor?: string;
}): string {
  return `${module}${instance ? ` instance ${instance}` : ''}${anchor ? ` (anchor ${anchor})` : ''}`;
}
