import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CHECKS } from './checks/index.ts';
import { command } from './command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'forkspacer-conformance-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const MAIN = [process.execPath, join(import.meta.dirname, 'mutants/main.ts')];

function file(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

async function called(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const streams = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  const code = await command(args, { name: 'check', streams });
  return { code, out, err };
}

const config = file('config.json', '{"name": "shop"}');
const few = ['--only', 'http/install-created,http/sleep-ok'];

describe('the command', () => {
  test('exits with 0 and the verdict when the module conforms', async () => {
    const { code, out } = await called(...few, '-c', config, '--', ...MAIN, 'correct');
    expect(out).toMatch(/conforms \(required\): 2 passed, 0 failed, 0 skipped in/);
    expect(code).toBe(0);
  });

  test('exits with 1 when it does not, says how to mend it, and writes every report', async () => {
    const reports = Object.fromEntries(
      ['json', 'junit', 'markdown', 'badge'].map((name) => [name, join(scratch, `report.${name}`)]),
    );
    const flags = Object.entries(reports).flatMap(([name, path]) => [`--${name}`, path]);
    const { code, out } = await called(...few, ...flags, '-c', config, '--', ...MAIN, 'sleeps-with-202');
    expect(code).toBe(1);
    expect(out).toContain('✗ http/sleep-ok  answers POST /sleep with 200 when it is done');
    expect(out).toContain('fix: Answer 200, and no other 2xx code');
    expect(out).toContain('from custom-module-development.md, Required Endpoints');
    const read = (name: string) => readFileSync(reports[name]!, 'utf8');
    expect(JSON.parse(read('json'))).toMatchObject({ conforms: false, counts: { passed: 1, failed: 1 } });
    expect(read('junit')).toContain('<testsuite name="http" tests="2" failures="1" errors="0" skipped="0"');
    expect(read('markdown')).toContain('### ❌ http/sleep-ok');
    expect(read('badge')).toMatch(/^<svg .*aria-label="forkspacer contract: 1 failed"/);
  });

  test('takes a listed failure for expected, and tells of one that passes', async () => {
    const listed = file(
      'listed.yaml',
      'http/sleep-ok: the queue answers later\nhttp/install-created: once it did\n',
    );
    const { code, out } = await called(
      ...few,
      '--expect-failures',
      listed,
      '-c',
      config,
      '--',
      ...MAIN,
      'sleeps-with-202',
    );
    expect(code).toBe(0);
    expect(out).toContain('expected: the queue answers later');
    expect(out).toContain('http/install-created is listed as an expected failure and passes');
  });

  test('exits with 2 when a module does not start', async () => {
    const { code, out } = await called(
      ...few,
      '--',
      process.execPath,
      '-e',
      'console.error("no database"); process.exit(3)',
    );
    expect(code).toBe(2);
    expect(out).toContain('it ended with 3; \\"no database\\n\\"'.replaceAll('\\"', '"'));
  });

  test('checks one that runs elsewhere, and says what cannot be looked at', async () => {
    const server = createServer((_request, response) => void response.writeHead(404).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, out } = await called('--url', url, '-o', 'json', '--only', 'http,process');
    server.close();
    expect(code).toBe(1);
    const outcomes: { id: string; status: string; reason?: string }[] = JSON.parse(out).outcomes;
    expect(outcomes.find(({ id }) => id === 'http/install-created')).toMatchObject({ status: 'failed' });
    expect(outcomes.find(({ id }) => id === 'process/sigterm')).toMatchObject({
      status: 'skipped',
      reason: 'needs the module to be started here: check -- COMMAND',
    });
  });

  test('lists the checks', async () => {
    const { code, out } = await called('--list', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveLength(CHECKS.length);
    expect((await called('--list')).out).toMatch(
      /http\/install-created +required +answers POST \/install with 201/,
    );
    expect((await called('--help')).out).toContain(
      'Exit codes: 0 conforms, 1 does not, 2 could not be checked.',
    );
  });

  test.each([
    [[], 'expected either --url URL or -- COMMAND, found neither'],
    [['--url', 'http://x', '--', 'y'], 'found both'],
    [['--url', 'https://x'], 'expected an http URL'],
    [['--level', 'best', '--', 'x'], '--level: expected required, recommended, robust, found best'],
    [['--only', 'htpp', '--', 'x'], 'expected the id or the group of a check, found "htpp"'],
    [['--config', 'no-such-file', '--', 'x'], 'expected to read no-such-file, found ENOENT'],
    [['-o', 'xml', '--', 'x'], '--output: expected text, json, junit or markdown, found xml'],
    [['--timeout', 'soon', '--', 'x'], '--timeout: expected seconds, found soon'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('says in one line what is wrong with %j, and exits with 2', async (args, text) => {
    const { code, out, err } = await called(...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^check: .*\n$/);
    expect(err).toContain(text);
  });
});
