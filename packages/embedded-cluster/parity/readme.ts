// Writes the list of known differences into the package's README: node packages/embedded-cluster/parity/readme.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { knownDifferences } from './differences.ts';

const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- differences: written by parity/readme.ts -->';
const END = '<!-- end of differences -->';

/** The README as it is, and as the differences want it. */
export function readme(): { found: string; expected: string } {
  const found = readFileSync(README, 'utf8');
  const begin = found.indexOf(BEGIN);
  const end = found.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and ${END} in README.md, found them not`);
  return { found, expected: `${found.slice(0, begin)}${BEGIN}\n${list()}\n${found.slice(end)}` };
}

function list(): string {
  if (knownDifferences.length === 0) return 'No difference is known.';
  const reasons = new Set(knownDifferences.map(({ reason }) => reason));
  return [...reasons].map((reason) => `- ${reason}`).join('\n');
}

if (import.meta.main) writeFileSync(README, readme().expected);
