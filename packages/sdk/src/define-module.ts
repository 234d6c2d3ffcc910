import type { ConfigDeclaration, ConfigOf, Problem } from '@forkspacer/contract';
import { declarationProblems, VERBS } from '@forkspacer/contract';
import type { Kube, ObjectRef, Report } from '@forkspacer/kube';

/** Plain JSON that the operator keeps between calls. A cache: the truth is on the cluster. */
export type Metadata = Record<string, unknown>;

/** Structured logging: a constant message, and what varies as fields. Secrets are redacted. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** `workspace`: the kubeconfig of the workspace's cluster. `controller`: the operator's own service account. */
export type Permission = 'workspace' | 'controller';

export interface HealthContext<D extends ConfigDeclaration> {
  /** Parsed, with defaults. */
  config: ConfigOf<D>;
  kube: Kube;
  log: Log;
  /** Aborted when the call has to end; `kube` already heeds it. */
  signal: AbortSignal;
}

export interface VerbContext<D extends ConfigDeclaration = ConfigDeclaration> extends HealthContext<D> {
  /** What this module returned last, and whatever else the operator sent along; {} when nothing was kept. */
  metadata: Readonly<Metadata>;
  /** Who this is: stable for the life of the instance, and the value of its label on every object it makes. */
  instance: string;
}

export interface UninstallContext<D extends ConfigDeclaration = ConfigDeclaration> extends VerbContext<D> {
  /** What install made and nothing has removed yet, oldest first. */
  made: readonly ObjectRef[];
  /** Leaves these objects, which install made, on the cluster; the next install with this identity takes them up. */
  retain(...objects: ObjectRef[]): void;
}

/**
 * What to remember, merged over the metadata that came with the call. A `report` of kube's sleep or wake, which logs it
 * object by object, is kept shortened.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a verb that has nothing to remember has no return statement
export type VerbResult = void | { report?: Report; [key: string]: unknown };

type Awaitable<T> = T | Promise<T>;

export interface ModuleDefinition<D extends ConfigDeclaration = ConfigDeclaration> {
  /** A DNS label; the folder's name, too. */
  name: string;
  /** For people; default: the name in words. */
  displayName?: string;
  /** One sentence. */
  description: string;
  /** Where the catalog lists it. */
  category: string;
  tags?: readonly string[];
  /**
   * The config fields that say which thing this is: two instances that agree in them are after the same objects, and
   * the second is refused. Names of objects are made from these alone. A field `namespace` among them is where the
   * instance's anchor lives; without one it lives in `default`.
   */
  identity: readonly (keyof D & string)[];
  config: D;
  /** Rules between fields, checked before any verb. */
  check?(config: ConfigOf<D>): readonly Problem[];
  /** Default: `['workspace']`. */
  permissions?: readonly Permission[];
  /** Level-based, as all verbs: reads what is there, acts on what is missing. What it makes is listed by the runtime. */
  install(context: VerbContext<D>): Awaitable<VerbResult>;
  sleep(context: VerbContext<D>): Awaitable<VerbResult>;
  resume(context: VerbContext<D>): Awaitable<VerbResult>;
  /** What has to happen before the runtime removes, newest first, everything that install made. */
  uninstall?(context: UninstallContext<D>): Awaitable<void>;
  /** Whether install may take up what an earlier uninstall retained; default yes. */
  takesUp?(config: ConfigOf<D>): boolean;
  /** Asked by GET /health while the module is loaded; one that throws counts as unhealthy. */
  health?(context: HealthContext<D>): Awaitable<boolean | { healthy: boolean; message?: string }>;
}

const KEYS: Record<keyof ModuleDefinition, 'required' | 'optional'> = {
  name: 'required',
  displayName: 'optional',
  description: 'required',
  category: 'required',
  tags: 'optional',
  identity: 'required',
  config: 'required',
  check: 'optional',
  permissions: 'optional',
  install: 'required',
  sleep: 'required',
  resume: 'required',
  uninstall: 'optional',
  takesUp: 'optional',
  health: 'optional',
};

/** Longer ones would not fit beside the identity in the anchor's name. */
const NAME = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;

/**
 * A module: one definition, from which everything around it is made. Checks it and freezes it; nothing runs.
 *
 * @throws TypeError one line for each thing that is wrong, all at once
 */
export function defineModule<const D extends ConfigDeclaration>(
  definition: ModuleDefinition<D>,
): Readonly<ModuleDefinition<D>> {
  const problems = definitionProblems(definition as unknown as Record<string, unknown>);
  if (problems.length > 0) {
    const name = typeof definition?.name === 'string' ? ` ${JSON.stringify(definition.name)}` : '';
    const lines = problems.map(
      ({ path, expected, found }) => `  ${path}: expected ${expected}, found ${found}`,
    );
    throw new TypeError(`module${name} is not complete:\n${lines.join('\n')}`);
  }
  return Object.freeze({
    ...definition,
    config: Object.freeze({ ...definition.config }),
    identity: Object.freeze([...definition.identity]),
    permissions: Object.freeze([...(definition.permissions ?? (['workspace'] as const))]),
  });
}

function definitionProblems(definition: Record<string, unknown>): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, expected: string, value: unknown) =>
    problems.push({ path, expected, found: shown(value) });

  for (const key of Object.keys(definition)) {
    if (!Object.hasOwn(KEYS, key)) add(key, `one of ${Object.keys(KEYS).join(', ')}`, key);
  }
  const { name, config, identity, permissions } = definition;
  if (typeof name !== 'string' || !NAME.test(name)) {
    add('name', 'up to 32 lower case letters, digits and -, a letter first', name);
  }
  for (const key of ['description', 'category'] as const) {
    const text = definition[key];
    if (typeof text !== 'string' || text.trim() === '') add(key, 'a text', text);
  }
  for (const key of [...VERBS, 'health', 'check', 'takesUp'] as const) {
    const verb = definition[key];
    if (typeof verb !== 'function' && (KEYS[key] === 'required' || verb !== undefined))
      add(key, 'a function', verb);
  }
  if (permissions !== undefined) {
    const known = ['workspace', 'controller'];
    if (!Array.isArray(permissions) || permissions.length === 0)
      add('permissions', 'a list of permissions', permissions);
    else
      for (const each of permissions) if (!known.includes(each)) add('permissions', known.join(' or '), each);
  }

  if (typeof config !== 'object' || config === null) {
    add('config', 'an object of fields by alias', config);
    return problems;
  }
  problems.push(...declarationProblems(config as ConfigDeclaration));
  for (const [alias, field] of Object.entries(config)) {
    if (typeof field?.type !== 'string')
      add(`config.${alias}`, 'a field, as made by string() and the like', field);
  }
  if (!Array.isArray(identity) || identity.length === 0) {
    add('identity', `names of config fields (${Object.keys(config).join(', ')})`, identity);
    return problems;
  }
  for (const alias of identity) {
    const field = Object.hasOwn(config, alias) ? (config as ConfigDeclaration)[alias] : undefined;
    if (!field) add('identity', `names of config fields (${Object.keys(config).join(', ')})`, alias);
    else if (field.secret) add('identity', 'fields that may be shown', `${alias}, a secret`);
    else if (alias === 'namespace' && field.type !== 'string')
      add('config.namespace', 'a string', field.type);
  }
  if (new Set(identity).size < identity.length) add('identity', 'each field once', 'one that repeats');
  return problems;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  return JSON.stringify(value) ?? typeof value;
}
