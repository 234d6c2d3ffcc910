import type { Resource } from '../resources/resource.ts';
import type { Store } from '../store/store.ts';
import { apiVersionOf, builtinKind, type Kind } from './kind.ts';

/** Which kinds there are, by their place in the URL and by apiVersion and kind. */
export class Registry {
  readonly #byPlural = new Map<string, Kind>();
  readonly #byKind = new Map<string, Kind>();
  readonly #listeners = new Set<() => void>();
  /** Changes with every kind that comes or goes. */
  generation = 0;

  constructor(resources: readonly Resource[], store: Store) {
    for (const resource of resources) {
      const { group, plural } = resource.storedAs ?? resource;
      this.add(builtinKind(resource, store.table(group, plural)));
    }
  }

  add(kind: Kind): void {
    this.#byPlural.set(`${kind.apiVersion}/${kind.resource.plural}`, kind);
    this.#byKind.set(`${kind.apiVersion}/${kind.resource.kind}`, kind);
    this.#changed();
  }

  remove(kind: Kind): void {
    const { plural, kind: name } = kind.resource;
    if (this.#byPlural.get(`${kind.apiVersion}/${plural}`) === kind) {
      this.#byPlural.delete(`${kind.apiVersion}/${plural}`);
    }
    if (this.#byKind.get(`${kind.apiVersion}/${name}`) === kind)
      this.#byKind.delete(`${kind.apiVersion}/${name}`);
    this.#changed();
  }

  byPlural(group: string, version: string, plural: string): Kind | undefined {
    return this.#byPlural.get(`${apiVersionOf({ group, version })}/${plural}`);
  }

  byKind(apiVersion: string, kind: string): Kind | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  kinds(): Iterable<Kind> {
    return this.#byPlural.values();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #changed(): void {
    this.generation++;
    for (const listener of this.#listeners) listener();
  }
}
