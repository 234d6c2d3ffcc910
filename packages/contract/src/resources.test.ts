import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCustom } from './custom.ts';
import { YAML_LIMIT } from './limits.ts';
import { generationOf, parseModule } from './module.ts';
import { formatProblems, type Result } from './result.ts';
import { toYaml } from './to-yaml.ts';
import { parseWorkspace } from './workspace.ts';

const custom = `kind: Custom
metadata:
  name: my-module
  version: 1.0.0
  supportedOperatorVersion: ">= 0.0.0, < 1.0.0"
  description: "My custom application module"
config:
  - type: string
    name: namespace
    alias: namespace
    spec:
      required: true
      default: "default"
      editable: true
  - type: integer
    name: replicas
    alias: replicas
    spec: { required: true, default: 1, min: 1, max: 10, editable: true }
spec:
  image: my-registry/my-module:v1.0.0
  permissions:
    - workspace
`;

const inline = `apiVersion: batch.forkspacer.com/v1
kind: Module
metadata:
  name: my-app
config:
  - name: Replicas
    alias: replicas
    integer: { min: 1, default: 0, required: false, editable: true }
spec:
  workspace:
    name: dev
  custom:
    image: my-registry/my-module:v1.0.0
  config:
`;

function told(result: Result<unknown>): unknown {
  return result.ok ? result.value : formatProblems(result.problems);
}

function moduleWith(spec: object): object {
  return {
    apiVersion: 'batch.forkspacer.com/v1',
    kind: 'Module',
    metadata: { name: 'app' },
    spec: { workspace: { name: 'dev' }, ...spec },
  };
}

test('a Custom and a Module of each generation are read from YAML', () => {
  expect(parseCustom(custom)).toMatchObject({ ok: true, value: { metadata: { version: '1.0.0' } } });
  const module = parseModule(inline);
  expect(module).toMatchObject({ ok: true, value: { config: [{ alias: 'replicas' }] } });
  expect(module.ok && generationOf(module.value)).toBe('inline');
  expect(module.ok && 'config' in module.value.spec).toBe(false);

  const plugin = moduleWith({
    source: { raw: { kind: 'Custom', spec: { repo: { file: 'https://a.b/p.so' } } } },
  });
  const parsed = parseModule(plugin);
  expect(told(parsed)).toEqual(plugin);
  expect(parsed.ok && generationOf(parsed.value)).toBe('plugin');
  for (const source of [{ httpURL: 'http://a/b.yaml' }, { configMap: { name: 'a', key: 'k' } }]) {
    const resource = parseModule(moduleWith({ source }));
    expect(resource.ok && generationOf(resource.value)).toBe('resource');
  }
});

test('every fault of a Module is told with its path', () => {
  const faults = `apiVersion: batch.forkspacer.com/v2
kind: Modul
metadata: { name: My_App, labels: { a: 1 } }
config:
  - { alias: a, string: {}, integer: {} }
  - { name: b, alias: b, option: { values: [] } }
  - { name: b, alias: b, string: { regex: "(?=a)" } }
  - { name: c, alias: c, integer: { min: 2, max: 1 } }
spec:
  hibernated: "yes"
  custom: { image: "", permissions: [root] }
`;
  expect(told(parseModule(faults))).toBe(
    [
      'apiVersion: expected one of batch.forkspacer.com/v1, found "batch.forkspacer.com/v2"',
      'kind: expected one of Module, found "Modul"',
      'metadata.name: expected a name of lower-case letters, digits, - and ., found "My_App"',
      'metadata.labels.a: expected a string, in quotes, found 1',
      'spec.hibernated: expected true or false, found "yes"',
      'spec.custom.image: expected a string, not empty, found ""',
      'spec.custom.permissions[0]: expected one of workspace, controller, found "root"',
      'spec.workspace: expected an object, found nothing',
      'config[0]: expected exactly one of string, integer, boolean, option, multipleOptions, found string and integer',
      'config[1].option.values: expected a list that is not empty, found []',
      'config[2].alias: expected each alias once, found "b" again',
      'config[2].string.regex: expected an RE2 pattern, found "(?=a)" (invalid or unsupported Perl syntax: `(?=`)',
      'config[3].integer.max: expected at least min (2), found 1',
    ].join('; '),
  );
});

