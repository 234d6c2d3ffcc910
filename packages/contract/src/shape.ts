import { found, isObject } from './found.ts';
import { DEPTH_LIMIT } from './limits.ts';
import { fail, type Problem, type Result, succeed } from './result.ts';
import { readYaml } from './yaml-text.ts';

/** What a value in a resource must look like. Fields that are not named are kept: a newer operator may know them. */
export type Shape =
  | {
      type: 'string';
      notEmpty?: boolean;
      max?: number;
      oneOf?: readonly string[];
      pattern?: RegExp;
      as?: string;
    }
  | { type: 'boolean' }
  | { type: 'integer' }
  | { type: 'any' }
  | { type: 'list'; of: Shape; notEmpty?: boolean }
  | { type: 'map'; of: Shape }
  | { type: 'object'; fields?: Readonly<Record<string, Shape>>; required?: readonly string[] };

export const TEXT: Shape = { type: 'string' };
export const NAME: Shape = { type: 'string', notEmpty: true, max: 253 };
export const FLAG: Shape = { type: 'boolean' };
export const FREE: Shape = { type: 'object' };

export function object(fields: Record<string, Shape>, ...required: string[]): Shape {
  return { type: 'object', fields, required };
}

export function list(of: Shape, notEmpty = false): Shape {
  return { type: 'list', of, notEmpty };
}

export const REFERENCE_FIELDS = {
  name: NAME,
  namespace: { type: 'string', notEmpty: true, max: 63 } as Shape,
};

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';

export const METADATA: Shape = object({
  name: {
    type: 'string',
    max: 253,
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    as: 'a name of lower-case letters, digits, - and .',
  },
  generateName: TEXT,
  namespace: {
    type: 'string',
    max: 63,
    pattern: new RegExp(`^${LABEL}$`),
    as: 'a namespace of lower-case letters, digits and -',
  },
  labels: { type: 'map', of: TEXT },
  annotations: { type: 'map', of: TEXT },
  finalizers: list(TEXT),
});

/**
 * Takes YAML text or an object to a value of the shape: as given, but without the nulls in known fields, which a server
 * drops too. `more` adds what a shape cannot say, and is asked even when the shape has faults elsewhere.
 */
export function readShape<T>(
  input: unknown,
  shape: Shape,
  more: (value: Record<string, unknown>) => Problem[],
): Result<T> {
  const read = typeof input === 'string' ? readYaml(input) : succeed(input);
  if (!read.ok) return read;
  const problems = tooDeep(read.value);
  if (problems.length > 0) return fail(...problems);
  const value = check(shape, read.value, '', problems);
  if (isObject(value))
    problems.push(...more(value).filter(({ path }) => !problems.some((p) => p.path === path)));
  return problems.length > 0 ? fail(...problems) : succeed(value as T);
}

/** Collects what is wrong into `problems`, and gives the value back without nulls. */
export function check(shape: Shape, value: unknown, path: string, problems: Problem[]): unknown {
  const wrong = (expected: string) => {
    problems.push({ path, expected, found: found(value) });
    return value;
  };
  switch (shape.type) {
    case 'any':
      return value;
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong('true or false');
    case 'integer':
      return Number.isSafeInteger(value) ? value : wrong('an integer');
    case 'string':
      return checkString(shape, value) ? value : wrong(stringExpected(shape, value));
    case 'list':
      if (!Array.isArray(value)) return wrong('a list');
      if (shape.notEmpty && value.length === 0) return wrong('a list that is not empty');
      return value.map((item, index) => check(shape.of, item, `${path}[${index}]`, problems));
    case 'map':
      if (!isObject(value)) return wrong('an object');
      for (const [key, item] of Object.entries(value)) check(shape.of, item, join(path, key), problems);
      return value;
    default:
      return isObject(value) ? checkFields(shape, value, path, problems) : wrong('an object');
  }
}

function checkFields(
  { fields = {}, required = [] }: Shape & { type: 'object' },
  value: Record<string, unknown>,
  path: string,
  problems: Problem[],
): Record<string, unknown> {
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const shape = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!shape || shape.type === 'any') return [[key, item] as const];
    if (item === null || item === undefined) return [];
    return [[key, check(shape, item, join(path, key), problems)] as const];
  });
  const present = new Set(kept.map(([key]) => key));
  for (const key of required) {
    if (!present.has(key)) {
      problems.push({ path: join(path, key), expected: expectedOf(fields[key]!), found: 'nothing' });
    }
  }
  return Object.fromEntries(kept);
}

function checkString(shape: Shape & { type: 'string' }, value: unknown): value is string {
  return (
    typeof value === 'string' &&
    !(shape.notEmpty && value === '') &&
    value.length <= (shape.max ?? Number.POSITIVE_INFINITY) &&
    (shape.oneOf?.includes(value) ?? true) &&
    (shape.pattern?.test(value) ?? true)
  );
}

function stringExpected(shape: Shape & { type: 'string' }, value: unknown): string {
  if (shape.oneOf) return `one of ${shape.oneOf.join(', ')}`;
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  const long = typeof value === 'string' && value.length > (shape.max ?? Number.POSITIVE_INFINITY);
  return [
    shape.as ?? 'a string',
    ...(shape.notEmpty ? ['not empty'] : []),
    ...(long ? [`at most ${shape.max} characters`] : []),
    ...(scalar ? ['in quotes'] : []),
  ].join(', ');
}

function expectedOf(shape: Shape): string {
  switch (shape.type) {
    case 'string':
      return stringExpected(shape, undefined);
    case 'list':
      return 'a list';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return 'an integer';
    default:
      return 'an object';
  }
}

/** `spec.config`, `metadata.annotations["a/b"]` */
export function join(path: string, key: string): string {
  if (!/^[\w-]{1,100}$/.test(key)) return `${path}[${found(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The same problems, seen from one level further out. */
export function under(path: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({
    ...problem,
    path:
      problem.path === ''
        ? path
        : problem.path.startsWith('[')
          ? path + problem.path
          : `${path}.${problem.path}`,
  }));
}

const VALUES_LIMIT = 250_000;

/** An object that was handed in may be deep, endless or nothing that JSON has. */
function tooDeep(root: unknown): Problem[] {
  let level: unknown[] = [root];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'number' && !Number.isFinite(value)) {
        return [{ path: '', expected: 'numbers that JSON has', found: String(value) }];
      }
      if (['bigint', 'function', 'symbol'].includes(typeof value)) {
        return [{ path: '', expected: 'values that JSON has', found: found(value) }];
      }
      if (Array.isArray(value)) for (const item of value) next.push(item);
      else if (isObject(value)) for (const item of Object.values(value)) next.push(item);
      else if (typeof value === 'object' && value !== null) {
        return [{ path: '', expected: 'values that JSON has', found: 'an instance of a class' }];
      }
      count += 1;
      if (count > VALUES_LIMIT || depth > DEPTH_LIMIT) {
        const expected = `at most ${DEPTH_LIMIT} levels and ${VALUES_LIMIT} values`;
        return [{ path: '', expected, found: 'more' }];
      }
    }
    level = next;
  }
  return [];
}
