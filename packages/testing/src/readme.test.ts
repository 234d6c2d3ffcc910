import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test("the README shows hello's own test as it is", () => {
  const root = join(import.meta.dirname, '../../..');
  const readme = readFileSync(join(root, 'packages/testing/README.md'), 'utf8');
  const hello = readFileSync(join(root, 'modules/hello/src/module.test.ts'), 'utf8');
  expect(readme).toContain(`\`\`\`typescript\n${hello}\`\`\``);
});
