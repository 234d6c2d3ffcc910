/**
 * `pnpm bench`: what the runtime costs, beside its peers, in one run. Every figure is the median of 15, and the peers
 * take turns, so that a noisy minute hits all of them. Prints the tables and writes them into bench/README.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from '@forkspacer/image';
import { median, memory, type Peer, start } from './process.ts';
import { warmSleep } from './warm-sleep.ts';

const RUNS = 15;
const AT_ONCE = 20;
const root = join(import.meta.dirname, '..');

const ours: Peer = {
  name: 'scale-to-zero',
  command: [process.execPath, join(root, 'modules/scale-to-zero/dist/main.cjs')],
};
const bare: Peer = {
  name: 'bare Node',
  command: [process.execPath, join(import.meta.dirname, 'peers/bare.cjs')],
};
const plain: Peer = {
  name: 'plain peer',
  command: [process.execPath, join(import.meta.dirname, 'peers/plain.mjs')],
};

await bundle(join(root, 'modules/scale-to-zero'));
const scratch = mkdtempSync(join(tmpdir(), 'forkspacer-bench-'));
try {
  const peers = [bare, ours, ...(await goReference(scratch)), plain];
  const starts = await coldStarts(peers);
  const packed = await manyAtOnce(peers);
  const warm = await warmSleep(ours, plain, scratch, RUNS);
  report(peers, starts, packed, warm);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** The module written in Go from the specification, where its sources (REFERENCE_MODULE_SOURCE) and Go are at hand. */
async function goReference(folder: string): Promise<Peer[]> {
  const source = process.env.REFERENCE_MODULE_SOURCE ?? join(root, '../shared/reference-module');
  if (!existsSync(join(source, 'main.go'))) {
    console.log('Go reference: left out, set REFERENCE_MODULE_SOURCE to the folder of its sources');
    return [];
  }
  const binary = join(folder, 'reference');
  const commands = [
    `cp ${source}/*.go ${source}/go.mod ${folder}/`,
    'go mod tidy',
    `go build -ldflags '-s -w' -o ${binary} .`,
  ];
  const { status, stderr } = spawnSync('sh', ['-ec', commands.join('\n')], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  if (status !== 0) {
    console.log(`Go reference: left out, it did not build: ${stderr.trim().split('\n').at(-1)}`);
    return [];
  }
  return [{ name: 'Go reference', command: [binary] }];
}

interface Starts {
  startMs: number;
  memoryMB: number;
}

async function coldStarts(peers: Peer[]): Promise<Map<Peer, Starts>> {
  const samples = new Map(peers.map((peer) => [peer, { start: [] as number[], memory: [] as number[] }]));
  for (let run = 0; run <= RUNS; run++) {
    for (const peer of peers) {
      const running = await start(peer);
      await sleep(2000);
      // The first round fills the page cache.
      if (run > 0) {
        samples.get(peer)!.start.push(running.startMs);
        samples.get(peer)!.memory.push(memory(running.pid));
      }
      await running.stop();
    }
    progress('cold starts', run, RUNS);
  }
  return new Map(
    peers.map((peer) => {
      const { start: starts, memory: memories } = samples.get(peer)!;
      return [peer, { startMs: median(starts), memoryMB: median(memories) }];
    }),
  );
}

async function manyAtOnce(peers: Peer[]): Promise<Map<Peer, number>> {
  const each = new Map<Peer, number>();
  for (const peer of peers) {
    const running = [];
    for (let index = 0; index < AT_ONCE; index++) running.push(await start(peer));
    await sleep(2000);
    each.set(peer, running.reduce((sum, { pid }) => sum + memory(pid), 0) / AT_ONCE);
    await Promise.all(running.map((one) => one.stop()));
    progress('at once', each.size, peers.length);
  }
  return each;
}

function report(
  peers: Peer[],
  starts: Map<Peer, Starts>,
  packed: Map<Peer, number>,
  warm: Awaited<ReturnType<typeof warmSleep>>,
) {
  const floor = starts.get(bare)!;
  const f = (value: number, digits = 1) => value.toFixed(digits);
  const lines = [
    `Measured on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}; medians of ${RUNS}, peers in turns.`,
    '',
    '| peer | start to first 200 | × bare Node | memory after 2 s | × bare Node | 20 at once, each | × plain peer |',
    '|---|---|---|---|---|---|---|',
    ...peers.map((peer) => {
      const { startMs, memoryMB } = starts.get(peer)!;
      const many = packed.get(peer)!;
      return `| ${peer.name} | ${f(startMs)} ms | ${f(startMs / floor.startMs, 2)} | ${f(memoryMB)} MB | ${f(memoryMB / floor.memoryMB, 2)} | ${f(many)} MB | ${f(many / packed.get(plain)!, 2)} |`;
    }),
    '',
    `| warm sleep of one Deployment (${warm.cluster}) | median | API calls |`,
    '|---|---|---|',
    `| scale-to-zero | ${f(warm.ours.ms)} ms | ${warm.ours.calls} |`,
    `| plain peer | ${f(warm.plain.ms)} ms | ${warm.plain.calls} |`,
    `| ratio | ${f(warm.ours.ms / warm.plain.ms, 2)} | |`,
    '',
    '| target | limit | measured | |',
    '|---|---|---|---|',
    ...targets(starts, packed, warm).map(
      ([what, limit, value]) =>
        `| ${what} | ≤ ${limit} | ${f(value, 2)} | ${value <= limit ? 'met' : 'NOT met'} |`,
    ),
  ].join('\n');
  console.log(`\n${lines}`);
  const file = join(import.meta.dirname, 'README.md');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(
      /(<!-- figures -->\n)[\s\S]*(\n<!-- \/figures -->)/,
      (_all, open, close) => open + lines + close,
    ),
  );
}

function targets(
  starts: Map<Peer, Starts>,
  packed: Map<Peer, number>,
  warm: Awaited<ReturnType<typeof warmSleep>>,
): [string, number, number][] {
  const floor = starts.get(bare)!;
  const mine = starts.get(ours)!;
  return [
    ['cold start, × bare Node', 1.9, mine.startMs / floor.startMs],
    ['memory after 2 s, × bare Node', 1.3, mine.memoryMB / floor.memoryMB],
    ['20 at once, memory each, × plain peer', 0.3, packed.get(ours)! / packed.get(plain)!],
    ['warm sleep of one Deployment, × plain peer', 0.5, warm.ours.ms / warm.plain.ms],
  ];
}

function progress(what: string, done: number, all: number): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${what}: ${done}/${all} ${done === all ? '\n' : ''}`);
}
