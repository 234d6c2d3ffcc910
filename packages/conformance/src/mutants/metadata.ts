import type { Verb } from '@forkspacer/contract';
import type { Cluster } from './client.ts';
import { type Config, type Metadata, Plain } from './correct.ts';
import { mutant } from './mutant.ts';

/** Every text, or every value, in metadata changed. */
const changing = (change: (value: unknown) => unknown) =>
  class extends Plain {
    override encode(metadata: Metadata) {
      return JSON.stringify(metadata, (key, value) =>
        key === '' && typeof value === 'object' ? value : change(value),
      );
    }
  };

const text = (change: (value: string) => string) =>
  changing((value) => (typeof value === 'string' ? change(value) : value));

export const metadata = [
  mutant(
    'keeps-own-only',
    'what it does not know is dropped',
    ['metadata/unknown-kept'],
    class extends Plain {
      override kept(): Metadata {
        return {};
      }
    },
  ),
  mutant(
    'escapes-html',
    '< and > become HTML entities',
    ['metadata/escapes'],
    text((value) => value.replaceAll('<', '&lt;')),
  ),
  mutant(
    'ascii-only',
    'what is not ASCII becomes ?',
    ['metadata/unicode'],
    text((value) => value.replace(/[^\x20-\x7e]/g, '?')),
  ),
  mutant(
    'whole-numbers',
    'numbers are cut to whole ones',
    ['metadata/numbers'],
    changing((value) => (typeof value === 'number' ? Math.trunc(value) : value)),
  ),
  mutant(
    'drops-null',
    'null is left out',
    ['metadata/nested'],
    changing((value) => value ?? undefined),
  ),
  mutant(
    'large-metadata',
    '100 KiB of metadata are answered',
    ['metadata/small', 'http/large-metadata'].slice(0, 1),
    class extends Plain {
      override encode(metadata: Metadata) {
        return super.encode({ ...metadata, log: 'x'.repeat(100 * 1024) });
      }
    },
  ),
  mutant(
    'keeps-a-diary',
    'every verb is noted in the metadata',
    ['metadata/does-not-grow'],
    class extends Plain {
      override async verb(verb: Verb, metadata: Metadata) {
        const diary = Array.isArray(metadata.diary) ? metadata.diary : [];
        return { ...(await super.verb(verb, metadata)), diary: [...diary, verb] };
      }
    },
  ),
  mutant(
    'keeps-the-config',
    'the config is put into the metadata',
    ['metadata/no-secrets'],
    class extends Plain {
      override async install(_config: Config, _cluster: Cluster, _metadata: Metadata) {
        return { config: this.rawConfig() };
      }
    },
  ),
];
