import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConfigDeclaration,
  type ConfigOf,
  ERROR_TEXT_LIMIT,
  formatProblems,
  parseConfig,
  secretValues,
} from '@forkspacer/contract';
import type { ModuleDefinition } from '../define-module.ts';
import { ModuleError } from '../module-error.ts';
import type { Secrets } from './secrets.ts';

const FILE = 'config.json';

/** Bytes for what is wrong: beside it, an answer says who failed at which verb. */
const ROOM = ERROR_TEXT_LIMIT - 60;

/** Reads config.json anew. @throws ConfigError naming everything that is wrong */
export async function readConfig<D extends ConfigDeclaration>(
  definition: Pick<ModuleDefinition<D>, 'config' | 'check' | 'identity'>,
  dir: string,
  secrets: Secrets,
): Promise<ConfigOf<D>> {
  const raw = await readJson(dir);
  for (const value of secretValues(definition.config, raw)) secrets.add(value);
  const parsed = parseConfig(definition.config, raw);
  const problems = parsed.ok ? (definition.check?.(parsed.value) ?? []) : parsed.problems;
  if (parsed.ok && problems.length === 0) return parsed.value;
  const identity = Object.fromEntries(definition.identity.map((alias) => [alias, definition.config[alias]!]));
  const known = parseConfig(identity, raw);
  throw new ConfigError(formatProblems(problems, ROOM), known.ok ? known.value : undefined);
}

/** The config does not say what it has to; the message names every field. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** The identity fields, where those at least are right. */
  readonly identity: ConfigOf<ConfigDeclaration> | undefined;

  constructor(problems: string, identity: ConfigOf<ConfigDeclaration> | undefined) {
    super(`config: ${problems}`);
    this.identity = identity;
  }
}

async function readJson(dir: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(dir, FILE), 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const found = code === 'ENOENT' ? 'none' : String(code);
    throw new ModuleError({ expected: `${FILE} in ${dir}`, found, todo: 'nothing was done', cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and a config may hold secrets.
    throw new ModuleError({ expected: `JSON in ${join(dir, FILE)}`, found: 'something that does not parse' });
  }
}
