import { RE2JS } from 're2js';
import { found } from './found.ts';
import { fail, type Result, succeed, unwrap } from './result.ts';
import { compareVersions, parseVersion, type SemVer } from './semver.ts';

/** A range of versions in the words of Go's Masterminds/semver v3, which is what `supportedOperatorVersion` holds. */
export interface Constraint {
  readonly text: string;
  /** Throws when `version` is none. A pre-release is allowed only where the constraint itself names one. */
  allows(version: string): boolean;
}

/** Whether an operator of this version may run what has this `supportedOperatorVersion`. Throws when either is none. */
export function satisfies(version: string, constraint: string): boolean {
  return unwrap(parseConstraint(constraint)).allows(version);
}

const BYTES_LIMIT = 512;
const GROUPS_LIMIT = 32;

/**
 * Reads `>= 0.0.0, < 1.0.0`: comma or space is AND, `||` is OR; `=`, `!=`, `>`, `<`, `>=`, `<=`, `~`, `^`, wildcards
 * (`1.x`, `*`) and `1.2 - 2.3`. An empty text is none.
 * The grammar and each rule follow Masterminds/semver v3.5, oddities included; masterminds/ holds its answers.
 */
export function parseConstraint(text: unknown): Result<Constraint> {
  if (typeof text !== 'string') return refused(text, '');
  if (text.length > BYTES_LIMIT || new TextEncoder().encode(text).length > BYTES_LIMIT) {
    return refused(text, `, at most ${BYTES_LIMIT} bytes long`);
  }
  const parts = rewriteHyphens(text).split('||');
  if (parts.length > GROUPS_LIMIT) return refused(text, `, at most ${GROUPS_LIMIT} groups`);

  const groups: Comparison[][] = [];
  for (const part of parts) {
    const group = parseGroup(part);
    if (!group) return refused(text, '');
    groups.push(group);
  }
  return succeed({
    text,
    allows(version) {
      const parsed = parseVersion(version);
      return groups.some((group) => groupAllows(group, parsed));
    },
  });
}

function refused(text: unknown, more: string) {
  const expected = `a version constraint such as ">= 0.0.0, < 1.0.0"${more}`;
  return fail({ path: '', expected, found: found(text) });
}

interface Comparison {
  operator: string;
  version: SemVer;
  /** Which parts were left open, by a wildcard or by leaving them out: any of them, from the minor on, the patch. */
  open: boolean;
  minorOpen: boolean;
  patchOpen: boolean;
}

// The library's own expressions on the same engine: the first alternative that leads to a match wins, and no input is
// slow. (In a backtracking engine, a few runs of spaces take for ever here.)
const VERSION =
  'v?([0-9|x|X|\\*]+)(\\.[0-9|x|X|\\*]+)?(\\.[0-9|x|X|\\*]+)?' +
  '(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?(\\+([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?';
const OPERATOR = '=||!=|>|<|>=|=>|<=|=<|~|~>|\\^';
const ONE = `(${OPERATOR})\\s*(${VERSION})`;

const lazily = (pattern: string) => {
  let compiled: RE2JS | undefined;
  return () => {
    compiled ??= RE2JS.compile(pattern);
    return compiled;
  };
};
const single = lazily(`^\\s*${ONE}\\s*$`);
const each = lazily(ONE);
const whole = lazily(`^(\\s*${ONE}\\s*)((?:\\s+|,\\s*)${ONE}\\s*)*$`);
const hyphen = lazily(`\\s*(${VERSION})\\s+-\\s+(${VERSION})\\s*`);
const SECOND_OF_HYPHEN = 11;

function rewriteHyphens(text: string): string {
  const matcher = hyphen().matcher(text);
  let rewritten = text;
  while (matcher.find()) {
    const range = `>= ${matcher.group(1)}, <= ${matcher.group(SECOND_OF_HYPHEN)} `;
    rewritten = rewritten.replace(matcher.group(0)!, () => range);
  }
  return rewritten;
}

function parseGroup(text: string): Comparison[] | undefined {
  if (!whole().matcher(text).find()) return undefined;
  const matcher = each().matcher(text);
  const group: Comparison[] = [];
  while (matcher.find()) {
    const comparison = parseComparison(matcher.group(0)!);
    if (!comparison) return undefined;
    group.push(comparison);
  }
  return group;
}

