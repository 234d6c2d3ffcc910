import { Document, isCollection, isMap, isSeq } from 'yaml';
import { isObject, own } from './found.ts';

const RESOURCE_ORDER = ['apiVersion', 'kind', 'metadata', 'config', 'spec', 'status'];
const METADATA_ORDER = ['name', 'namespace', 'version', 'supportedOperatorVersion', 'description'];

/**
 * A resource as a person would write it: the usual order of keys, block style, quotes only where they are needed (also
 * for readers of YAML 1.1, such as Go's), long text not folded, a blank line between the entries of a `config:` list.
 */
export function toYaml(resource: object): string {
  const document = new Document(isObject(resource) ? ordered(resource) : resource, {
    aliasDuplicateObjects: false,
    compat: 'yaml-1.1',
  });
  const config = isMap(document.contents) ? document.contents.get('config', true) : undefined;
  if (isSeq(config)) {
    for (const entry of config.items.slice(1)) if (isCollection(entry)) entry.spaceBefore = true;
  }
  return document.toString({ lineWidth: 0 });
}

function ordered(resource: Record<string, unknown>): Record<string, unknown> {
  if (own(resource, 'kind') === undefined) return resource;
  const metadata = own(resource, 'metadata');
  const entries = inOrder(resource, RESOURCE_ORDER).map(([key, value]): [string, unknown] =>
    key === 'metadata' && isObject(metadata)
      ? [key, Object.fromEntries(inOrder(metadata, METADATA_ORDER))]
      : [key, value],
  );
  return Object.fromEntries(entries);
}

function inOrder(object: Record<string, unknown>, order: readonly string[]): [string, unknown][] {
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.entries(object).sort(([a], [b]) => place(a) - place(b));
}
