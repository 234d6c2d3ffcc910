/** Bodies in protobuf, which Go clients send for built-in kinds. Answers are JSON, which they take as well. */
import { badRequest } from '../status.ts';
import { allMessages } from './messages.ts';

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

type Json = unknown;
type Fields = Record<string, Json>;

/** The object in an envelope (runtime.Unknown), as JSON with kind and apiVersion. `schemaOf` names its message. */
export function decodeProtobuf(
  body: Buffer,
  schemaOf: (apiVersion: string, kind: string) => string | undefined,
): Fields {
  if (!body.subarray(0, 4).equals(MAGIC))
    throw badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  let apiVersion = '';
  let kind = '';
  let raw: Buffer = Buffer.alloc(0);
  for (const [number, value] of fieldsIn(body.subarray(4))) {
    if (number === 1) {
      for (const [inner, text] of fieldsIn(value as Buffer)) {
        if (inner === 1) apiVersion = String(text);
        if (inner === 2) kind = String(text);
      }
    } else if (number === 2) raw = value as Buffer;
  }
  const name = schemaOf(apiVersion, kind);
  if (name === undefined || !allMessages()[name]) {
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  return { kind, apiVersion, ...(decodeMessage(name, raw) as Fields) };
}

/** Values whose JSON is not that of their fields. */
const special: Record<string, (bytes: Buffer) => Json> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': time(0),
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': time(6),
  'io.k8s.apimachinery.pkg.api.resource.Quantity': (bytes) => firstText(bytes) || '0',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': (bytes) => {
    const fields = new Map(fieldsIn(bytes));
    return fields.get(1) === 1n
      ? String(fields.get(3) ?? '')
      : Number(BigInt.asIntN(64, (fields.get(2) ?? 0n) as bigint));
  },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': (bytes) => parsed(bytes),
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': (bytes) => parsed(bytes),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': (bytes) => parsed(bytes),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': (bytes) =>
    either(bytes, 1, 2),
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': (bytes) => {
    const fields = new Map(fieldsIn(bytes));
    return decodeMessage(PROPS, fields.get(1) as Buffer);
  },
};

const PROPS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

function either(bytes: Buffer, allows: number, schema: number): Json {
  const fields = new Map(fieldsIn(bytes));
  const inner = fields.get(schema);
  return inner === undefined ? fields.get(allows) === 1n : decodeMessage(PROPS, inner as Buffer);
}

function firstText(bytes: Buffer): string {
  for (const [number, value] of fieldsIn(bytes)) if (number === 1) return String(value);
  return '';
}

function parsed(bytes: Buffer): Json {
  const text = firstText(bytes);
  return text === '' ? null : JSON.parse(text);
}

function time(digits: 0 | 6): (bytes: Buffer) => Json {
  return (bytes) => {
    if (bytes.length === 0) return null;
    const fields = new Map(fieldsIn(bytes));
    const seconds = Number(BigInt.asIntN(64, (fields.get(1) ?? 0n) as bigint));
    const fraction =
      digits === 0 ? '' : `.${String(Math.trunc(Number(fields.get(2) ?? 0n) / 1000)).padStart(6, '0')}`;
    // Go's zero time is the year 1.
    return seconds <= -62_135_596_800
      ? null
      : `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
  };
}

function decodeMessage(name: string, bytes: Buffer): Json {
  const own = special[name];
  if (own) return own(bytes);
  const message = allMessages()[name];
  if (!message) throw badRequest(`the embedded cluster does not know the protobuf message ${name}`);
  const result: Fields = {};
  for (const [number, value] of fieldsIn(bytes)) {
    const field = message[number];
    if (!field) continue;
    const [json, count, type, mark] = field;
    if (mark === 'inline') {
      Object.assign(result, decodeMessage(type, value as Buffer));
    } else if (count === 'map') {
      const entry = new Map(fieldsIn(value as Buffer));
      const map = (result[json] ?? {}) as Fields;
      map[String(entry.get(1) ?? '')] = scalarOrMessage(type, entry.get(2));
      result[json] = map;
    } else if (count === 'list') {
      const list = (result[json] ?? []) as Json[];
      // Numbers may come packed; strings, bytes and messages never do.
      list.push(scalarOrMessage(type, value));
      result[json] = list;
    } else {
      result[json] = scalarOrMessage(type, value);
    }
  }
  return result;
}

function scalarOrMessage(type: string, value: bigint | Buffer | undefined): Json {
  switch (type) {
    case 'string':
      return value === undefined ? '' : String(value);
    case 'bytes':
      return value === undefined ? '' : (value as Buffer).toString('base64');
    case 'bool':
      return value === 1n;
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, (value ?? 0n) as bigint));
    case 'double':
      return value === undefined ? 0 : (value as Buffer).readDoubleLE();
    default:
      return decodeMessage(type, (value as Buffer | undefined) ?? Buffer.alloc(0));
  }
}

/** Number and value of each field: varints as bigint, everything else as bytes. */
function* fieldsIn(bytes: Buffer): Generator<[number, bigint | Buffer]> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw badRequest('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw badRequest('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const number = key >> 3;
    switch (key & 7) {
      case 0:
        yield [number, varint()];
        break;
      case 1:
        yield [number, take(8)];
        break;
      case 2:
        yield [number, take(Number(varint()))];
        break;
      case 5:
        yield [number, take(4)];
        break;
      default:
        throw badRequest(`proto: illegal wireType ${key & 7}`);
    }
  }
}
