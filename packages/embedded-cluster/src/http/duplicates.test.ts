import { expect, test } from 'vitest';
import { duplicateFields } from './duplicates.ts';

test.each([
  ['{"a":1,"b":{"c":[{"d":1,"d":2}]},"a":2}', ['b.c[0].d', 'a']],
  ['{"a":"{\\"a\\":1,\\"a\\":2}","b":[1,"x",null,true,-1.5e3]}', []],
  ['  { "x" : { } , "x" : [ ] } ', ['x']],
  ['{"q\\"":1,"q\\u0022":2}', ['q"']],
  ['[]', []],
])('%s has %j twice', (text, expected) => {
  JSON.parse(text);
  expect(duplicateFields(text)).toEqual(expected);
});
