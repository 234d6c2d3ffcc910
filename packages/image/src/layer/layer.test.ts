import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packLayer } from './layer.ts';
import { type Entry, FIXED_TIME, readTar, writeTar } from './tar.ts';

const file = (path: string, text = path, mode = 0o644): Entry => ({
  type: 'file',
  path,
  mode,
  content: Buffer.from(text),
});
const entries: Entry[] = [
  file('app/main.cjs', `${'console.log(1);\n'.repeat(5000)}`),
  file('app/a', 'x', 0o755),
  { type: 'symlink', path: 'lib', mode: 0o777, target: 'usr/lib' },
  { type: 'directory', path: 'tmp', mode: 0o1777 },
];

test('a layer is these bytes, with every version of node and on every processor', () => {
  const { content, diffId } = packLayer(entries);
  expect({ digest: content.digest, diffId }).toMatchInlineSnapshot(`
    {
      "diffId": "sha256:5666568305de8598ac2fbe50451af7d184e22d5ab3467650ab8d908dafa82b3f",
      "digest": "sha256:21844088e7c98a94beb0af077d544b3c9783ae9976e66b8e32c2bca1cff7e658",
    }
  `);
});

test('the order in which entries are given does not matter', () => {
  expect(packLayer(entries.toReversed()).content.digest).toBe(packLayer(entries).content.digest);
});

test('a tar is read back as it was written, with the parents that it needs', () => {
  const read = [...readTar(writeTar(entries))];
  expect(read.map(({ path, type, mode }) => ({ path, type, mode }))).toEqual([
    { path: 'app', type: 'directory', mode: 0o755 },
    { path: 'app/a', type: 'file', mode: 0o755 },
    { path: 'app/main.cjs', type: 'file', mode: 0o644 },
    { path: 'lib', type: 'symlink', mode: 0o777 },
    { path: 'tmp', type: 'directory', mode: 0o1777 },
  ]);
});

test('tar itself reads what is written', () => {
  const long = `${'folder/'.repeat(20)}${'n'.repeat(90)}`;
  const listed = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], {
    input: writeTar([file(long), ...entries]),
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
  });
  expect(listed).toContain(long);
  expect(listed).toMatch(/^lrwxrwxrwx.* lib -> usr\/lib$/m);
  expect(listed).toMatch(/^drwxrwxrwt.* tmp\/$/m);
});

test('what tar writes is read, long names, hard links and all', () => {
  const script = [
    'd=$(mktemp -d); cd "$d"; mkdir -p sub; n=$(printf "n%.0s" $(seq 180))',
    'echo text > "sub/$n"; ln "sub/$n" sub/hard; ln -s "$n" sub/soft',
    'tar --format=$0 -cf - ./sub; rm -rf "$d"',
  ].join('; ');
  for (const format of ['gnu', 'pax']) {
    const read = [...readTar(execFileSync('sh', ['-c', script, format]))];
    const name = `sub/${'n'.repeat(180)}`;
    expect(read.map(({ path }) => path).sort(), format).toEqual(['sub', 'sub/hard', name, 'sub/soft'].sort());
    expect(
      read.find(({ type }) => type === 'file'),
      format,
    ).toMatchObject({ content: Buffer.from('text\n') });
    expect(
      read.find(({ type }) => type === 'link'),
      format,
    ).toBeDefined();
    expect(
      read.find(({ type }) => type === 'symlink'),
      format,
    ).toMatchObject({ target: 'n'.repeat(180) });
  }
});

test('what does not fit is refused, and nothing is cut off', () => {
  expect(() => writeTar([file('a'), file('a')])).toThrow('expected each path once in a layer, found a twice');
  expect(() => writeTar([file('n'.repeat(101))])).toThrow('expected a path that fits a ustar header');
  expect(() => [...readTar(writeTar(entries).subarray(0, 3000))]).toThrow('expected a whole tar archive');
});

test('everything in a layer is of one time', () => {
  const tar = writeTar(entries);
  expect(Number.parseInt(tar.toString('latin1', 136, 147), 8)).toBe(FIXED_TIME);
});
