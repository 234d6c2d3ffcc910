import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Bytes known by their digest (`sha256:` and 64 hex digits). They are read when they are wanted. */
export interface Content {
  digest: string;
  size: number;
  read(): Promise<Uint8Array>;
}

export const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

export const digestOf = (bytes: Uint8Array) => `sha256:${sha256(bytes)}`;

export function contentOf(bytes: Uint8Array): Content {
  return { digest: digestOf(bytes), size: bytes.length, read: async () => bytes };
}

/** A JSON document as it is stored: one line, keys in the order given. */
export const jsonContent = (document: object) => contentOf(Buffer.from(JSON.stringify(document)));

/**
 * The content of a file that should have a digest.
 *
 * @returns undefined when there is no such file, or its bytes are others.
 */
export async function contentOfFile(file: string, digest: string): Promise<Content | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && digestOf(bytes) === digest ? contentOf(bytes) : undefined;
}
