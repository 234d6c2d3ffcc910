import { expect, test } from 'vitest';
import { fromGoJson, toGoJson } from './go-json.ts';

/** What came and what `json.Marshal` made of it after `json.Unmarshal` into a `map[string]any`. */
const AS_GO_WRITES_IT = [
  [
    '{"b":1,"a":{"d":[1,2.50,{"z":null,"y":true}],"c":"x"}}',
    '{"a":{"c":"x","d":[1,2.5,{"y":true,"z":null}]},"b":1}',
  ],
  ['{"html":"<b>&amp;</b>"}', '{"html":"\\u003cb\\u003e\\u0026amp;\\u003c/b\\u003e"}'],
  ['{"sep":"\\u2028\\u2029"}', '{"sep":"\\u2028\\u2029"}'],
  [
    '{"n":9007199254740993,"big":1e21,"small":1e-7,"f":0.1,"e":1.5e300}',
    '{"big":1e+21,"e":1.5e+300,"f":0.1,"n":9007199254740992,"small":1e-7}',
  ],
  ['{"alone":"\\ud800x","c":"\\u0001\\t\\"\\\\\\/"}', '{"alone":"\ufffdx","c":"\\u0001\\t\\"\\\\/"}'],
  ['{"":"empty key","é":"ü"}', '{"":"empty key","é":"ü"}'],
] as const;

test.each(AS_GO_WRITES_IT)('%s comes back as Go writes it', (came, written) => {
  expect(toGoJson(fromGoJson(came)!)).toBe(written);
});

test('what is no JSON object is nothing to keep', () => {
  for (const text of ['', 'null', '[]', '"a"', '1', '{', 'ok']) expect(fromGoJson(text)).toBeUndefined();
});
