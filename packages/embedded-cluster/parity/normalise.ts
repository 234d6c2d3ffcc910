import type { Json } from './client.ts';
import type { Entry } from './story.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ADDRESS = /\b10\.\d+\.\d+\.\d+\b/g;
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';
/** The hash of a Pod template in the name of what was made from it. */
const HASH = new RegExp(`([-=])(${SAFE}{7,10})(?![\\w])`, 'g');
const RANDOM = new RegExp(`^${SAFE}{5}$`);
const RANDOM_AFTER_HASH = new RegExp(`(<hash-\\d+>)-(${SAFE}{5})(?![\\w])`, 'g');
const AGE = /^\d+s$/;
const HASH_LABELS = ['pod-template-hash', 'controller-revision-hash', 'controller.kubernetes.io/hash'];
const PROVISIONER_ANNOTATION = /storage-provisioner$/;

/**
 * Replaces what differs from run to run by names in the order of first appearance, so that two runs of one story
 * compare field by field: the same uid twice is the same `<uid-1>` twice.
 */
export function normalise(entries: Entry[], namespace: string): Entry[] {
  const copy: Entry[] = structuredClone(entries);
  for (const entry of copy) {
    visit(entry.body, sortRandomlyNamed);
    visit(entry.body, sortCausesInMessage);
  }
  const names = new Names();
  for (const entry of copy) visit(entry.body, (object) => collect(object, names));
  const text = (value: string) => names.inText(value.replaceAll(namespace, '<namespace>'));
  for (const entry of copy) {
    entry.step = text(entry.step);
    if (entry.warnings) entry.warnings = entry.warnings.map(text);
    entry.body = rewrite(entry.body, '', names, text);
  }
  return copy;
}

class Names {
  readonly #counts = new Map<string, number>();
  readonly #byValue = new Map<string, string>();

  of(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#byValue.get(key);
    if (known) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `<${kind}-${count}>`;
    this.#byValue.set(key, name);
    return name;
  }

  readonly #inTexts = new Map<string, string>();

  /** From here on the value is replaced wherever it stands inside a text. */
  everywhere(kind: string, value: string) {
    if (value !== '') this.#inTexts.set(value, this.of(kind, value));
  }

