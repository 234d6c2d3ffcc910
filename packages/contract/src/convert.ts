import {
  type ConfigSpec,
  CUSTOM_TYPES,
  type CustomConfigEntry,
  type ModuleConfigEntry,
} from './config-lists.ts';
import { customRules, moduleRules, type NamedRule } from './config-rules.ts';
import { parseCustom } from './custom.ts';
import { found, isObject, own } from './found.ts';
import { ANNOTATIONS, API_VERSION } from './labels.ts';
import { generationOf, parseModule } from './module.ts';
import type { ContainerCode, Custom, CustomMetadata, Generation, Module, PluginCode } from './resources.ts';
import { fail, type Problem, type Result, succeed } from './result.ts';
import { FLOAT_PATTERN } from './rule.ts';
import { join, under } from './shape.ts';

export interface ConvertOptions {
  /** What `source.httpURL` or `source.configMap` leads to; `source.raw` needs none. */
  custom?: Custom;
  /** What runs instead, between a plugin file and an image: neither can be made from the other. */
  code?: ContainerCode | PluginCode;
  /** Put over the metadata of the Custom that is made, for example its `version`. */
  metadata?: CustomMetadata;
}

export interface Conversion {
  module: Module;
  /** What the other generation has no words for, and what becomes of it: one sentence each. */
  losses: string[];
}

const ANY_OPERATOR = '>= 0.0.0, < 1.0.0';

/**
 * The same Module for another generation of the operator. What would no longer work is a problem (Helm, templates
 * before era 3, a plugin file for an image); what works differently is among the losses. The Custom's own metadata,
 * which an inline Module has no place for, is kept in an annotation. `status` is left out: it is the operator's.
 */
export function convertModule(
  module: Module,
  to: Generation,
  options: ConvertOptions = {},
): Result<Conversion> {
  const read = readParts(module, options.custom);
  if (!read.ok) return read;
  const parts = read.value;
  if (parts.from === to) {
    const { status: _, ...rest } = module;
    return succeed({ module: structuredClone(rest), losses: [] });
  }
  const losses: string[] = [];
  const code = convertCode(parts, to, options.code, losses);
  const problems = [
    ...(code.ok ? [] : code.problems),
    ...(parts.from === 'inline' || to === 'inline' ? templateProblems(module, parts) : []),
    ...(to === 'inline' ? [] : unknownKeys(module, parts.rules)),
  ];
  if (!code.ok || problems.length > 0) return fail(...problems);
  const made =
    to === 'inline'
      ? toInline(module, parts, code.value, losses)
      : toSource(module, parts, code.value, options);
  if (module.spec.createNamespace && to !== 'resource') {
    losses.push('spec.createNamespace is left out: only operators up to 0.1.20 know it.');
  }
  const checked = parseModule(structuredClone(made));
  return checked.ok ? succeed({ module: checked.value, losses }) : checked;
}

/** A Module taken apart: what it runs, by which rules, and what is known about it. */
interface Parts {
  from: Generation;
  code: ContainerCode | PluginCode;
  metadata: CustomMetadata | undefined;
  rules: NamedRule[] | undefined;
  /** Keys of the Custom that have no place elsewhere. */
  others: string[];
}

function readParts(module: Module, given: Custom | undefined): Result<Parts> {
  const { source, custom, helm } = module.spec;
  if (custom) {
    const rules = module.config && moduleRules(module.config);
    return succeed({ from: 'inline', code: custom, metadata: keptMetadata(module), rules, others: [] });
  }
  if (helm || !source || source.existingHelmRelease || source.github) {
    const what =
      helm || source?.existingHelmRelease ? 'a Helm release' : source?.github ? 'github' : 'neither';
    return fail({ path: 'spec', expected: 'spec.custom, or a Custom behind spec.source', found: what });
  }
  if (!source.raw && !given) {
    const path = source.httpURL ? 'spec.source.httpURL' : 'spec.source.configMap';
    return fail({ path, expected: 'the Custom behind it, handed in with the options', found: 'nothing' });
  }
  const parsed = parseCustom(source.raw ?? given);
  if (!parsed.ok) return fail(...under(source.raw ? 'spec.source.raw' : 'custom', parsed.problems));
  const { spec, metadata, config } = parsed.value;
  const others = Object.keys(parsed.value).filter(
    (key) => !['kind', 'metadata', 'config', 'spec'].includes(key),
  );
  return succeed({
    from: generationOf(module, parsed.value),
    code: spec,
    metadata,
    rules: config && customRules(config),
    others,
  });
}

