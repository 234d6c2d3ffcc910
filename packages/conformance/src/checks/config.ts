import { type Bench, expect } from '../bench.ts';
import { Blocked, type Check, Failed, NotApplicable, operator, shown } from '../check.ts';
import { invalidConfigs, onlyRequired, validConfigs, withFractions, zeroFilled } from '../values/configs.ts';
import { isDone } from '../wire/post.ts';
import type { Answer } from '../wire/send.ts';

const SEES = 'What a runner sees';
const RULES = 'Three generations of the same idea';
const RAW = operator(SEES, 'era 3: the raw user input, unknown keys included, no defaults');

/** What install answers on a fresh process with this config.json; it is uninstalled again. */
async function install(bench: Bench, config: unknown): Promise<Answer> {
  const life = await bench.life({ config });
  const answer = await life.call('install');
  if (isDone(answer)) await life.call('uninstall').catch(() => {});
  await life.runner.kill();
  return answer;
}

async function takes(bench: Bench, config: unknown, what: string): Promise<void> {
  const answer = await install(bench, config);
  expect(isDone(answer), `success with ${what}`, `${answer.status}: ${shown(answer.text)}`);
}

async function understands(bench: Bench, config: unknown, what: string): Promise<void> {
  const answer = await install(bench, config).catch((error: Error) => {
    throw error instanceof Blocked && bench.hasStarted
      ? new Failed(`the module to start with ${what}`, error.message)
      : error;
  });
  const fits = isDone(answer) || answer.status === 400;
  expect(fits, `success or 400 with ${what}`, `${answer.status}: ${shown(answer.text)}`);
}

async function refuses(bench: Bench, configs: { what: string; config: unknown }[]): Promise<void> {
  for (const { what, config } of configs) {
    const answer = await install(bench, config);
    expect(answer.status === 400, `400 with ${what}`, `${answer.status}: ${shown(answer.text)}`);
  }
}

export const config: Check[] = [
  {
    id: 'config/unknown-keys',
    level: 'required',
    sentence: 'takes a config with keys that it does not know',
    source: RAW,
    fix: 'Read the keys that are yours and leave the others alone.',
    needs: ['process'],
    own: true,
    run: (bench) =>
      takes(
        bench,
        { ...bench.setting.config, conformanceUnknown: { a: [1] } },
        'a key that it does not know',
      ),
  },
  {
    id: 'config/defaults-absent',
    level: 'required',
    sentence: 'fills in the defaults of its own schema',
    source: RAW,
    fix: 'Apply the defaults in the module, too: the newer operators do not.',
    needs: ['process', 'custom'],
    own: true,
    run: (bench) => takes(bench, onlyRequired(bench.setting), 'only what is required'),
  },
  {
    id: 'config/zero-filled',
    level: 'required',
    sentence: 'takes zero, "" and null for an optional value as not given',
    source: operator(SEES, 'an optional one without a default arrives as zero, "" or null'),
    fix: 'Treat zero, "" and null as absent where a value is optional and has no default: the older operators fill them in.',
    needs: ['process', 'custom'],
    own: true,
    run: (bench) => takes(bench, zeroFilled(bench.setting), 'every optional value at zero, "" or null'),
  },
  {
    id: 'config/fractions',
    level: 'recommended',
    sentence: 'understands an integer that arrives with a fraction',
    source: operator(RULES, 'an integer is checked after truncation but arrives as given (5.7 stays 5.7)'),
    fix: 'Truncate it, or answer 400; a strict decoder fails with 500 here.',
    needs: ['process', 'custom'],
    own: true,
    async run(bench) {
      const fraction = withFractions(bench.setting);
      if (!fraction) throw new NotApplicable('the Custom has no integer');
      await understands(bench, fraction.config, fraction.what);
    },
  },
  {
    id: 'config/invalid',
    level: 'recommended',
    sentence: 'answers 400 to a config that breaks its own schema',
    source: operator('What the operator does with an answer', 'answer 400 only when you mean it'),
    fix: 'Check types, patterns, bounds and options before anything is done, and name the field: not every operator does it for the module.',
    needs: ['process', 'custom'],
    own: true,
    async run(bench) {
      const invalid = invalidConfigs(bench.setting).filter(({ missing }) => !missing);
      if (invalid.length === 0) throw new NotApplicable('the Custom has no rule that could be broken');
      await refuses(bench, invalid);
    },
  },
  {
    id: 'config/required-missing',
    level: 'recommended',
    sentence: 'answers 400 when a required value is missing',
    source: operator(RULES, '`required` and missing -> error even when a default exists'),
    fix: 'Name the missing field in a 400.',
    needs: ['process', 'custom'],
    own: true,
    async run(bench) {
      const missing = invalidConfigs(bench.setting).filter((each) => each.missing);
      if (missing.length === 0) throw new NotApplicable('the Custom requires nothing without a default');
      await refuses(bench, missing);
    },
  },
  {
    id: 'config/valid',
    level: 'robust',
    sentence: 'understands every config that its schema allows',
    source: operator(SEES, 'only a known alias that fails its rule stops the install'),
    fix: 'Answer success, or 400 with the reason, at the bounds of every field: the least, the largest, each option, the longest text.',
    needs: ['process', 'custom'],
    own: true,
    async run(bench) {
      for (const { what, config } of validConfigs(bench.setting)) await understands(bench, config, what);
    },
  },
  {
    id: 'config/no-file',
    level: 'robust',
    sentence: 'starts without config.json, and answers install with success or 400',
    source: operator(SEES, 'A Secret mounted at `/forkspacer`: `config.json`'),
    fix: 'Read config.json in the verbs, not at the start: a process that ends there tells nobody why.',
    needs: ['process'],
    own: true,
    run: (bench) => understands(bench, undefined, 'no config.json'),
  },
  {
    id: 'config/broken-file',
    level: 'robust',
    sentence: 'starts with a config.json that is no JSON, and answers install with success or 400',
    source: operator(SEES, 'A Secret mounted at `/forkspacer`: `config.json`'),
    fix: 'Catch the parse error in the verb and answer 400.',
    needs: ['process'],
    own: true,
    run: (bench) => understands(bench, '{"namespace": ', 'a config.json that is cut off'),
  },
];
