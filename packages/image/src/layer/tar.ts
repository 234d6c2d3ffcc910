/** One entry of a tar, as far as a layer needs it. Paths are relative, without a leading `./` or `/`. */
export type Entry = { path: string; mode: number } & (
  | { type: 'file'; content: Uint8Array }
  | { type: 'directory' }
  | { type: 'symlink'; target: string }
);

/** What every entry is dated, in seconds: 1980-01-01, which no tool takes for a mistake as it does 1970. */
export const FIXED_TIME = 315_532_800;

const BLOCK = 512;

/**
 * Writes entries as a ustar archive that depends on nothing else: sorted by path, owned by root, all of one time, with
 * every parent folder (0755 unless it is given).
 *
 * @throws Error when two entries have one path, or a path does not fit ustar (about 250 bytes).
 */
export function writeTar(entries: Entry[]): Buffer {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    if (byPath.has(entry.path))
      throw new Error(`expected each path once in a layer, found ${entry.path} twice`);
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const parent = path.slice(0, slash);
      if (!byPath.has(parent)) byPath.set(parent, { path: parent, type: 'directory', mode: 0o755 });
    }
  }
  const sorted = [...byPath.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
  const parts = sorted.flatMap((entry) => {
    if (entry.type !== 'file') return [header(entry, 0)];
    return [header(entry, entry.content.length), entry.content, padding(entry.content.length)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** The header of a file whose content is written by someone else, followed by `padding(size)`. */
export function fileHeader(path: string, size: number): Buffer {
  return header({ path, type: 'file', mode: 0o644, content: new Uint8Array() }, size);
}

export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The two empty blocks that end an archive. */
export const END_OF_TAR = Buffer.alloc(2 * BLOCK);

const TYPE_FLAG = { file: '0', symlink: '2', directory: '5' };

function header(entry: Entry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, name] = split(entry.type === 'directory' ? `${entry.path}/` : entry.path);
  block.write(name, 0);
  octal(block, entry.mode, 100, 8);
  octal(block, 0, 108, 8);
  octal(block, 0, 116, 8);
  octal(block, size, 124, 12);
  octal(block, FIXED_TIME, 136, 12);
  block.write(TYPE_FLAG[entry.type], 156);
  if (entry.type === 'symlink') {
    if (Buffer.byteLength(entry.target) > 100)
      throw new Error(`expected a link of at most 100 bytes at ${entry.path}`);
    block.write(entry.target, 157);
  }
  block.write('ustar\0', 257);
  block.write('00', 263);
  octal(block, 0, 329, 8);
  octal(block, 0, 337, 8);
  block.write(prefix, 345);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function octal(block: Buffer, value: number, offset: number, length: number): void {
  const digits = value.toString(8).padStart(length - 1, '0');
  if (digits.length >= length)
    throw new Error(`expected a number that fits ${length - 1} octal digits, found ${value}`);
  block.write(digits, offset);
}

function split(path: string): [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (name !== '' && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155)
      return [prefix, name];
  }
  throw new Error(`expected a path that fits a ustar header, found ${path}`);
}

/**
 * Reads files, folders and symbolic links of a ustar, pax or GNU archive; hard links come as `link` with the path they
 * point to. Other kinds (devices) are left out.
 */
export function* readTar(
  archive: Uint8Array,
): Generator<Entry | { type: 'link'; path: string; mode: number; target: string }> {
  const buffer = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  let long: { path?: string; target?: string } = {};
  for (let offset = 0; offset + BLOCK <= buffer.length; ) {
    const block = buffer.subarray(offset, offset + BLOCK);
    if (block[0] === 0) return;
    const size = Number.parseInt(text(block, 124, 12), 8) || 0;
    const content = buffer.subarray(offset + BLOCK, offset + BLOCK + size);
    if (content.length < size) throw new Error('expected a whole tar archive, found one that ends in a file');
    offset += BLOCK + size + padding(size).length;

    const flag = String.fromCharCode(block[156]!);
    if (flag === 'L') long.path = text(content, 0, size);
    else if (flag === 'K') long.target = text(content, 0, size);
    else if (flag === 'x') long = { ...long, ...paxRecords(content) };
    else if (flag !== 'g') {
      const prefix =
        text(block, 257, 6).startsWith('ustar') && block[263] === 0x30 ? text(block, 345, 155) : '';
      const path = clean(long.path ?? (prefix ? `${prefix}/${text(block, 0, 100)}` : text(block, 0, 100)));
      const target = long.target ?? text(block, 157, 100);
      const mode = Number.parseInt(text(block, 100, 8), 8) & 0o7777;
      if (flag === '0' || flag === '\0') yield { type: 'file', path, mode, content };
      else if (flag === '1') yield { type: 'link', path, mode, target: clean(target) };
      else if (flag === '2') yield { type: 'symlink', path, mode, target };
      else if (flag === '5') yield { type: 'directory', path, mode };
      long = {};
    }
  }
}

const clean = (path: string) => path.replace(/^\.?\/+/, '').replace(/\/+$/, '');

function text(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

function paxRecords(content: Buffer): { path?: string; target?: string } {
  const records: { path?: string; target?: string } = {};
  for (let offset = 0; offset < content.length; ) {
    const space = content.indexOf(' ', offset);
    const length = Number(content.toString('utf8', offset, space));
    if (!length) break;
    const record = content.toString('utf8', space + 1, offset + length - 1);
    const [key, value] = [record.slice(0, record.indexOf('=')), record.slice(record.indexOf('=') + 1)];
    if (key === 'path') records.path = value;
    if (key === 'linkpath') records.target = value;
    offset += length;
  }
  return records;
}
