import { INSTALLED_DEFINITION, type ModuleObject } from './resources.ts';
import type { Definition } from './source.ts';

/** What the Module was last installed with; undefined when it was not, or not by this operator. */
export function readInstalled(module: ModuleObject): Definition | undefined {
  try {
    const found = JSON.parse(module.metadata.annotations?.[INSTALLED_DEFINITION] ?? '');
    return typeof found?.image === 'string' ? (found as Definition) : undefined;
  } catch {
    return undefined;
  }
}
