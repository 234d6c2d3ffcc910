import { describe, expect, test } from 'vitest';
import { builtinSchema } from '../schemas/builtin.ts';
import { jsonPatch } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMergePatch } from './strategic.ts';

describe('a JSON patch', () => {
  test.each([
    [{ a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    [{ a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    [{ a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    [
      { a: { 'x/y': 1, 'm~n': 2 } },
      [
        { op: 'remove', path: '/a/x~1y' },
        { op: 'remove', path: '/a/m~0n' },
      ],
      { a: {} },
    ],
    [{ a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
  ])('of %j by %j gives %j', (document, patch, expected) => {
    const before = structuredClone(document);
    expect(jsonPatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  test.each([
    [[{ op: 'remove', path: '/nothing' }]],
    [[{ op: 'add', path: '/a/b/c', value: 1 }]],
    [[{ op: 'test', path: '/a', value: 2 }]],
    [[{ op: 'replace', path: '/l/7', value: 2 }]],
    [[{ op: 'add', path: 'a', value: 2 }]],
  ])('%j does not fit', (patch) => {
    expect(() => jsonPatch({ a: 1, l: [] }, patch)).toThrow('the server rejected our request');
  });
});

test('a merge patch shares what it leaves alone', () => {
  const document = Object.freeze({ keep: Object.freeze({ x: 1 }), drop: 1, change: { a: 1, b: 2 } });
  const result = mergePatch(document, { drop: null, change: { b: 3 } }) as typeof document;
  expect(result).toEqual({ keep: { x: 1 }, change: { a: 1, b: 3 } });
  expect(result.keep).toBe(document.keep);
});

describe('a strategic merge patch', () => {
  const schema = builtinSchema('io.k8s.api.core.v1.PodTemplate');
  const template = (containers: object[]): Record<string, unknown> => ({
    template: { spec: { containers } },
  });
  const patched = (before: object[], patch: object[]): unknown => {
    const result = strategicMergePatch(schema, template(before), template(patch));
    return (result as { template: { spec: { containers: unknown } } }).template.spec.containers;
  };

  test('merges containers by name', () => {
    const before = [
      { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
      { name: 'b', image: '1' },
    ];
    expect(patched(before, [{ name: 'a', image: '2', env: [{ name: 'Y', value: '2' }] }])).toEqual([
      {
        name: 'a',
        image: '2',
        env: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
      },
      { name: 'b', image: '1' },
    ]);
  });

  test('deletes and replaces as its directives say', () => {
    const before = [{ name: 'a' }, { name: 'b' }];
    expect(patched(before, [{ name: 'a', $patch: 'delete' }])).toEqual([{ name: 'b' }]);
    expect(patched(before, [{ $patch: 'replace' }, { name: 'c' }])).toEqual([{ name: 'c' }]);
  });

  test('needs the key of each item', () => {
    expect(() => patched([], [{ image: 'x' }])).toThrow('does not contain declared merge key: name');
  });
});
