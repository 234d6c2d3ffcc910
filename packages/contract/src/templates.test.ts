import fc from 'fast-check';
import { expect, test } from 'vitest';
import table from '../text-template/table.generated.json' with { type: 'json' };
import { formatProblems } from './result.ts';
import { renderTemplates } from './templates.ts';

interface Row {
  template: string;
  error?: string;
  text: string;
  value: unknown;
}

const config = {
  name: 'web',
  replicas: 3,
  list: ['a'],
  nested: { a: 1 },
  none: null,
};

function rendered(spec: unknown) {
  const result = renderTemplates(spec, { config });
  return result.ok ? result.value : formatProblems(result.problems);
}

test('templates give what Go’s text/template gives, and fail where it fails', () => {
  const differences = (table.rows as Row[])
    .map(({ template, error, value }) => {
      const ours = renderTemplates(template, { config: table.config as Record<string, unknown> });
      const same =
        error === undefined ? ours.ok && JSON.stringify(ours.value) === JSON.stringify(value) : !ours.ok;
      return same ? undefined : { template, error, value, ours };
    })
    .filter((row) => row !== undefined);
  expect(differences).toEqual([]);
  expect(table.rows.length).toBeGreaterThan(90);
});

test('every string in a spec is rendered and read again as JSON, keys and other values are not', () => {
  expect(
    rendered({
      image: 'registry/{{ .config.name }}:1',
      replicas: '{{ .config.replicas }}',
      version: '1.0',
      list: ['{{ .config.name }}', 1.0, true, null],
      '{{ .config.name }}': 'key',
    }),
  ).toEqual({
    image: 'registry/web:1',
    replicas: 3,
    version: '1.0',
    list: ['web', 1, true, null],
    '{{ .config.name }}': 'key',
  });
});

test('randBase62 gives as many letters and digits as asked for', () => {
  for (const count of [1, 8, 64, 200]) {
    const text = `x${'{{ randBase62 '}${count} }}`;
    expect(rendered(text)).toMatch(new RegExp(`^x[0-9A-Za-z]{${count}}$`));
    expect(rendered(`x{{ randBase62 20 }}`)).not.toBe(rendered(`x{{ randBase62 20 }}`));
  }
  for (const count of ['-1', '1.5', '1e3', '100000', 'N', '"3"']) {
    expect(rendered(`{{ randBase62 ${count} }}`)).toContain('found');
  }
});

test('what is not supported is named', () => {
  const named: Record<string, string> = {
    '{{ .config.name | quote }}': 'a pipe',
    '{{ if .config.name }}x{{ end }}': 'if in',
    '{{ range .config.list }}x{{ end }}': 'range in',
    '{{ with .config }}x{{ end }}': 'with in',
    '{{ $x := .config.name }}': 'a variable',
    '{{ $.config.name }}': 'a variable',
    '{{ index .config "a-b" }}': 'the function index',
    '{{ printf "%s" .config.name }}': 'the function printf',
    '{{ (randBase62 3) }}': 'parentheses',
    '{{ randBase62 3 | lower }}': 'a pipe',
    '{{ template "x" }}': 'template in',
    '{{ . }}': '{{ . }}',
    '{{ }}': 'an empty action',
    '{{ .config.list }}': 'a list',
    '{{ .config.nested }}': 'an object',
    '{{ .config.missing }}': 'a value for .config.missing in the config',
    '{{ .config.none }}': 'null',
    '{{ .config.nested.b.c }}': 'a value for .config.nested.b in the config',
    '{{ .config.__proto__ }}': 'a value for .config.__proto__',
    '{{ .workspace.name }}': '.workspace',
    '{{ .config.name': '}} after {{',
  };
  for (const [template, what] of Object.entries(named))
    expect(rendered({ image: template }), template).toContain(what);
});

test('every template that fails is told with its path', () => {
  expect(rendered({ image: '{{ foo }}', args: ['a', '{{ .config.b }}'] })).toBe(
    'image: expected {{ .config.name }} or {{ randBase62 N }}, found the function foo in "{{ foo }}"; ' +
      'args[1]: expected a value for .config.b in the config, found nothing',
  );
});

test('rendering never throws and never takes long', () => {
  const parts = fc.constantFrom(
    '{{',
    '}}',
    '.config',
    '.name',
    ' ',
    '-',
    '"',
    '`',
    '/*',
    '*/',
    '|',
    'randBase62',
    '3',
    'a',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 60 }), (text) => {
      expect(renderTemplates(text.join(''), { config })).toHaveProperty('ok');
    }),
  );
  for (const part of ['{{', '{{-', '{{ "', '{{/*', ' ', '}}', '{{ 1 }}', '{{ 1 -}} ']) {
    renderTemplates(part.repeat(50_000), { config });
  }
  renderTemplates(`a${' '.repeat(1_000_000)}b{{- 1 }}`, { config });
  renderTemplates(`{{ 1${' '.repeat(1_000_000)}2 }}`, { config });
});
