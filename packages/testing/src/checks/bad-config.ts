import type { ConfigDeclaration } from '@forkspacer/contract';
import { type Field, parseConfig } from '@forkspacer/contract';
import { expect } from 'vitest';
import type { Group, RawConfig } from '../options.ts';
import { changesOf, onStage, refused, succeed } from '../stage.ts';

/** One field of a config made wrong. */
export interface BadConfig {
  field: string;
  why: string;
  config: RawConfig;
}

/** Not of the type, whatever the type is. */
const WRONG: Record<Field['type'], unknown[]> = {
  string: [42, true, ['a'], { a: 1 }],
  integer: ['many', true, [1], { a: 1 }, 1e300],
  float: ['many', true, [1], { a: 1 }],
  boolean: ['yes', 1, [true], { a: 1 }],
  option: ['no-such-value', 42, ['a'], { a: 1 }],
  multipleOptions: [['no-such-value'], 42, { a: 1 }],
};

/** Texts of which most patterns refuse one. */
const TEXTS = [
  '',
  ' ',
  '-',
  '_',
  'UPPER CASE',
  'ä',
  '../..',
  'a\nb',
  '"; rm -rf /',
  'x'.repeat(300),
  '0',
  'a',
];

/** Every way to get one field wrong, as its declaration tells them. */
export function badConfigs(declaration: ConfigDeclaration, config: RawConfig): BadConfig[] {
  const found: BadConfig[] = [];
  for (const [field, rule] of Object.entries(declaration)) {
    const values: [string, unknown][] = WRONG[rule.type].map((value) => ['of the wrong type', value]);
    if (rule.type === 'integer' || rule.type === 'float') {
      // Zero may stand for no value.
      if (rule.min !== undefined) values.push(['too small', rule.min - 1 || -1]);
      if (rule.max !== undefined) values.push(['too large', rule.max + 1 || 1]);
    }
    if (rule.type === 'multipleOptions') {
      const all = rule.values ?? [];
      if (rule.max !== undefined && rule.max < all.length) values.push(['too many', [...all]]);
      if ((rule.min ?? 0) > 1) values.push(['too few', all.slice(0, 1)]);
    }
    if (rule.regex) {
      const refusedText = TEXTS.filter((text) => !parseConfig({ field: rule }, { field: text }).ok);
      values.push(...refusedText.slice(0, 3).map((text): [string, unknown] => ['not matching', text]));
    }
    for (const [why, value] of values) found.push({ field, why, config: { ...config, [field]: value } });
    if (!rule.required) continue;
    const { [field]: _, ...without } = config;
    found.push(
      { field, why: 'missing', config: without },
      { field, why: 'null', config: { ...config, [field]: null } },
    );
  }
  return found;
}

export const badConfig: Group = {
  title: 'config',
  checks: [
    {
      title:
        'each field wrong in turn is answered 400 with its name and what was expected, and nothing is changed',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const { config: declaration } = subject.module;
          for (const { field, why, config } of badConfigs(declaration, stage.config)) {
            const actor = await stage.start({ config });
            const { text } = await refused(actor, 'install', /expected .+, found /);
            expect(text, `the text for ${field} ${why}: ${JSON.stringify(config[field])}`).toContain(
              `${field}: expected`,
            );
            await actor.stop();
          }
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'all fields wrong at once are all named, and what could never be installed can be uninstalled',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const { config: declaration } = subject.module;
          const fields = Object.keys(declaration);
          const config = Object.fromEntries(fields.map((field) => [field, { not: 'it' }]));
          const actor = await stage.start({ config });
          for (const verb of ['install', 'sleep', 'resume'] as const) {
            const { text } = await refused(actor, verb, /expected/);
            const shown = text.endsWith('…') ? fields.slice(0, 1) : fields;
            for (const field of shown) expect(text, verb).toContain(`${field}: expected`);
          }
          await succeed(actor, 'uninstall');
          expect(changesOf(actor.proxy), 'changes').toEqual([]);
        }),
    },
    {
      title:
        'what either operator adds to a config is no fault: unknown keys, and emptiness for what was not given',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const empty: Record<Field['type'], unknown> = {
            string: '',
            integer: 0,
            float: 0,
            boolean: false,
            option: '',
            multipleOptions: null,
          };
          const filled = Object.entries(subject.module.config)
            .filter(
              ([field, rule]) =>
                !Object.hasOwn(stage.config, field) && !rule.required && rule.default === undefined,
            )
            .map(([field, rule]) => [field, empty[rule.type]]);
          const actor = await stage.start({
            config: { ...stage.config, ...Object.fromEntries(filled), 'no-such-field': { deep: ['1'] } },
          });
          await succeed(actor, 'install');
          const first = await stage.snapshot();
          const same = await stage.replace(actor, { config: stage.config });
          await succeed(same, 'install');
          await stage.expectState(first, 'as with the config alone');
          await succeed(same, 'uninstall');
        }),
    },
    {
      title: 'a config.json that is missing, broken or no object is told by its name',
      run: (subject) =>
        onStage(subject, async (stage) => {
          for (const config of [null, '', '{', '[1]', '"text"', 'nul', `{"a":${'['.repeat(10_000)}`]) {
            const actor = await stage.start({ config });
            await refused(actor, 'install', /config/);
            await actor.stop();
          }
          await stage.expectNothingLeft();
        }),
    },
    {
      title: 'without a kubeconfig the permission to ask for is named',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start({ withoutKubeconfig: true });
          const permission = subject.module.permissions?.[0] ?? 'workspace';
          for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const) {
            const { text } = await refused(actor, verb, /permission/);
            expect(text).toContain(permission);
          }
          expect(changesOf(actor.proxy)).toEqual([]);
        }),
    },
  ],
};