  inText(value: string): string {
    // First what is long: a short random part may stand inside a uid by chance.
    let text = value.replaceAll(UID, (uid) => this.of('uid', uid));
    for (const [from, to] of this.#inTexts) text = text.replaceAll(from, to);
    return text
      .replaceAll(HASH, (_, before, hash) => `${before}${this.of('hash', hash)}`)
      .replaceAll(RANDOM_AFTER_HASH, (_, hash, random) => `${hash}-${this.of('random', random)}`)
      .replaceAll(ADDRESS, (address) => this.of('address', address))
      .replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<random>')
      .replaceAll(/(\.)[0-9a-f]{16}\b/g, '$1<event>')
      .replaceAll(/:3[0-2]\d{3}\//g, ':<port>/')
      .replaceAll(/too old resource version: (\d+) \(\d+\)/g, 'too old resource version: $1 (<version>)')
      .replaceAll(/\b127\.0\.0\.1:\d+/g, '<server>')
      .replaceAll(/in record \(\d+\)/g, 'in record (<version>)')
      .replaceAll(/resourceVersion=\d+/g, 'resourceVersion=<version>')
      .replaceAll(/continue=[\w%-]{20,}/g, 'continue=<continue>')
      .replaceAll(/Invalid value: "\{.*\}": /gs, 'Invalid value: "<object>": ');
  }
}

function visit(value: Json, see: (object: Json) => void) {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) see(value);
  for (const inner of Object.values(value)) visit(inner, see);
}

/** A random part of a name is known by the name it was generated from, or by the label that carries it. */
function collect(object: Json, names: Names) {
  const metadata = object.metadata ?? object;
  const labels = { ...metadata.labels, ...object.matchLabels };
  for (const label of HASH_LABELS) {
    const value = labels[label];
    // A StatefulSet's Pods carry the name of the revision, a DaemonSet's only the hash in it.
    if (typeof value === 'string') names.everywhere('hash', value.slice(value.lastIndexOf('-') + 1));
  }
  if (object.kind === 'ControllerRevision' && metadata.name) {
    names.everywhere('hash', metadata.name.slice(metadata.name.lastIndexOf('-') + 1));
  }
  const { name, generateName } = metadata;
  if (typeof generateName !== 'string' || typeof name !== 'string') return;
  const random = name.slice(generateName.length);
  // A StatefulSet's Pods have a generateName too, and an ordinal.
  if (RANDOM.test(random)) names.everywhere('random', random);
}

/** A list is sorted by name: where the name is random, sort by what is not. */
function sortRandomlyNamed(object: Json) {
  if (!Array.isArray(object.items)) return;
  if (!object.items.every((item: Json) => withoutRandom(item?.metadata) !== item?.metadata?.name)) return;
  const key = ({ metadata, spec, revision }: Json) =>
    JSON.stringify([
      withoutRandom(metadata),
      metadata.annotations?.['deployment.kubernetes.io/revision'],
      revision,
      (spec?.template?.spec ?? spec)?.containers?.[0]?.image,
    ]);
  object.items.sort((a: Json, b: Json) => (key(a) < key(b) ? -1 : 1));
}

function withoutRandom(metadata: Json): string | undefined {
  const { name, generateName, labels } = metadata ?? {};
  const stem: string | undefined = generateName ?? name;
  const hash = HASH_LABELS.map((label) => labels?.[label]).find((value) => typeof value === 'string');
  return hash ? stem?.replace(hash.slice(hash.lastIndexOf('-') + 1), '') : stem;
}

/** What is invalid comes in the random order of a Go map, in the message too. */
function sortCausesInMessage(object: Json) {
  if (object.kind !== 'Status' || object.reason !== 'Invalid' || !object.details?.causes) return;
  const list = /^(.*? is invalid: \[)(.*)\]$/s.exec(object.message);
  if (!list) return;
  const texts = new Set<string>(object.details.causes.map((c: Json) => `${c.field}: ${c.message}`));
  if ([...texts].join(', ').length !== list[2]!.length) return;
  object.message = `${list[1]}${[...texts].sort().join(', ')}]`;
}

/** A server may find the same fault several times on its way. */
function onlyOnce(causes: Json[]): Json[] {
  const texts = causes.map((cause) => JSON.stringify(cause));
  return causes.filter((_cause, index) => texts.indexOf(texts[index]!) === index);
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

function rewrite(value: Json, field: string, names: Names, text: (value: string) => string): Json {
  if (typeof value === 'number') return field === 'nodePort' ? names.of('port', String(value)) : value;
  if (typeof value === 'string') return rewriteText(value, field, names, text);
  if (Array.isArray(value)) {
    if (field === 'causes')
      return onlyOnce(value.map((cause) => rewrite(cause, '', names, text)).sort(byText));
    if (field === 'managedFields') return value.map((entry) => ownership(entry, text)).sort();
    return value.map((item) => rewrite(item, field === 'cells' ? 'cells' : '', names, text));
  }
  if (value === null || typeof value !== 'object') return value;
  if (value.type === 'BOOKMARK') value.object.metadata.resourceVersion = '<list-version>';
  const isList = typeof value.kind === 'string' && (value.kind.endsWith('List') || value.kind === 'Table');
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]): [string, Json] => {
      // A list's version counts every write in the cluster, whoever made it.
      if (isList && key === 'metadata') return [key, listMetadata(inner)];
      return [text(key), rewrite(inner, key, names, text)];
    }),
  );
}

function rewriteText(value: string, field: string, names: Names, text: (value: string) => string): string {
  if (TIME.test(value)) return '<time>';
  if (MICRO_TIME.test(value)) return '<microtime>';
  if (field === 'storageVersionHash') return '<hash>';
  if (PROVISIONER_ANNOTATION.test(field)) return '<provisioner>';
  if (field === 'cells' && AGE.test(value)) return '<age>';
  if (field === 'resourceVersion' && /^\d+$/.test(value)) return names.of('version', value);
  return text(value);
}

function listMetadata(metadata: Json) {
  return {
    ...metadata,
    ...(metadata?.resourceVersion ? { resourceVersion: '<list-version>' } : {}),
    ...(metadata?.continue ? { continue: '<continue>' } : {}),
  };
}

/** One line for each manager: the server orders them by time, which two runs need not share. */
function ownership(entry: Json, text: (value: string) => string): string {
  const { manager, operation, apiVersion, subresource = '', time, fieldsType, fieldsV1 } = entry;
  const fields = JSON.parse(text(JSON.stringify(fieldsV1 ?? {})));
  const when = TIME.test(time ?? '') ? '' : ` at ${time}`;
  return `${manager} ${operation} ${text(apiVersion)} ${fieldsType} /${subresource}${when} ${JSON.stringify(sorted(fields))}`;
}

function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
