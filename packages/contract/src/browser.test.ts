import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('a browser can load it: no import but its own files, yaml, re2js and semver, and no Node globals', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /(?<!\.test)\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) {
    const source = readFileSync(`${import.meta.dirname}/${file}`, 'utf8');
    for (const [, name] of source.matchAll(/\bfrom '([^']+)'/g)) {
      expect(name, file).toMatch(/^(\.\/[\w-]+\.ts|yaml|re2js|semver\/[\w/]+\.js)$/);
    }
    expect(source, file).not.toMatch(/\b(process\.|Buffer\b|require\()/);
  }
});
