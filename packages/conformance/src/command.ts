import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseCustom, unwrap } from '@forkspacer/contract';
import { parse, parseAllDocuments } from 'yaml';
import { LEVEL_MEANS, LEVELS, type Level } from './check.ts';
import { CHECKS, GROUPS } from './checks/index.ts';
import type { ClusterObject } from './cluster/objects.ts';
import { badge } from './print/badge.ts';
import { json } from './print/json.ts';
import { junit } from './print/junit.ts';
import { markdown } from './print/markdown.ts';
import { terminal } from './print/terminal.ts';
import { exitCode, type Report } from './report.ts';
import { type RunOptions, run } from './run.ts';
import { commandTarget } from './target/command.ts';
import { urlTarget } from './target/url.ts';
import { workingConfig } from './values/configs.ts';
import { isMetadata } from './wire/go-json.ts';

const OPTIONS = {
  url: { type: 'string' },
  level: { type: 'string', short: 'l', default: 'required' },
  config: { type: 'string', short: 'c' },
  custom: { type: 'string' },
  objects: { type: 'string' },
  kubeconfig: { type: 'string' },
  keeps: { type: 'string' },
  'expect-failures': { type: 'string' },
  only: { type: 'string', multiple: true },
  timeout: { type: 'string', default: '60' },
  output: { type: 'string', short: 'o', default: 'text' },
  junit: { type: 'string' },
  markdown: { type: 'string' },
  json: { type: 'string' },
  badge: { type: 'string' },
  all: { type: 'boolean', short: 'a' },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const usage = (
  name: string,
) => `Checks a module, in whatever language, against the contract with the Forkspacer operator.

Usage:
  ${name} [options] -- COMMAND...      starts the module with PORT and FORKSPACER_DIR set, as often as needed
  ${name} [options] --url http://HOST:PORT    checks one that runs; it is installed, put to sleep and uninstalled

Options:
  -l, --level LEVEL        ${LEVELS.join(', ')} (default: required); each includes those before it
                           ${LEVELS.map((level) => `${level}: ${LEVEL_MEANS[level]}`).join('\n                           ')}
  -c, --config FILE        the module's config.json (JSON or YAML)
      --custom FILE        its Custom resource: values are made from its schema, valid ones and invalid ones
      --objects FILE       YAML of what must be in the cluster before the module comes
      --kubeconfig FILE    a throw-away cluster to work on (default: one that is made for the check)
      --keeps KIND,...     kinds that the module keeps on purpose after uninstall
      --expect-failures FILE   YAML or JSON of check ids, each with the reason why it may fail
      --only ID|GROUP      only these checks (repeatable, or with commas)
      --timeout SECONDS    how long a verb may take (default: 60)
  -o, --output FORMAT      text, json, junit or markdown (default: text)
      --json, --junit, --markdown, --badge FILE    writes a report, or a badge as SVG, into a file as well
  -a, --all                text: also what passed and what was skipped
      --list               lists the checks and runs none

Exit codes: 0 conforms, 1 does not, 2 could not be checked.`;

/** Where the command writes. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** Whether `out` is a terminal that shows colours. */
  colours?: boolean;
}

const PROCESS: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colours: process.stdout.isTTY === true && !process.env.NO_COLOR,
};

/**
 * The command line.
 *
 * @param args without the program's own name
 * @param name how it was called, for the usage
 * @returns the exit code
 */
