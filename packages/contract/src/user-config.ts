import type { CustomConfigEntry, ModuleConfigEntry } from './config-lists.ts';
import { customRules, filledIn, moduleRules, type NamedRule } from './config-rules.ts';
import { found, foundSecret, isObject, own } from './found.ts';
import type { Generation } from './resources.ts';
import { fail, type Problem, type Result, succeed } from './result.ts';
import { TYPES } from './rule.ts';

export interface UserConfigOptions {
  /** Refuse every value for an era-3 `multipleOptions`, as the operators seen do by a fault of theirs. Default false. */
  refuseMultipleOptions?: boolean;
}

/**
 * The operator's check of a Module's `spec.config` against the `config:` list, and what `config.json` then holds.
 * - `resource` (and `plugin`): an unknown alias is a problem; every alias is filled in, with its default, else with
 *   zero, `""` or null.
 * - `inline`: the config as it was given, unknown keys included, without defaults.
 *
 * In all: `required` must be given even when there is a default, `editable: false` must not be given, and an integer
 * is checked after truncation but goes on as it came. Without a list nothing is known, and any config is taken.
 * A value given for a string is never shown: it may be a secret, and lists do not tell.
 */
export function validateUserConfig(
  entries: readonly CustomConfigEntry[] | readonly ModuleConfigEntry[] | undefined,
  config: unknown,
  generation: Generation,
  options: UserConfigOptions = {},
): Result<Record<string, unknown>> {
  const given = config ?? {};
  if (!isObject(given))
    return fail({ path: 'spec.config', expected: 'an object', found: foundSecret(config) });
  if (entries === undefined) return succeed({ ...given });

  const inline = generation === 'inline';
  const rules = inline
    ? moduleRules(entries as readonly ModuleConfigEntry[])
    : customRules(entries as readonly CustomConfigEntry[]);
  const problems = rules.flatMap((rule) => problemsOf(rule, own(given, rule.alias), options));
  if (inline) return problems.length > 0 ? fail(...problems) : succeed({ ...given });

  const known = new Set(rules.map(({ alias }) => alias));
  for (const alias of Object.keys(given)) {
    if (!known.has(alias)) problems.push(unknownAlias(alias, known));
  }
  if (problems.length > 0) return fail(...problems);
  return succeed(
    Object.fromEntries(rules.map((rule) => [rule.alias, own(given, rule.alias) ?? filledIn(rule)])),
  );
}

function problemsOf(rule: NamedRule, value: unknown, options: UserConfigOptions): Problem[] {
  const { accepts, expected } = TYPES[rule.type];
  const wrong = (what: string) => [
    {
      path: pathOf(rule.alias),
      expected: what,
      found: rule.type === 'string' ? foundSecret(value) : found(value),
    },
  ];
  if (value === undefined) return rule.required ? wrong(expected(rule)) : [];
  if (!rule.editable) return wrong('nothing (it is not editable)');
  if (rule.type === 'multipleOptions' && options.refuseMultipleOptions) {
    return wrong('nothing (this operator takes no value for multipleOptions)');
  }
  return accepts(value, rule) ? [] : wrong(expected(rule));
}

function unknownAlias(alias: string, known: ReadonlySet<string>): Problem {
  const expected = known.size > 0 ? `only ${[...known].slice(0, 20).join(', ')}` : 'nothing';
  return { path: 'spec.config', expected, found: found(alias) };
}

function pathOf(alias: string): string {
  return `spec.config.${alias}`;
}
