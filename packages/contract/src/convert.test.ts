import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ConvertOptions, convertModule } from './convert.ts';
import { generationOf, parseModule } from './module.ts';
import type { Generation, Module } from './resources.ts';
import { formatProblems } from './result.ts';
import { FLOAT_PATTERN } from './rule.ts';

const metadata = {
  name: 'my-module',
  version: '1.0.0',
  supportedOperatorVersion: '>= 0.1.8, < 1.0.0',
  author: 'A',
};
const image = { image: 'registry/my-module:1.0.0', permissions: ['workspace' as const] };

function moduleWith(spec: object, rest: object = {}): Module {
  return {
    apiVersion: 'batch.forkspacer.com/v1',
    kind: 'Module',
    metadata: { name: 'app', namespace: 'default' },
    ...rest,
    spec: { workspace: { name: 'dev' }, hibernated: false, ...spec },
  };
}

const resource = moduleWith({
  source: {
    raw: {
      kind: 'Custom',
      metadata,
      config: [
        {
          type: 'string',
          name: 'Name',
          alias: 'name',
          spec: { required: true, regex: '^a', editable: true },
        },
        { type: 'integer', name: 'Count', alias: 'count', spec: { default: 2, min: 1 } },
        {
          type: 'option',
          name: 'Tier',
          alias: 'tier',
          spec: { default: 'a', values: ['a', 'b'], editable: true },
        },
      ],
      spec: image,
    },
  },
  config: { name: 'abc' },
});

const inline = moduleWith(
  { custom: image, config: { name: 'abc' } },
  {
    metadata: {
      name: 'app',
      namespace: 'default',
      annotations: { 'forkspacer.com/custom-metadata': JSON.stringify(metadata) },
    },
    config: [
      { name: 'Name', alias: 'name', string: { required: true, regex: '^a' } },
      { name: 'Count', alias: 'count', integer: { default: 2, min: 1, editable: false } },
      { name: 'Tier', alias: 'tier', option: { default: 'a', values: ['a', 'b'] } },
    ],
  },
);

const plugin = moduleWith({
  source: { raw: { kind: 'Custom', spec: { repo: { file: 'https://example.com/my-plugin.so' } } } },
  config: { appName: 'x' },
});

function converted(module: Module, to: Generation, options?: ConvertOptions) {
  const result = convertModule(module, to, options);
  return result.ok ? result.value : formatProblems(result.problems);
}

test('a Custom becomes an inline Module, and says that defaults are now the runner’s', () => {
  expect(converted(resource, 'inline')).toEqual({
    module: inline,
    losses: [
      'config.json no longer holds what was not given (count, tier): the runner must know its own defaults.',
    ],
  });
});

test('an inline Module becomes a Custom, with the metadata it once had', () => {
  const back = convertModule(inline, 'resource');
  expect(back).toMatchObject({ ok: true, value: { losses: [], module: { metadata: { name: 'app' } } } });
  expect(back.ok && back.value.module.spec.source?.raw).toMatchObject({
    metadata,
    config: [
      { alias: 'name', spec: { required: true, regex: '^a', editable: true } },
      { alias: 'count', spec: { default: 2, min: 1, editable: false } },
      { alias: 'tier', spec: { editable: true } },
    ],
    spec: image,
  });
  expect(
    converted(moduleWith({ custom: image }), 'resource', { metadata: { version: '2.0.0' } }),
  ).toMatchObject({
    module: {
      spec: {
        source: {
          raw: { metadata: { name: 'app', version: '2.0.0', supportedOperatorVersion: '>= 0.0.0, < 1.0.0' } },
        },
      },
    },
  });
});

test('a float goes through era 3 as the text of a number and comes back', () => {
  const spec = { default: 0.5, max: 1, editable: true };
  const module = moduleWith({
    source: {
      raw: {
        kind: 'Custom',
        metadata,
        config: [{ type: 'float', name: 'r', alias: 'ratio', spec }],
        spec: image,
      },
    },
    config: { ratio: 0.25 },
  });
  const there = convertModule(module, 'inline');
  expect(there).toMatchObject({
    ok: true,
    value: {
      module: {
        config: [{ alias: 'ratio', string: { default: '0.5', regex: FLOAT_PATTERN } }],
        spec: { config: { ratio: '0.25' } },
      },
      losses: [
        expect.any(String),
        "ratio: a float is written as a string with a number's pattern; the runner gets text and must check min and max.",
      ],
    },
  });
  const back = there.ok && convertModule(there.value.module, 'resource');
  expect(back).toMatchObject({
    value: {
      module: {
        spec: {
          source: { raw: { config: [{ type: 'float', spec: { default: 0.5 } }] } },
          config: { ratio: 0.25 },
        },
      },
    },
  });
});

