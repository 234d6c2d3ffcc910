import { ANNOTATIONS, type ManagerData } from '@forkspacer/contract';
import type { KubeObject } from '@forkspacer/kube';

/** All annotations of an object together: keys and values in bytes (the API server's own rule). */
const ANNOTATIONS_LIMIT = 256 * 1024;

/**
 * The operator's state on a Module, undefined when there is none.
 * Throws an Error in one line when the annotation is no JSON object: to go on would lose what the module returned.
 */
export function readManagerData(module: KubeObject): ManagerData | undefined {
  const text = module.metadata.annotations?.[ANNOTATIONS.managerData];
  if (text === undefined || text === '') return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    data = undefined;
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new Error(
      `expected annotation ${ANNOTATIONS.managerData} to hold a JSON object, found other text: mend it, or remove it to start from {}`,
    );
  }
  const { innerMetaData } = data as ManagerData;
  return {
    ...(data as ManagerData),
    // Go writes an empty map that was never made as null.
    innerMetaData: typeof innerMetaData === 'object' && innerMetaData !== null ? innerMetaData : {},
  };
}

/** The annotation's text. */
export function writeManagerData(data: ManagerData): string {
  return JSON.stringify(data);
}

/** What is wrong with setting these annotations, manager data among them, on the Module; or undefined. */
export function tooLarge(module: KubeObject, annotations: Record<string, string | null>): string | undefined {
  let total = 0;
  for (const [key, value] of Object.entries({ ...module.metadata.annotations, ...annotations })) {
    if (value !== null) total += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (total <= ANNOTATIONS_LIMIT) return undefined;
  return `the metadata it returned is too large: all annotations together may have ${ANNOTATIONS_LIMIT} bytes, with it they have ${total}; the metadata from before is kept`;
}
