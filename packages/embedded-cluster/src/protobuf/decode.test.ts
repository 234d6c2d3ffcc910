import { expect, test } from 'vitest';
import { schemaNameOf } from '../schemas/builtin.ts';
import { decodeProtobuf } from './decode.ts';

/** One field: a message or text, or a number. */
function field(number: number, value: Buffer | string | number): Buffer {
  if (typeof value === 'number') return Buffer.from([number << 3, value]);
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

function envelope(apiVersion: string, kind: string, ...fields: Buffer[]): Buffer {
  const type = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, Buffer.concat(fields))]);
}

test('a ConfigMap with a map in it', () => {
  const metadata = Buffer.concat([
    field(1, 'a'),
    field(11, Buffer.concat([field(1, 'app'), field(2, 'web')])),
  ]);
  const entry = Buffer.concat([field(1, 'x'), field(2, '1')]);
  expect(
    decodeProtobuf(envelope('v1', 'ConfigMap', field(1, metadata), field(2, entry)), schemaNameOf),
  ).toEqual({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a', labels: { app: 'web' } },
    data: { x: '1' },
  });
});

test('what Go embeds stands in the object itself, and a port may be a name', () => {
  const emptyDir = field(2, Buffer.alloc(0));
  const volume = Buffer.concat([field(1, 'cache'), field(2, emptyDir)]);
  const port = Buffer.concat([field(1, 1), field(3, 'http')]);
  const probe = field(1, field(2, Buffer.concat([field(1, '/ready'), field(2, port)])));
  const container = Buffer.concat([field(1, 'c'), field(11, probe)]);
  const spec = Buffer.concat([field(1, volume), field(2, container)]);
  expect(decodeProtobuf(envelope('v1', 'Pod', field(2, spec)), schemaNameOf)).toEqual({
    kind: 'Pod',
    apiVersion: 'v1',
    spec: {
      volumes: [{ name: 'cache', emptyDir: {} }],
      containers: [{ name: 'c', readinessProbe: { httpGet: { path: '/ready', port: 'http' } } }],
    },
  });
});

test('a kind that is not known is refused', () => {
  expect(() => decodeProtobuf(envelope('v1', 'Nonsense'), schemaNameOf)).toThrow(
    'no kind "Nonsense" is registered',
  );
});

test('a body that ends too early is refused', () => {
  const body = envelope('v1', 'ConfigMap', field(1, field(1, 'name')));
  expect(() => decodeProtobuf(body.subarray(0, -2), schemaNameOf)).toThrow('unexpected EOF');
});
