import SemVer from 'semver/classes/semver.js';
import compareVersions from 'semver/functions/compare.js';
import { found } from './found.ts';

const LENGTH_LIMIT = 256;
const LOOSE = /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

export { compareVersions, SemVer };

/**
 * A version as Masterminds reads it: `v` before it, missing parts and leading zeros are let through. Throws when it is
 * none. One limit is npm's: a part above 2^53 is no version here.
 */
export function parseVersion(text: string): SemVer {
  const match = text.length <= LENGTH_LIMIT ? LOOSE.exec(text) : null;
  try {
    if (match) {
      const [, major = '0', minor = '0', patch = '0', pre = '', build = ''] = match;
      return new SemVer(`${withoutZeros(major)}.${withoutZeros(minor)}.${withoutZeros(patch)}${pre}${build}`);
    }
  } catch {
    // told below, in our words
  }
  throw new TypeError(`expected a version such as 0.1.24, found ${found(text)}`);
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=[0-9])/, '');
}
