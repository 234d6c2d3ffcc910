import type { Difference } from './compare.ts';

/** A difference from a real cluster that is known and stays. */
export interface KnownDifference {
  /** The name of a story, or every story that matches. */
  story: string | RegExp;
  /** Matches the place of the difference: `<entry number> <step> <path of the field>`. */
  at: RegExp;
  /** For the reader of the README: what differs and why it stays. */
  reason: string;
}

export const knownDifferences: KnownDifference[] = [];

export function isKnown(known: KnownDifference, story: string, difference: Difference): boolean {
  const sameStory = typeof known.story === 'string' ? known.story === story : known.story.test(story);
  return sameStory && known.at.test(difference.at);
}
