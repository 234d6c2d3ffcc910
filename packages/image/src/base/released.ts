import type { HttpOptions } from '../registry/http.ts';
import { parseReference } from '../registry/reference.ts';
import { Repository } from '../registry/registry.ts';
import type { BaseSource } from './base-layer.ts';

/** Takes the base from a repository that holds an image built on it, such as any released module's. */
export function baseFrom(repository: string, http?: HttpOptions): BaseSource {
  const { registry, repository: name } = parseReference(repository);
  return ({ digest }) => new Repository(registry, name, http).readBlob(digest);
}
