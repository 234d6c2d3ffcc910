import { API_VERSION } from '@forkspacer/contract';
import { imageOf, OPERATORS } from './entry.ts';
import { displayName, type ModuleFolder } from './modules.ts';

/** One version of a module in `catalog/index.json`. Paths are relative to the index. */
export interface CatalogVersion {
  version: string;
  url: string;
  module: string;
  schema: string;
  readme: string;
  image: string;
  /** ISO date of the day on which the entry was first written. */
  created: string;
  appVersion: string;
  description: string;
  dependencies: string[];
  minOperatorVersion: string;
  maxOperatorVersion: string;
}

export interface CatalogModule {
  name: string;
  displayName: string;
  description: string;
  category: string;
  tags: string[];
  maintainers: { name: string; email: string }[];
  source: string;
  versions: CatalogVersion[];
}

/** `catalog/index.json`: a superset of what the operator's web UI reads. */
export interface CatalogIndex {
  apiVersion: string;
  generated: string;
  categories: { name: string; displayName: string; description: string }[];
  modules: CatalogModule[];
}

const SOURCE = 'https://github.com/forkspacer/forkspacer-modules';
const MAINTAINERS = [{ name: 'The forkspacer-modules authors', email: 'modules@forkspacer.com' }];

/**
 * The index after these modules' current versions were added to what it held before. What it says of older versions
 * stays as it was, and so does the day of every version that it knows.
 */
export function updatedIndex(
  before: CatalogIndex | undefined,
  modules: ModuleFolder[],
  today: string,
): CatalogIndex {
  const known = new Map(before?.modules.map((module) => [module.name, module.versions]));
  const entries = modules.map((module) => indexEntry(module, known.get(module.name) ?? [], today));
  const created = entries.flatMap(({ versions }) => versions.map((version) => version.created)).sort();
  return {
    apiVersion: API_VERSION,
    generated: created.at(-1) ?? today,
    categories: [...new Set(entries.map(({ category }) => category))].sort().map((name) => ({
      name,
      displayName: name.charAt(0).toUpperCase() + name.slice(1),
      description: `Modules for ${name}.`,
    })),
    modules: entries,
  };
}

function indexEntry(module: ModuleFolder, known: CatalogVersion[], today: string): CatalogModule {
  const { name, version, definition } = module;
  const folder = `${name}/${version}`;
  const current: CatalogVersion = {
    version,
    url: `${folder}/custom.yaml`,
    module: `${folder}/module.yaml`,
    schema: `${folder}/schema.json`,
    readme: `${folder}/README.md`,
    image: imageOf(module),
    created: known.find((one) => one.version === version)?.created ?? today,
    appVersion: version,
    description: definition.description,
    dependencies: [],
    minOperatorVersion: OPERATORS.from,
    maxOperatorVersion: OPERATORS.below,
  };
  return {
    name,
    displayName: displayName(definition),
    description: definition.description,
    category: definition.category,
    tags: [...(definition.tags ?? [])],
    maintainers: MAINTAINERS,
    source: `${SOURCE}/tree/main/modules/${name}`,
    versions: [current, ...known.filter((one) => one.version !== version)],
  };
}