test('a Module names exactly one thing to run', () => {
  expect(told(parseModule(moduleWith({})))).toBe(
    'spec: expected exactly one of custom, source, helm, found none of them',
  );
  expect(
    told(parseModule(moduleWith({ custom: { image: 'a' }, source: { httpURL: 'http://a' } }))),
  ).toContain('found custom and source');
  expect(told(parseModule(moduleWith({ source: {} })))).toContain('spec.source: expected exactly one of raw');
  expect(told(parseModule(moduleWith({ source: { raw: { kind: 'Custom', spec: { image: 'a' } } } })))).toBe(
    'spec.source.raw.metadata.supportedOperatorVersion: expected a version constraint such as ">= 0.0.0, < 1.0.0", found nothing',
  );
});

test('every fault of a Custom is told with its path', () => {
  expect(told(parseCustom('kind: Helm\nspec: {}'))).toContain(
    'kind: expected one of Custom, found "Helm"; spec: expected either image or repo',
  );
  expect(told(parseCustom(custom.replace('version: 1.0.0', 'version: 1.0')))).toBe(
    'metadata.version: expected a string, in quotes, found 1',
  );
  expect(told(parseCustom(custom.replace('type: string', 'type: text')))).toContain(
    'config[0].type: expected one of string',
  );
  expect(told(parseCustom(custom.replace('max: 10', 'max: 0')))).toContain(
    'config[1].spec.max: expected at least min (1), found 0',
  );
  expect(told(parseCustom(custom.replace('< 1.0.0', '< one')))).toContain(
    'metadata.supportedOperatorVersion: expected',
  );
  expect(told(parseCustom({ kind: 'Custom', spec: { repo: {} } }))).toContain(
    'spec.repo: expected either file or configMap',
  );
});

test('a Workspace is checked as far as its fields go', () => {
  const workspace = { apiVersion: 'batch.forkspacer.com/v1', kind: 'Workspace', metadata: { name: 'dev' } };
  expect(parseWorkspace({ ...workspace, spec: {} }).ok).toBe(true);
  const hibernating = (schedule: string) =>
    told(parseWorkspace({ ...workspace, spec: { autoHibernation: { enabled: true, schedule } } }));
  for (const schedule of [
    '0 22 * * *',
    '0 0 22 * * *',
    '@daily',
    '@every 1h',
    'TZ=Europe/Berlin 0 22 * * *',
  ]) {
    expect(hibernating(schedule)).toMatchObject({ kind: 'Workspace' });
  }
  expect(hibernating('at ten')).toContain('spec.autoHibernation.schedule: expected cron');
  expect(
    told(parseWorkspace({ ...workspace, spec: { type: 'vm', connection: { type: 'kubeconfig' } } })),
  ).toBe(
    'spec.type: expected one of kubernetes, managed, found "vm"; ' +
      'spec.connection.secretReference: expected the Secret that holds the kubeconfig, found nothing',
  );
});

test('marks before and after the one document, with nothing but comments beside it, make no second one', () => {
  const custom = 'kind: Custom\nmetadata: {supportedOperatorVersion: "*"}\nspec: {image: a}\n';
  for (const text of [
    `---\n${custom}---\n`,
    `# one\n---\n# two\n---\n${custom}...\n# three\n`,
    `${custom}...\n`,
  ]) {
    expect(parseCustom(text)).toMatchObject({ ok: true });
  }
  for (const text of [`${custom}--- ~\n`, `${custom}---\nnull\n`, `${custom}---\n${custom}`]) {
    expect(parseCustom(text)).toMatchObject({ ok: false, problems: [{ expected: 'one YAML document' }] });
  }
});

