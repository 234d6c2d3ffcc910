/** Draws what `pnpm demo` prints, as a picture for the README: `node scripts/demo-picture.ts`. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const LINE = 19;
const LETTER = 8.4;
const PADDING = 18;

const { status, stdout, stderr } = spawnSync('forkspacer-modules', ['demo'], { cwd: root, encoding: 'utf8' });
if (status !== 0) throw new Error(`the demo failed: ${stderr.trim()}`);

const lines = ['$ npx -y pnpm@12 demo', ...stdout.trimEnd().split('\n')];
const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * LETTER) + 2 * PADDING;
const height = lines.length * LINE + 2 * PADDING;
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Calls and phases are quiet, titles loud, so that the eye finds the story. */
function colour(line: string): string {
  if (line.startsWith('$')) return '#8be9fd';
  if (/^ {2}.* \(\d+ ms\)$/.test(line)) return '#50fa7b';
  if (line.startsWith('  ')) return '#9aa5b1';
  return '#f8f8f2';
}

const rows = lines.map(
  (line, index) =>
    `<text x="${PADDING}" y="${PADDING + (index + 0.75) * LINE}" fill="${colour(line)}" xml:space="preserve">${escaped(line)}</text>`,
);
const svg = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="Output of the demo">`,
  `<rect width="${width}" height="${height}" rx="8" fill="#1e2430"/>`,
  `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">`,
  ...rows,
  '</g></svg>',
].join('\n');
writeFileSync(join(root, '.github/demo.svg'), `${svg}\n`);
