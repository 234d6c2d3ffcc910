import {
  API_VERSION,
  configJsonSchema,
  customConfigList,
  type Field,
  moduleConfigList,
} from '@forkspacer/contract';
import { stringify } from 'yaml';
import { displayName, type ModuleFolder } from './modules.ts';

/** Where the images are published; a version's own image is `<registry>/<name>:<version>`. */
export const REGISTRY = 'ghcr.io/forkspacer/modules';

/** Which operators run our modules: from the first that takes images to the last before a new major version. */
export const OPERATORS = { from: '0.1.8', below: '1.0.0' };

export const imageOf = ({ name, version }: ModuleFolder) => `${REGISTRY}/${name}:${version}`;

/** The files of `catalog/<module>/<version>/`, by name, each made from the definition alone. */
export function entryFiles(module: ModuleFolder, readme: string): Record<string, string> {
  return {
    'custom.yaml': customYaml(module),
    'module.yaml': moduleYaml(module),
    'schema.json': `${JSON.stringify(schema(module), null, 2)}\n`,
    'README.md': readme,
  };
}

/** What `source.httpURL` of an operator up to 0.1.20 points to. */
function customYaml(module: ModuleFolder): string {
  const { definition, name, version } = module;
  return yaml({
    kind: 'Custom',
    metadata: {
      name,
      version,
      supportedOperatorVersion: `>= ${OPERATORS.from}, < ${OPERATORS.below}`,
      description: definition.description,
      author: 'The forkspacer-modules authors',
      category: definition.category,
    },
    config: customConfigList(definition.config),
    spec: { image: imageOf(module), permissions: definition.permissions },
  });
}

/** What a person copies and applies, for an operator from 0.1.21 on. */
function moduleYaml(module: ModuleFolder): string {
  const { definition, name, version } = module;
  const head = yaml({
    apiVersion: API_VERSION,
    kind: 'Module',
    metadata: { name, namespace: 'default' },
    spec: {
      workspace: { name: 'my-workspace', namespace: 'default' },
      hibernated: false,
      custom: { image: imageOf(module), permissions: definition.permissions },
    },
  });
  const fields = Object.entries(definition.config).flatMap(([alias, field]) => [
    ...wrapped(`${field.description} (${rule(field)})`).map((line) => `# ${line}`),
    `${field.required || field.default !== undefined ? '' : '# '}${yaml({ [alias]: example(field) }).trimEnd()}`,
  ]);
  return [
    `# ${displayName(definition)} ${version}: ${definition.description}`,
    '# Set metadata, workspace and config, then: kubectl apply -f module.yaml',
    head.trimEnd(),
    '  config:',
    ...fields.flatMap((field) => field.split('\n')).map((line) => `    ${line}`),
    '',
    '# What spec.config may hold. The operator checks it; leave it as it is.',
    yaml({ config: moduleConfigList(definition.config) }),
  ].join('\n');
}

function schema({ definition }: ModuleFolder) {
  const { $schema, ...rest } = configJsonSchema(definition.config);
  return {
    $schema,
    title: `Config of ${displayName(definition)}`,
    description: definition.description,
    ...rest,
  };
}

/** One row a field, for the module's README. */
export function configTable({ definition }: ModuleFolder): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [
    '| field | what it is | rule |',
    '|---|---|---|',
    ...Object.entries(definition.config).map(
      ([alias, field]) => `| \`${alias}\` | ${cell(field.description)} | ${cell(rule(field))} |`,
    ),
  ].join('\n');
}

/** `integer, 1 to 10, default 3` */
function rule({ type, values, min, max, regex, required, default: preset }: Field): string {
  const kind = type === 'multipleOptions' ? 'any of' : type === 'option' ? 'one of' : type;
  const range =
    min === undefined && max === undefined
      ? []
      : [
          `${min ?? ''}${min === undefined ? 'at most ' : max === undefined ? ' or more' : ' to '}${max ?? ''}`,
        ];
  return [
    values ? `${kind} ${values.join(', ')}` : kind,
    ...range,
    ...(regex ? [`matching \`${regex}\``] : []),
    preset !== undefined ? `default ${JSON.stringify(preset)}` : required ? 'required' : 'optional',
  ].join(', ');
}

const EMPTY: Record<Field['type'], unknown> = {
  string: '',
  integer: 0,
  float: 0,
  boolean: false,
  option: '',
  multipleOptions: [],
};

function example({ type, default: preset, values, min }: Field): unknown {
  return preset ?? (type === 'option' ? values?.[0] : undefined) ?? min ?? EMPTY[type];
}

function wrapped(text: string, width = 100): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    if (lines.at(-1)!.length + word.length >= width) lines.push('');
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${word}`;
  }
  return lines;
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