test('a plugin and an image need the other’s code handed in', () => {
  expect(converted(plugin, 'inline')).toBe(
    'code: expected an image, handed in as code: { image } (a plugin file is none), found nothing',
  );
  const there = convertModule(plugin, 'inline', { code: image });
  expect(there).toMatchObject({
    ok: true,
    value: { module: { spec: { custom: image, config: { appName: 'x' } } } },
  });
  expect(there.ok && there.value.losses).toHaveLength(1);
  expect(converted(resource, 'plugin', { code: image })).toContain('found the other kind');
  const back = convertModule(resource, 'plugin', { code: { repo: { configMap: { name: 'p' } } } });
  expect(back.ok && generationOf(back.value.module)).toBe('plugin');
});

test('what cannot be carried is an error', () => {
  const templated = moduleWith({ custom: { image: 'r/{{ .config.a }}' }, config: { a: '{{ x }}' } });
  expect(converted(templated, 'resource')).toBe(
    'spec.config.a: expected no {{ }}: only inline Modules are rendered, found "{{ x }}"; ' +
      'spec.custom.image: expected no {{ }}: only inline Modules are rendered, found "r/{{ .config.a }}"',
  );
  expect(
    converted({ ...inline, spec: { ...inline.spec, config: { name: 'abc', more: 1 } } }, 'resource'),
  ).toContain('spec.config.more: expected an alias of the config list');
  expect(converted(moduleWith({ helm: {} }), 'resource')).toContain('found a Helm release');
  expect(converted(moduleWith({ source: { httpURL: 'http://a/b' } }), 'inline')).toContain(
    'spec.source.httpURL: expected the Custom behind it',
  );
  expect(
    converted(moduleWith({ source: { httpURL: 'http://a/b' } }), 'inline', {
      custom: { kind: 'Custom', metadata, spec: image },
    }),
  ).toMatchObject({ module: { spec: { custom: image } }, losses: [] });
});

test('what is left out is stated', () => {
  const raw = {
    kind: 'Custom',
    metadata,
    icon: 'x',
    config: [
      {
        type: 'multiple-options',
        name: 'm',
        alias: 'm',
        spec: { values: ['a'], required: true, editable: true },
      },
    ],
    spec: image,
  };
  const result = convertModule(moduleWith({ createNamespace: true, source: { raw } }), 'inline');
  expect(result.ok && result.value.losses).toEqual([
    'Left out of the Custom, as a Module has no place for it: icon.',
    'm: operators seen from 0.1.21 on take no value for multipleOptions, only its default.',
    'spec.createNamespace is left out: only operators up to 0.1.20 know it.',
  ]);
});

const text = fc.stringMatching(/^[a-z]{1,8}$/);
const entry = fc
  .record({ name: text, required: fc.boolean(), editable: fc.boolean() })
  .chain(({ name, required, editable }) => {
    const common = { ...(required && { required }), editable };
    return fc.oneof(
      fc
        .record({ default: text, regex: fc.constant('^[a-z]+$') })
        .map((spec) => ({ type: 'string', name, spec: { ...spec, ...common } })),
      fc
        .integer({ min: 1, max: 9 })
        .map((n) => ({ type: 'integer', name, spec: { default: n, min: 1, max: 9, ...common } })),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((n) => ({ type: 'float', name, spec: { default: n + 0, ...common } })),
      fc.constant({ type: 'boolean', name, spec: { default: true, ...common } }),
      fc.constant({ type: 'option', name, spec: { default: 'a', values: ['a', 'b'], ...common } }),
      fc.constant({
        type: 'multiple-options',
        name,
        spec: { default: ['a'], values: ['a', 'b'], min: 1, max: 2, ...common },
      }),
    );
  });

test('a Custom that went through an inline Module is the same again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 6 }), (entries) => {
      const config = entries.map(({ name, ...rest }) => ({ ...rest, name, alias: name }));
      const module = moduleWith({ source: { raw: { kind: 'Custom', metadata, config, spec: image } } });
      expect(parseModule(module)).toMatchObject({ ok: true });
      const there = convertModule(module, 'inline');
      const back = there.ok ? convertModule(there.value.module, 'resource') : there;
      expect(back.ok ? back.value.module : formatProblems(back.problems)).toEqual(module);
    }),
  );
});