test('YAML that is none, or more than one document, is an ordinary answer', () => {
  for (const [text, what] of [
    ['', 'one YAML document, found none'],
    ['# only a comment', 'one YAML document, found none'],
    [`---\n${custom}---\n${custom}`, 'one YAML document, found 2'],
    ['a: [', 'expected YAML'],
    ['a: b: c', 'line 1'],
    [custom.replace('kind: Custom', 'kind: Custom\nkind: Custom'), 'the key "kind" once in its map'],
    ['a: &a [x]\nb: *c', 'expected YAML'],
    ['a: &a {x: 1}\nb: { <<: *a }', 'no merge key'],
    ['a: .nan', 'numbers that JSON has'],
    ['? [a]\n: b', 'plain keys'],
    ['just text', 'expected an object, found "just text"'],
    ['[]', 'expected an object, found []'],
  ] as const) {
    expect(told(parseCustom(text)), text).toContain(what);
  }
  expect(parseCustom(`---\n${custom}...\n`).ok).toBe(true);
});

test('hostile YAML is refused quickly', () => {
  const started = process.cpuUsage(); // the machine may be busy with something else
  const hostile = [
    '['.repeat(YAML_LIMIT),
    '{'.repeat(YAML_LIMIT),
    '- '.repeat(YAML_LIMIT / 2),
    'x'.repeat(YAML_LIMIT + 1),
    'ü'.repeat(YAML_LIMIT - 1),
    ']'.repeat(YAML_LIMIT),
    `a0: &a0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`,
  ];
  for (const text of hostile) expect(parseModule(text).ok).toBe(false);
  const keys = Array.from({ length: 16_000 }, (_, i) => `    k${i}: v`).join('\n');
  expect(parseModule(`${inline}${keys}`)).toMatchObject({ ok: true });
  expect(told(parseModule(`${inline}${keys}\n    k7: v`))).toContain('the key "k7" once');
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(8);
});

test('objects that JSON does not have are refused, endless ones too', () => {
  const endless: Record<string, unknown> = moduleWith({ custom: { image: 'a' } }) as Record<string, unknown>;
  endless.self = endless;
  for (const config of [endless, { a: 1n }, { a: () => 1 }, { a: Number.NaN }, { a: new Date(0) }]) {
    expect(parseModule(moduleWith({ custom: { image: 'a' }, config })).ok).toBe(false);
  }
});

test('a __proto__ key stays a key', () => {
  const parsed = parseModule(`${inline}    __proto__: { polluted: true }\n`);
  expect(parsed.ok && Object.keys(parsed.value.spec.config ?? {})).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('parsing never throws, whatever arrives', () => {
  const any = fc.oneof(
    fc.anything({ maxDepth: 2 }),
    fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(any, any, (a, b) => {
      for (const parse of [parseModule, parseCustom, parseWorkspace]) {
        expect(parse(a)).toHaveProperty('ok');
        expect(parse(moduleWith({ source: a, config: b, custom: b }))).toHaveProperty('ok');
        expect(parse({ kind: 'Custom', config: [a], spec: b, metadata: a })).toHaveProperty('ok');
      }
    }),
    { numRuns: 50 },
  );
});

test('YAML is written as a person would', () => {
  const parsed = parseCustom(custom);
  expect(
    parsed.ok &&
      toYaml({ ...parsed.value, metadata: { ...parsed.value.metadata, author: 'yes', note: 'a\nb\n' } }),
  ).toBe(
    `kind: Custom
metadata:
  name: my-module
  version: 1.0.0
  supportedOperatorVersion: ">= 0.0.0, < 1.0.0"
  description: My custom application module
  author: "yes"
  note: |
    a
    b
config:
  - type: string
    name: namespace
    alias: namespace
    spec:
      required: true
      default: default
      editable: true

  - type: integer
    name: replicas
    alias: replicas
    spec:
      required: true
      default: 1
      min: 1
      max: 10
      editable: true
spec:
  image: my-registry/my-module:v1.0.0
  permissions:
    - workspace
`,
  );
});

test('what is written as YAML is read back the same', () => {
  const plain = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), plain), (config) => {
      const module = moduleWith({ custom: { image: 'a' }, config: JSON.parse(JSON.stringify(config)) });
      expect(told(parseModule(toYaml(module)))).toEqual(module);
    }),
  );
});
