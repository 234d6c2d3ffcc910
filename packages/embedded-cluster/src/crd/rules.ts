/** x-kubernetes-validations: rules in CEL, as far as the small interpreter in cel.ts goes. */

import type { KubeObject } from '../object.ts';
import type { FieldError } from '../resources/field-errors.ts';
import type { RawSchema } from '../schemas/schema.ts';
import { type Expression, evaluate, parseCel } from './cel.ts';

interface RawRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: FieldError['reason'];
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

interface Rule {
  expression: Expression;
  raw: RawRule;
  usesOld: boolean;
}

export type Rules = Map<RawSchema, Rule[]>;

export const RULES = 'x-kubernetes-validations';

/** All rules of a schema, parsed. Throws CelError for what is not known here. */
export function compileRules(schema: RawSchema, found: Rules = new Map()): Rules {
  const rules = schema[RULES] as RawRule[] | undefined;
  if (rules) {
    found.set(
      schema,
      rules.map((raw) => ({ expression: parseCel(raw.rule), raw, usesOld: /\boldSelf\b/.test(raw.rule) })),
    );
  }
  for (const inner of Object.values(schema.properties ?? {})) compileRules(inner, found);
  if (schema.items) compileRules(schema.items, found);
  if (typeof schema.additionalProperties === 'object') compileRules(schema.additionalProperties, found);
  return found;
}

export function validateRules(
  rules: Rules,
  schema: RawSchema,
  object: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  if (rules.size === 0) return [];
  const errors: FieldError[] = [];
  visit(rules, schema, object, old, '', errors);
  return errors;
}

function visit(
  rules: Rules,
  schema: RawSchema,
  value: unknown,
  old: unknown,
  path: string,
  errors: FieldError[],
): void {
  if (value === undefined || value === null) return;
  for (const { expression, raw, usesOld } of rules.get(schema) ?? []) {
    // A transition rule has nothing to say about what was not there before.
    if (usesOld && old === undefined && !raw.optionalOldSelf) continue;
    let passed: unknown;
    let problem: string | undefined;
    try {
      passed = evaluate(expression, { self: value, oldSelf: old });
    } catch (error) {
      problem = `${raw.rule}: ${(error as Error).message}`;
    }
    if (passed === true) continue;
    const text = problem ?? raw.message?.trim() ?? `failed rule: ${raw.rule}`;
    const shown = typeof value === 'object' ? text : `${JSON.stringify(value)}: ${text}`;
    const field = raw.fieldPath ? path + raw.fieldPath : path;
    const reason = raw.reason ?? 'FieldValueInvalid';
    const message =
      reason === 'FieldValueForbidden'
        ? `Forbidden: ${text}`
        : reason === 'FieldValueRequired'
          ? `Required value: ${text}`
          : `Invalid value: ${shown}`;
    errors.push({ reason, field: field === '' ? '<nil>' : field, message });
  }
  if (Array.isArray(value)) {
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    for (const [index, item] of value.entries()) {
      const before =
        schema['x-kubernetes-list-type'] === 'map' && Array.isArray(old)
          ? old.find((each) => keys.every((key) => each?.[key] === (item as Record<string, unknown>)?.[key]))
          : undefined;
      if (schema.items) visit(rules, schema.items, item, before, `${path}[${index}]`, errors);
    }
    return;
  }
  if (typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    const inner = schema.properties?.[key] ?? schema.additionalProperties;
    if (typeof inner !== 'object') continue;
    visit(
      rules,
      inner,
      item,
      (old as Record<string, unknown> | undefined)?.[key],
      path === '' ? key : `${path}.${key}`,
      errors,
    );
  }
}
