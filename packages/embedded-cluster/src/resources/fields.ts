import type { KubeObject } from '../object.ts';

/** A part of an object: what the schema of its kind says, which decoding has made sure of. */
export type Fields = KubeObject['spec'];
