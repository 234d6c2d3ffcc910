import { DEPTH_LIMIT } from '@forkspacer/contract';
import type { Metadata } from '../define-module.ts';

export type Parsed = { ok: true; metadata: Metadata } | { ok: false; text: string };

/** The metadata out of a body. None, `{}` and `null` are all {}, as Go's JSON has it. */
export function parseMetadata(bytes: Buffer): Parsed {
  if (bytes.length === 0) return { ok: true, metadata: {} };
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The parser's own message quotes the body, and metadata is nobody else's business.
    return refuse('a body that does not parse');
  }
  if (value === null) return { ok: true, metadata: {} };
  if (typeof value !== 'object') return refuse(`a ${typeof value}`);
  if (Array.isArray(value)) return refuse('a list');
  if (deeperThan(value, DEPTH_LIMIT)) {
    return { ok: false, text: `expected metadata nested at most ${DEPTH_LIMIT} deep, found deeper` };
  }
  return { ok: true, metadata: value as Metadata };
}

function refuse(found: string): Parsed {
  return { ok: false, text: `expected a JSON object of metadata as the body, found ${found}` };
}

// Level by level, not by recursion: what is to be refused may be deeper than the stack.
function deeperThan(root: object, limit: number): boolean {
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level
      .flatMap((each) => Object.values(each))
      .filter((each): each is object => typeof each === 'object' && each !== null);
  }
  return false;
}
