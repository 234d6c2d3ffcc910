import type { FieldsV1 } from '../object.ts';
import type { Schema } from '../schemas/schema.ts';

/**
 * A set of field paths, as in sigs.k8s.io/structured-merge-diff. Path elements are written as on the wire:
 * `f:name` a field, `k:{"name":"x"}` an item of a list by its keys, `v:"x"` an item of a set, `i:0` by index.
 */
export class FieldSet {
  /** Whether the path that leads here is in the set itself. */
  member = false;
  readonly children = new Map<string, FieldSet>();

  static fromWire(wire: FieldsV1 | undefined): FieldSet {
    const set = new FieldSet();
    for (const key in wire) if (key !== '.') set.children.set(key, nodeFromWire(wire[key]!));
    return set;
  }

  toWire(): FieldsV1 {
    const wire: FieldsV1 = {};
    for (const [key, child] of [...this.children].sort(([a], [b]) => compareElements(a, b))) {
      const inner = child.toWire();
      wire[key] = child.member && child.children.size > 0 ? { '.': {}, ...inner } : inner;
    }
    return wire;
  }

  get empty(): boolean {
    return !this.member && this.children.size === 0;
  }

  child(element: string): FieldSet {
    const known = this.children.get(element);
    if (known) return known;
    const child = new FieldSet();
    this.children.set(element, child);
    return child;
  }

  insert(...path: string[]): this {
    let node: FieldSet = this;
    for (const element of path) node = node.child(element);
    node.member = true;
    return this;
  }

  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.member = this.member || other.member;
    for (const [key, child] of this.children) {
      const same = other.children.get(key);
      result.children.set(key, same ? child.union(same) : child);
    }
    for (const [key, child] of other.children) if (!this.children.has(key)) result.children.set(key, child);
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.member = this.member && other.member;
    for (const [key, child] of this.children) {
      const same = other.children.get(key);
      if (same) keep(result, key, child.intersection(same));
    }
    return result;
  }

  /** Paths that are in this set and not in the other. */
  difference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.member = this.member && !other.member;
    for (const [key, child] of this.children) {
      const same = other.children.get(key);
      if (same) keep(result, key, child.difference(same));
      else result.children.set(key, child);
    }
    return result;
  }

  /** As difference, and everything below the other's paths goes too. */
  recursiveDifference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.member = this.member && !other.member;
    if (other.member) return result;
    for (const [key, child] of this.children) {
      const same = other.children.get(key);
      if (same) keep(result, key, child.recursiveDifference(same));
      else result.children.set(key, child);
    }
    return result;
  }

  equals(other: FieldSet): boolean {
    if (this.member !== other.member || this.children.size !== other.children.size) return false;
    for (const [key, child] of this.children) {
      const same = other.children.get(key);
      if (!same || !child.equals(same)) return false;
    }
    return true;
  }

  /** Every field that has members below it becomes a member, when the schema knows it by name. */
  withNamedFields(schema: Schema | undefined): FieldSet {
    const result = new FieldSet();
    result.member = this.member;
    for (const [key, child] of this.children) {
      const inner = child.withNamedFields(schema && stepInto(schema, key));
      if (key.startsWith('f:') && schema?.fields?.has(key.slice(2))) inner.member = true;
      result.children.set(key, inner);
    }
    return result;
  }

  /** Each path as text, `.spec.template.spec.containers[name="web"].image`, in the order of the wire. */
  *paths(prefix = ''): Iterable<string> {
    // Members of a level come before what is below them, as in structured-merge-diff.
    const sorted = [...this.children].sort(([a], [b]) => compareElements(a, b));
    for (const [key, child] of sorted) if (child.member) yield prefix + elementText(key);
    for (const [key, child] of sorted) yield* child.paths(prefix + elementText(key));
  }
}

function nodeFromWire(wire: FieldsV1): FieldSet {
  const node = new FieldSet();
  let leaf = true;
  for (const key in wire) {
    if (key === '.') node.member = true;
    else {
      leaf = false;
      node.children.set(key, nodeFromWire(wire[key]!));
    }
  }
  if (leaf) node.member = true;
  return node;
}

function keep(set: FieldSet, key: string, child: FieldSet): void {
  if (!child.empty) set.children.set(key, child);
}

/** The schema of what a path element leads to. */
export function stepInto(schema: Schema, element: string): Schema | undefined {
  if (element.startsWith('f:')) {
    return schema.type === 'map' ? schema.items : schema.fields?.get(element.slice(2))?.schema;
  }
  return schema.items;
}

const RANK: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 };

function compareElements(a: string, b: string): number {
  const rank = (RANK[a[0]!] ?? 9) - (RANK[b[0]!] ?? 9);
  return rank !== 0 ? rank : a < b ? -1 : a > b ? 1 : 0;
}

function elementText(element: string): string {
  const value = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${value}`;
    case 'k':
      return `[${Object.entries(JSON.parse(value) as Record<string, unknown>)
        .map(([key, item]) => `${key}=${JSON.stringify(item)}`)
        .join(',')}]`;
    case 'v':
      return `[=${value}]`;
    default:
      return `[${value}]`;
  }
}
