import { isDeepStrictEqual } from 'node:util';
import { METADATA_LIMIT } from '@forkspacer/contract';
import { type Bench, expect } from '../bench.ts';
import { Blocked, type Check, Failed, operator, shown, spec } from '../check.ts';
import type { Life } from '../life.ts';
import { secretsOf } from '../values/secrets.ts';
import { fromGoJson, toGoJson } from '../wire/go-json.ts';

const ANSWERS = 'What the operator does with an answer';

/** A value in the metadata, through sleep and resume. */
async function roundTrip(bench: Bench, value: unknown): Promise<void> {
  const life = await bench.shared();
  await life.beAwake();
  const own = life.metadata;
  try {
    await sleepAndResume(life, value);
  } finally {
    life.metadata = own;
  }
}

async function sleepAndResume(life: Life, value: unknown): Promise<void> {
  for (const verb of ['sleep', 'resume'] as const) {
    const sent = { ...life.metadata, conformance: value };
    const answer = await life.must(verb, sent);
    const body = fromGoJson(answer.text) ?? {};
    if (Object.keys(body).length === 0) continue; // the operator keeps what it has
    if (!Object.hasOwn(body, 'conformance')) throw new Blocked(`${verb} drops what it does not know`);
    // Numbers pass through a float64 on both sides.
    const expected = JSON.parse(toGoJson(value));
    expect(
      isDeepStrictEqual(body.conformance, expected),
      `${shown(JSON.stringify(expected), 100)} back from ${verb}`,
      shown(JSON.stringify(body.conformance), 100),
    );
  }
}

export const metadata: Check[] = [
  {
    id: 'metadata/unknown-kept',
    level: 'required',
    sentence: 'gives back what it does not know',
    source: operator(ANSWERS, 'A non-empty JSON object replaces the stored metadata'),
    fix: 'Answer the metadata that came, with what is new added to it: what is left out is lost.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAwake();
      const own = life.metadata;
      for (const verb of ['sleep', 'resume'] as const) {
        const { text } = await life.must(verb, { ...own, conformance: { kept: true } });
        life.metadata = own;
        const body = fromGoJson(text) ?? {};
        const kept = Object.keys(body).length === 0 || Object.hasOwn(body, 'conformance');
        expect(kept, `the key "conformance" back from ${verb}`, shown(Object.keys(body).join(', ')));
      }
    },
  },
  {
    id: 'metadata/escapes',
    level: 'required',
    sentence: 'keeps <, > and &, which come as escapes',
    source: operator(ANSWERS, 'In metadata, `<`, `>` and `&` come back as six-byte escapes.'),
    fix: 'Parse and write metadata with a JSON library, not with text replacement or HTML escapes.',
    run: (bench) => roundTrip(bench, '<a href="x?y=1&z=2">\\ "\'/'),
  },
  {
    id: 'metadata/unicode',
    level: 'required',
    sentence: 'keeps every character',
    source: operator(ANSWERS, 'lone surrogates become U+FFFD'),
    fix: 'Read and write UTF-8, and measure Content-Length in bytes.',
    run: (bench) => roundTrip(bench, 'ü é 東京 🌍 \u2028 \u0007 \ufffd'),
  },
  {
    id: 'metadata/numbers',
    level: 'required',
    sentence: 'keeps numbers as a float64 has them',
    source: operator(ANSWERS, "Numbers pass through Go's float64 (2^53+1 changes)"),
    fix: 'Do not turn numbers into text or whole numbers; write one that needs more than 53 bits as a string.',
    run: (bench) => roundTrip(bench, [0, 1, -7, 0.1, 1.5e-7, 1e21, 9007199254740992, 1764000000123]),
  },
  {
    id: 'metadata/nested',
    level: 'required',
    sentence: 'keeps lists, objects, null, true and false',
    source: spec('Storing Data', '// Store complex data'),
    fix: 'Keep values of any kind as they are, empty ones and null, too.',
    run: (bench) =>
      roundTrip(bench, {
        list: [1, [], {}, null],
        deep: { a: { b: { c: [false, true] } } },
        none: null,
        '': '',
      }),
  },
  {
    id: 'metadata/small',
    level: 'recommended',
    sentence: `answers at most ${METADATA_LIMIT / 1024} KiB of metadata`,
    source: operator(
      ANSWERS,
      'More than 256 KiB is lost without a word: the Module goes on with the OLD metadata.',
    ),
    fix: 'Keep names and counts in the metadata, and large things in the cluster.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAway();
      for (const verb of ['install', 'sleep', 'resume'] as const) {
        const { text } = await life.must(verb);
        const size = Buffer.byteLength(toGoJson(fromGoJson(text) ?? {}));
        expect(size <= METADATA_LIMIT, `at most ${METADATA_LIMIT} bytes from ${verb}`, String(size));
      }
    },
  },
  {
    id: 'metadata/does-not-grow',
    level: 'recommended',
    sentence: 'answers metadata that does not grow from night to night',
    source: operator(ANSWERS, 'Metadata lives in an annotation: 256 KiB for all annotations together.'),
    fix: 'Replace what was noted the night before, instead of adding to it.',
    async run(bench) {
      const life = await bench.shared();
      await life.beAwake();
      const sizes: number[] = [];
      for (let night = 0; night < 5; night++) {
        await life.must('sleep');
        await life.must('resume');
        sizes.push(toGoJson(life.metadata).length);
      }
      const grows = sizes.every((size, night) => night === 0 || size > sizes[night - 1]!);
      expect(!grows, 'metadata of the same size after each night', `${sizes.join(', ')} bytes`);
    },
  },
  {
    id: 'metadata/no-secrets',
    level: 'recommended',
    sentence: 'puts no secret into its metadata',
    source: operator(ANSWERS, 'Metadata lives in an annotation'),
    fix: 'Keep passwords and tokens out of the metadata: whoever may read the Module reads it. They are in config.json at every call.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const { config, secrets } = await secretsOf(bench);
      const life = await bench.life({ config });
      for (const verb of ['install', 'sleep', 'resume'] as const) {
        const { text } = await life.must(verb);
        const leaked = secrets.find(({ value }) => text.includes(value));
        if (leaked) throw new Failed(`no secret in the metadata of ${verb}`, leaked.name);
      }
    },
  },
];
