import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Plain, Refusal } from './correct.ts';
import { mutant } from './mutant.ts';

type Raw = Record<string, unknown>;

const KNOWN = new Set(['name', 'namespace', 'replicas', 'mode', 'conformancePassword']);

/** Sees the raw config before it is checked. */
const seeing = (see: (raw: Raw) => Raw) =>
  class extends Plain {
    override rawConfig() {
      return see(super.rawConfig());
    }
  };

const refuse = (text: string): never => {
  throw new Refusal(text);
};

export const config = [
  mutant(
    'strict-config',
    'an unknown key is refused',
    ['config/unknown-keys'],
    seeing((raw) => (Object.keys(raw).every((key) => KNOWN.has(key)) ? raw : refuse('unknown key'))),
  ),
  mutant(
    'no-defaults',
    'a value with a default has to be given',
    ['config/defaults-absent'],
    seeing((raw) => ('replicas' in raw ? raw : refuse('replicas: expected a number'))),
  ),
  mutant(
    'zero-is-a-value',
    'an empty text for an option is refused',
    ['config/zero-filled'],
    seeing((raw) => (raw.mode === '' ? refuse('mode: expected small or large') : raw)),
  ),
  mutant(
    'strict-integers',
    'an integer with a fraction ends in a 500',
    ['config/fractions'],
    class extends Plain {
      override checked(raw: Raw) {
        if (typeof raw.replicas === 'number' && !Number.isInteger(raw.replicas))
          throw new RangeError('not an integer');
        return super.checked(raw);
      }
      override failed(response: ServerResponse, error: Error) {
        if (error instanceof RangeError) this.text(response, 500, error.message);
        else super.failed(response, error);
      }
    },
  ),
  mutant(
    'no-bounds',
    'a number beyond its bounds is taken',
    ['config/invalid'],
    seeing((raw) => (Number(raw.replicas) > 9 ? { ...raw, replicas: 9 } : raw)),
  ),
  mutant(
    'any-option',
    'an option that is none is taken',
    ['config/invalid'],
    seeing((raw) => (raw.mode === 'no such value' ? { ...raw, mode: 'small' } : raw)),
  ),
  mutant(
    'makes-up-names',
    'a missing required value is made up',
    ['config/required-missing'],
    seeing((raw) => ('name' in raw ? raw : { ...raw, name: 'default' })),
  ),
  mutant(
    'dies-of-options',
    'one of the options ends the process',
    ['config/valid'],
    class extends Plain {
      override checked(raw: Raw) {
        if (raw.mode === 'large') this.host.exit(1);
        return super.checked(raw);
      }
    },
  ),
  mutant(
    'reads-config-first',
    'without config.json the process does not start',
    ['config/no-file'],
    class extends Plain {
      override async main() {
        if (!existsSync(join(this.host.env.FORKSPACER_DIR ?? '', 'config.json'))) throw new Error('ENOENT');
        await super.main();
      }
    },
  ),
  mutant(
    'broken-config-500',
    'a config.json that is no JSON ends in a 500',
    ['config/broken-file'],
    class extends Plain {
      override failed(response: ServerResponse, error: Error) {
        const file = join(this.host.env.FORKSPACER_DIR ?? '', 'config.json');
        if (error.message.includes('config.json') && existsSync(file))
          this.text(response, 500, 'SyntaxError');
        else super.failed(response, error);
      }
    },
  ),
];
