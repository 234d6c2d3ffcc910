import type { ConfigDeclaration, ConfigOf, Field } from './fields.ts';
import { found, foundSecret, isObject, own } from './found.ts';
import { fail, type Problem, type Result, succeed } from './result.ts';
import { isZero, TYPES } from './rule.ts';

/**
 * The typed config out of a raw `config.json`, from whichever operator wrote it: unknown keys and `editable` are the
 * operator's business and ignored; zero, `""` and null are no value where a field is optional and has no default
 * (era 2 fills them in). Every field that is wrong is told, secrets without their value. No config at all counts as {}.
 */
export function parseConfig<D extends ConfigDeclaration>(declaration: D, raw: unknown): Result<ConfigOf<D>> {
  const config = raw ?? {};
  if (!isObject(config)) return fail({ path: '', expected: 'a config object', found: foundSecret(raw) });

  const problems: Problem[] = [];
  const value: Record<string, unknown> = {};
  for (const [alias, field] of Object.entries(declaration)) {
    const result = readField(field, own(config, alias));
    if (!result.ok) problems.push(...result.problems.map((problem) => ({ ...problem, path: alias })));
    else if (result.value !== undefined) value[alias] = result.value;
  }
  return problems.length > 0 ? fail(...problems) : succeed(value as ConfigOf<D>);
}

function readField(field: Field, raw: unknown): Result<unknown> {
  const { fromWire, accepts, expected } = TYPES[field.type];
  const refused = () => {
    const what = emptyIsMissing(field) ? `${expected(field)}, not empty` : expected(field);
    return fail({ path: '', expected: what, found: field.secret ? foundSecret(raw) : found(raw) });
  };

  const value = fromWire(raw);
  if (value === undefined || value === null) return field.required ? refused() : succeed(defaultOf(field));
  if (!field.required && field.default === undefined && isZero(field.type, value)) return succeed(undefined);
  if (value === '' && emptyIsMissing(field)) return refused();
  return accepts(value, field) ? succeed(value) : refused();
}

// An object named "" is never meant, and a request for it would reach the whole collection; a regex may allow it.
function emptyIsMissing(field: Field): boolean {
  return field.type === 'string' && field.required && !field.regex;
}

function defaultOf(field: Field): unknown {
  return Array.isArray(field.default) ? [...field.default] : field.default;
}

/** The strings of a raw config that must not be shown anywhere, for a log's redaction. */
export function secretValues(declaration: ConfigDeclaration, raw: unknown): string[] {
  if (!isObject(raw)) return [];
  return Object.entries(declaration)
    .filter(([, field]) => field.secret)
    .map(([alias]) => own(raw, alias))
    .filter((value): value is string => typeof value === 'string' && value !== '');
}
