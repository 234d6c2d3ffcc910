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

export const knownDifferences: KnownDifference[] = [
  {
    story: /^(tables-|a-custom-resource-prints|a-watch-may-be-answered)/,
    at: /columnDefinitions\[\d+\]\.description$/,
    reason: 'Columns of Tables have no descriptions: kubectl never shows them.',
  },
  {
    story: /^(a-claim-has-rules|a-pod-keeps-its-spec)$/,
    at: /\.message$/,
    reason:
      "The refusal of a change to a Pod's or a claim's spec ends after its first line: what follows is a comparison of Go structs.",
  },
  {
    story: 'a-job-has-rules',
    at: /^6 .*\.message$/,
    reason:
      "The refusal of a change to a Job's template shows the template as JSON: a real server shows the Go struct.",
  },
  {
    story: 'a-secret-has-a-type-with-rules',
    at: /\.message$/,
    reason: 'What is wrong with JSON inside a Secret is told in other words than those of the Go parser.',
  },
  {
    story: 'apply-body-may-be-yaml',
    at: /^2 .*\.message$/,
    reason: 'What is wrong with YAML is told in other words than those of the Go parser.',
  },
  {
    story: 'a-patch-that-makes-no-sense-is-refused',
    at: /^5 /,
    reason:
      'A patch that changes the kind of an object is refused for that: a real server reads the object as that kind first and tells what does not fit.',
  },
  {
    story: 'a-claim-takes-a-volume-made-by-hand',
    at: /managedFields\[0\]$/,
    reason:
      'spec.claimRef of a PersistentVolume has one owner as a whole: on a real server each field has its own.',
  },
];

export function isKnown(known: KnownDifference, story: string, difference: Difference): boolean {
  const sameStory = typeof known.story === 'string' ? known.story === story : known.story.test(story);
  return sameStory && known.at.test(difference.at);
}
