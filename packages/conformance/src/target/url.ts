import type { Target } from './target.ts';

/** A module that runs elsewhere; it is called, never started or ended. */
export function urlTarget(url: string): Target {
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:') {
    throw new Error(`expected an http URL (the operator speaks plain HTTP to a runner), found ${url}`);
  }
  return { title: parsed.origin, url: parsed.origin };
}