function parseComparison(text: string): Comparison | undefined {
  const matcher = single().matcher(text);
  if (!matcher.find()) return undefined;
  const part = (index: number) => matcher.group(index) ?? '';
  const [operator, written, major, minor, patch, pre] = [
    part(1),
    part(2),
    part(3),
    part(4),
    part(5),
    part(6),
  ];
  const minorOpen = !isOpen(major) && isOpen(minor);
  const patchOpen = !isOpen(major) && !isOpen(minor) && isOpen(patch);
  const version = isOpen(major)
    ? `0.0.0${pre}`
    : minorOpen
      ? `${major}.0.0${pre}`
      : patchOpen
        ? `${major}${minor}.0${pre}`
        : written;
  try {
    const open = isOpen(major) || minorOpen || patchOpen;
    return { operator, version: parseVersion(version), open, minorOpen, patchOpen };
  } catch {
    return undefined; // `1xx`, `1.2.3-01`: the grammar lets it through, the version does not
  }
}

function isOpen(part: string): boolean {
  return ['', 'x', 'X', '*'].includes(part.replace(/^\./, ''));
}

function groupAllows(group: readonly Comparison[], version: SemVer): boolean {
  const prereleases = group.some((comparison) => isPrerelease(comparison.version));
  if (isPrerelease(version) && !prereleases) return false;
  return group.every((comparison) => OPERATORS[comparison.operator]!(version, comparison));
}

function isPrerelease(version: SemVer): boolean {
  return version.prerelease.length > 0;
}

const OPERATORS: Readonly<Record<string, (version: SemVer, comparison: Comparison) => boolean>> = {
  '': equal,
  '=': equal,
  '!=': notEqual,
  '>': greater,
  '<': (version, { version: bound }) => compareVersions(version, bound) < 0,
  '>=': greaterOrEqual,
  '=>': greaterOrEqual,
  '<=': lessOrEqual,
  '=<': lessOrEqual,
  '~': tilde,
  '~>': tilde,
  '^': caret,
};

function equal(version: SemVer, comparison: Comparison): boolean {
  return comparison.open ? tilde(version, comparison) : compareVersions(version, comparison.version) === 0;
}

function notEqual(version: SemVer, { version: bound, open, minorOpen, patchOpen }: Comparison): boolean {
  if (open) {
    if (bound.major !== version.major) return true;
    if (minorOpen) return false;
    if (bound.minor !== version.minor) return true;
    // `!=1.2.x-beta` lets every other pre-release of 1.2 through.
    if (patchOpen) return bound.prerelease.join('.') !== version.prerelease.join('.');
    if (bound.patch !== version.patch) return true;
  }
  return compareVersions(version, bound) !== 0;
}

function greater(version: SemVer, { version: bound, minorOpen, patchOpen }: Comparison): boolean {
  if (!minorOpen && !patchOpen) return compareVersions(version, bound) > 0;
  if (version.major !== bound.major) return version.major > bound.major;
  // Nothing in 11.x is greater than 11, nothing in 11.1.x greater than 11.1.
  return patchOpen && version.minor > bound.minor;
}

function greaterOrEqual(version: SemVer, { version: bound }: Comparison): boolean {
  return compareVersions(version, bound) >= 0;
}

function lessOrEqual(version: SemVer, { version: bound, open, minorOpen }: Comparison): boolean {
  if (!open) return compareVersions(version, bound) <= 0;
  if (version.major !== bound.major) return version.major < bound.major;
  return minorOpen || version.minor <= bound.minor;
}

function tilde(version: SemVer, { version: bound, minorOpen, patchOpen }: Comparison): boolean {
  if (compareVersions(version, bound) < 0) return false;
  // `*`, and oddly `~0.0.0` too, is anything from there on.
  const zero = bound.major === 0 && bound.minor === 0 && bound.patch === 0;
  if (zero && !minorOpen && !patchOpen) return true;
  return version.major === bound.major && (minorOpen || version.minor === bound.minor);
}

function caret(version: SemVer, { version: bound, minorOpen, patchOpen }: Comparison): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (version.major !== bound.major) return false;
  if (bound.major > 0 || minorOpen) return true;
  if (version.minor !== bound.minor) return false;
  return bound.minor > 0 || patchOpen || version.patch === bound.patch;
}
