import { customListProblems } from './config-rules.ts';
import { parseConstraint } from './constraint.ts';
import { found, isObject, own } from './found.ts';
import type { Custom } from './resources.ts';
import type { Problem, Result } from './result.ts';
import { list, object, REFERENCE_FIELDS, readShape, type Shape, TEXT } from './shape.ts';

export const CODE_FIELDS: Readonly<Record<string, Shape>> = {
  image: { type: 'string', notEmpty: true },
  imagePullSecrets: list(TEXT),
  permissions: list({ type: 'string', oneOf: ['workspace', 'controller'] }),
};

export const URL_TEXT: Shape = {
  type: 'string',
  pattern: /^https?:\/\/\S+$/,
  as: 'an http or https URL',
};

const SHAPE: Shape = object(
  {
    kind: { type: 'string', oneOf: ['Custom'] },
    metadata: object({
      name: TEXT,
      version: TEXT,
      supportedOperatorVersion: TEXT,
      description: TEXT,
      author: TEXT,
      category: TEXT,
    }),
    config: list({ type: 'any' }),
    spec: object({
      ...CODE_FIELDS,
      repo: object({ file: URL_TEXT, configMap: object(REFERENCE_FIELDS, 'name') }),
    }),
  },
  'kind',
  'spec',
);

/**
 * A Custom out of YAML text or an object: `spec.image` (era 2, which also needs `metadata.supportedOperatorVersion`) or
 * `spec.repo` (era 1). Unknown fields are kept.
 */
export function parseCustom(input: unknown): Result<Custom> {
  return readShape<Custom>(input, SHAPE, (custom) => [
    ...codeProblems(own(custom, 'spec')),
    ...versionProblems(custom),
    ...customListProblems(own(custom, 'config')),
  ]);
}

function codeProblems(spec: unknown): Problem[] {
  if (!isObject(spec)) return [];
  const repo = own(spec, 'repo');
  const image = own(spec, 'image');
  if ((image === undefined) === (repo === undefined)) {
    const what = image === undefined ? 'neither' : 'both';
    return [{ path: 'spec', expected: 'either image or repo', found: what }];
  }
  if (!isObject(repo)) return [];
  const [file, configMap] = [own(repo, 'file'), own(repo, 'configMap')];
  if ((file === undefined) !== (configMap === undefined)) return [];
  return [
    {
      path: 'spec.repo',
      expected: 'either file or configMap',
      found: file === undefined ? 'neither' : 'both',
    },
  ];
}

function versionProblems(custom: Record<string, unknown>): Problem[] {
  const path = 'metadata.supportedOperatorVersion';
  const metadata = own(custom, 'metadata');
  const supported = isObject(metadata) ? own(metadata, 'supportedOperatorVersion') : undefined;
  const spec = own(custom, 'spec');
  const plugin = isObject(spec) && own(spec, 'repo') !== undefined;
  if (supported === undefined && plugin) return [];
  const parsed = parseConstraint(supported);
  return parsed.ok ? [] : parsed.problems.map((problem) => ({ ...problem, path, found: found(supported) }));
}