function keptMetadata(module: Module): CustomMetadata | undefined {
  try {
    const kept: unknown = JSON.parse(module.metadata.annotations?.[ANNOTATIONS.customMetadata] ?? '');
    return isObject(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function convertCode(
  parts: Parts,
  to: Generation,
  instead: ContainerCode | PluginCode | undefined,
  losses: string[],
): Result<ContainerCode | PluginCode> {
  const plugin = (code: ContainerCode | PluginCode) => 'repo' in code && code.repo !== undefined;
  if ((parts.from === 'plugin') === (to === 'plugin')) return succeed(instead ?? parts.code);
  if (!instead || plugin(instead) !== (to === 'plugin')) {
    const expected =
      to === 'plugin'
        ? 'a plugin file, handed in as code: { repo } (an image is none)'
        : 'an image, handed in as code: { image } (a plugin file is none)';
    return fail({ path: 'code', expected, found: instead ? 'the other kind' : 'nothing' });
  }
  losses.push(
    to === 'plugin'
      ? 'The image, its pull secrets and its permissions are left out: the plugin file runs inside the operator.'
      : 'The plugin file is left out: the image runs instead, and its permissions say what it may reach.',
  );
  return succeed(instead);
}

/** Braces mean a template in era 3 and themselves before it: neither can be said in the other. */
function templateProblems(module: Module, { code }: Parts): Problem[] {
  const problems: Problem[] = [];
  const look = (node: unknown, path: string) => {
    if (typeof node === 'string' && node.includes('{{')) {
      problems.push({ path, expected: 'no {{ }}: only inline Modules are rendered', found: found(node) });
    } else if (Array.isArray(node)) {
      for (const [index, item] of node.entries()) look(item, `${path}[${index}]`);
    } else if (isObject(node)) {
      for (const [key, item] of Object.entries(node)) look(item, join(path, key));
    }
  };
  look(module.spec.config, 'spec.config');
  look(code, module.spec.custom ? 'spec.custom' : 'custom.spec');
  return problems;
}

/** Era 3 passes on what it does not know; before it, that is an error. */
function unknownKeys(module: Module, rules: readonly NamedRule[] | undefined): Problem[] {
  if (!rules) return [];
  const known = new Set(rules.map(({ alias }) => alias));
  return Object.keys(module.spec.config ?? {})
    .filter((alias) => !known.has(alias))
    .map((alias) => ({
      path: join('spec.config', alias),
      expected: 'an alias of the config list (operators before 0.1.21 refuse others)',
      found: 'none of them',
    }));
}

function toInline(
  module: Module,
  { metadata, rules, others }: Parts,
  code: ContainerCode | PluginCode,
  losses: string[],
): Module {
  const { source: _, createNamespace: __, config, ...spec } = module.spec;
  if (others.length > 0)
    losses.push(`Left out of the Custom, as a Module has no place for it: ${others.join(', ')}.`);
  const filled = (rules ?? []).filter(({ required }) => !required).map(({ alias }) => alias);
  if (filled.length > 0) {
    losses.push(
      `config.json no longer holds what was not given (${filled.join(', ')}): the runner must know its own defaults.`,
    );
  }
  return {
    apiVersion: API_VERSION,
    kind: 'Module',
    metadata: annotated(module, metadata && JSON.stringify(metadata)),
    ...(rules && { config: rules.map((rule) => moduleEntry(rule, losses)) }),
    spec: {
      ...spec,
      custom: code as ContainerCode,
      ...(config && {
        config: floats(config, rules, (value) => (typeof value === 'number' ? String(value) : value)),
      }),
    },
  };
}

function toSource(
  module: Module,
  { metadata, rules }: Parts,
  code: ContainerCode | PluginCode,
  options: ConvertOptions,
): Module {
  const { custom: _, source: __, config, ...spec } = module.spec;
  const restored = rules?.map(restoreFloat);
  const raw = {
    kind: 'Custom',
    metadata: {
      name: module.metadata.name,
      supportedOperatorVersion: ANY_OPERATOR,
      ...metadata,
      ...options.metadata,
    },
    ...(restored && { config: restored.map(customEntry) }),
    spec: code,
  };
  return {
    apiVersion: API_VERSION,
    kind: 'Module',
    metadata: annotated(module, undefined),
    spec: {
      ...spec,
      source: { raw },
      ...(config && {
        config: floats(config, restored, (value) => (typeof value === 'string' ? Number(value) : value)),
      }),
    },
  };
}

function annotated(module: Module, customMetadata: string | undefined): Module['metadata'] {
  const { [ANNOTATIONS.customMetadata]: _, ...others } = module.metadata.annotations ?? {};
  const annotations = { ...others, ...(customMetadata && { [ANNOTATIONS.customMetadata]: customMetadata }) };
  const { annotations: __, ...metadata } = module.metadata;
  return { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) };
}

function moduleEntry(rule: NamedRule, losses: string[]): ModuleConfigEntry {
  const editable = rule.editable ? {} : { editable: false };
  const entry = { name: rule.name, alias: rule.alias };
  if (rule.type !== 'float') {
    if (rule.type === 'multipleOptions') {
      losses.push(
        `${rule.alias}: operators seen from 0.1.21 on take no value for multipleOptions, only its default.`,
      );
    }
    return { ...entry, [rule.type]: { ...specOf(rule), ...editable } };
  }
  const bounds = rule.min !== undefined || rule.max !== undefined;
  losses.push(
    `${rule.alias}: a float is written as a string with a number's pattern; the runner gets text${bounds ? ' and must check min and max' : ''}.`,
  );
  const { min: _, max: __, default: fallback, ...spec } = specOf(rule);
  const text = fallback === undefined ? {} : { default: String(fallback) };
  return { ...entry, string: { ...spec, ...text, regex: FLOAT_PATTERN, ...editable } };
}

function customEntry(rule: NamedRule): CustomConfigEntry {
  const spec = { ...specOf(rule), editable: rule.editable };
  return { type: CUSTOM_TYPES[rule.type], name: rule.name, alias: rule.alias, spec };
}

function restoreFloat(rule: NamedRule): NamedRule {
  if (rule.type !== 'string' || rule.regex !== FLOAT_PATTERN) return rule;
  const { regex: _, default: fallback, ...rest } = rule;
  return { ...rest, type: 'float', ...(fallback !== undefined && { default: Number(fallback) }) };
}

function specOf({ required, default: fallback, regex, values, min, max }: NamedRule): ConfigSpec {
  return {
    ...(required && { required }),
    ...((fallback ?? null) !== null && { default: fallback }),
    ...(regex && { regex }),
    ...(values && { values: [...values] }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

function floats(
  config: Record<string, unknown>,
  rules: readonly NamedRule[] | undefined,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  const aliases = new Set(rules?.filter(({ type }) => type === 'float').map(({ alias }) => alias));
  return Object.fromEntries(
    Object.keys(config).map((key) => [key, aliases.has(key) ? change(own(config, key)) : own(config, key)]),
  );
}
