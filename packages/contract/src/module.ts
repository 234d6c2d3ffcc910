import { moduleListProblems } from './config-rules.ts';
import { CODE_FIELDS, parseCustom, URL_TEXT } from './custom.ts';
import { isObject, own } from './found.ts';
import { API_VERSION } from './labels.ts';
import type { Generation, Module } from './resources.ts';
import type { Problem, Result } from './result.ts';
import {
  FLAG,
  FREE,
  list,
  METADATA,
  object,
  REFERENCE_FIELDS,
  readShape,
  type Shape,
  TEXT,
  under,
} from './shape.ts';

const SHAPE: Shape = object(
  {
    apiVersion: { type: 'string', oneOf: [API_VERSION] },
    kind: { type: 'string', oneOf: ['Module'] },
    metadata: METADATA,
    config: list({ type: 'any' }),
    spec: object(
      {
        workspace: object(REFERENCE_FIELDS, 'name'),
        config: FREE,
        hibernated: FLAG,
        source: object({
          raw: FREE,
          httpURL: URL_TEXT,
          configMap: object({ ...REFERENCE_FIELDS, key: { type: 'string', notEmpty: true } }, 'name'),
          existingHelmRelease: FREE,
          github: FREE,
        }),
        custom: object(CODE_FIELDS, 'image'),
        helm: FREE,
        createNamespace: FLAG,
      },
      'workspace',
    ),
    status: object({ phase: TEXT, source: TEXT, message: TEXT, lastActivity: TEXT, conditions: list(FREE) }),
  },
  'apiVersion',
  'kind',
  'metadata',
  'spec',
);

const FORMS = ['custom', 'source', 'helm'];
const SOURCES = ['raw', 'httpURL', 'configMap', 'existingHelmRelease', 'github'];

/**
 * A Module of any generation out of YAML text or an object. A Custom in `spec.source.raw` is checked with it. Unknown
 * fields are kept, and no defaults filled in: that is the server's work.
 */
export function parseModule(input: unknown): Result<Module> {
  return readShape<Module>(input, SHAPE, (module) => [
    ...nameProblems(module),
    ...sourceProblems(own(module, 'spec')),
    ...moduleListProblems(own(module, 'config')),
  ]);
}

export function nameProblems(resource: Record<string, unknown>): Problem[] {
  const metadata = own(resource, 'metadata');
  if (!isObject(metadata) || own(metadata, 'name') !== undefined || own(metadata, 'generateName')) return [];
  return [{ path: 'metadata.name', expected: 'a name', found: 'nothing' }];
}

function sourceProblems(spec: unknown): Problem[] {
  if (!isObject(spec)) return [];
  const form = oneOf(spec, FORMS, 'spec');
  const source = own(spec, 'source');
  if (form.length > 0 || !isObject(source)) return form;
  const raw = own(source, 'raw');
  const custom = isObject(raw) ? parseCustom(raw) : undefined;
  return [
    ...oneOf(source, SOURCES, 'spec.source'),
    ...(custom?.ok === false ? under('spec.source.raw', custom.problems) : []),
  ];
}

function oneOf(object: Record<string, unknown>, keys: readonly string[], path: string): Problem[] {
  const present = keys.filter((key) => own(object, key) !== undefined);
  if (present.length === 1) return [];
  return [
    { path, expected: `exactly one of ${keys.join(', ')}`, found: present.join(' and ') || 'none of them' },
  ];
}

/**
 * The generation that a Module is written for. Behind `httpURL` and `configMap` both a plugin and an image may be:
 * that is told by the Custom found there, and is `resource` until it is given.
 */
export function generationOf(module: Pick<Module, 'spec'>, custom?: { spec?: unknown }): Generation {
  const { source } = module.spec;
  if (!source) return 'inline';
  const behind = own(custom ?? source.raw ?? {}, 'spec');
  return isObject(behind) && own(behind, 'repo') !== undefined ? 'plugin' : 'resource';
}