export async function command(
  args: readonly string[],
  { name = 'forkspacer-conformance', streams = PROCESS, signal }: CommandOptions = {},
): Promise<0 | 1 | 2> {
  try {
    const end = args.indexOf('--');
    const given = parseArgs({ args: [...(end < 0 ? args : args.slice(0, end))], options: OPTIONS });
    const { values } = given;
    if (values.help) {
      streams.out(`${usage(name)}\n`);
      return 0;
    }
    if (values.list) {
      streams.out(list(values.output));
      return 0;
    }
    const format = printer(values.output, streams, values.all ?? false);
    const report = await run({
      ...settings(values, end < 0 ? [] : args.slice(end + 1)),
      ...(signal && { signal }),
    });
    streams.out(format(report));
    for (const [file, print] of FILES) {
      const path = values[file];
      if (path !== undefined) writeFileSync(path, print(report));
    }
    return exitCode(report);
  } catch (error) {
    streams.err(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

export interface CommandOptions {
  name?: string;
  streams?: Streams;
  signal?: AbortSignal;
}

const FILES = [
  ['json', json],
  ['junit', junit],
  ['markdown', markdown],
  ['badge', badge],
] as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function settings(values: Values, words: readonly string[]): RunOptions {
  if ((values.url === undefined) === (words.length === 0)) {
    const found = values.url === undefined ? 'neither' : 'both';
    throw new Error(`expected either --url URL or -- COMMAND, found ${found}; --help tells more`);
  }
  const level = LEVELS.find((each) => each === values.level);
  if (!level) throw new Error(`--level: expected ${LEVELS.join(', ')}, found ${values.level}`);
  const seconds = Number(values.timeout);
  if (!(seconds > 0)) throw new Error(`--timeout: expected seconds, found ${values.timeout}`);
  const custom = values.custom === undefined ? undefined : customOf(values.custom);
  const config = values.config === undefined ? {} : objectOf(values.config);
  const objects = values.objects === undefined ? undefined : objectsOf(values.objects);
  const kubeconfig = values.kubeconfig === undefined ? undefined : text(values.kubeconfig);
  const only = values.only?.flatMap((each) => each.split(','));
  return {
    target: values.url === undefined ? commandTarget(words) : urlTarget(values.url),
    level,
    config: workingConfig({ config, ...(custom && { custom }) }),
    timing: { verb: seconds * 1000 },
    ...(custom && { custom }),
    ...(objects && { objects }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(values.keeps !== undefined && { keeps: values.keeps.split(',') }),
    ...(only && { only }),
    ...(values['expect-failures'] !== undefined && { expectedFailures: reasons(values['expect-failures']) }),
  };
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`expected to read ${file}, found ${(error as NodeJS.ErrnoException).code}`);
  }
}

function objectOf(file: string): Record<string, unknown> {
  const value: unknown = parse(text(file)) ?? {};
  if (!isMetadata(value)) throw new Error(`${file}: expected an object, found something else`);
  return value;
}

function customOf(file: string) {
  try {
    return unwrap(parseCustom(text(file)));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

function objectsOf(file: string): ClusterObject[] {
  return parseAllDocuments(text(file))
    .map((document) => document.toJS() as ClusterObject | null)
    .filter((object) => object !== null)
    .map((object) => {
      if (object.kind && object.apiVersion && object.metadata?.name) return object;
      throw new Error(`${file}: expected objects with apiVersion, kind and metadata.name, found one without`);
    });
}

function reasons(file: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(file)).map(([id, reason]) => {
      if (typeof reason === 'string' && reason.trim() !== '') return [id, reason];
      throw new Error(`${file}: expected a reason for ${id}, found none`);
    }),
  );
}

function printer(format: string, { colours = false }: Streams, all: boolean): (report: Report) => string {
  switch (format) {
    case 'text':
      return (report) => terminal(report, { colours, all });
    case 'json':
      return json;
    case 'junit':
      return junit;
    case 'markdown':
      return markdown;
    default:
      throw new Error(`--output: expected text, json, junit or markdown, found ${format}`);
  }
}

function list(format: string): string {
  if (format === 'json') {
    const known = CHECKS.map(({ id, level, sentence, source, fix, needs = [] }) => {
      const told: { id: string; level: Level } & Record<string, unknown> = {
        id,
        level,
        sentence,
        source,
        fix,
        needs,
      };
      return told;
    });
    return `${JSON.stringify(known, null, 2)}\n`;
  }
  const width = Math.max(...CHECKS.map(({ id }) => id.length));
  return GROUPS.flatMap(({ title, checks }) => [
    title,
    ...checks.map(({ id, level, sentence }) => `  ${id.padEnd(width)}  ${level.padEnd(11)}  ${sentence}`),
    '',
  ]).join('\n');
}
