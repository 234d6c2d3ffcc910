import { createHash } from 'node:crypto';
import { ANNOTATIONS, API_VERSION, oneLine } from '@forkspacer/contract';
import { create, find, type Kube, KubeError, type NewObject, refOf } from '@forkspacer/kube';
import {
  ABANDON,
  CONFIG_OVERRIDES,
  COPIED_FOR,
  COPIED_FROM,
  deleting,
  INSTALLED_DEFINITION,
  INSTALLED_SPEC,
  keyOf,
  type ModuleObject,
  type WorkspaceObject,
  workspaceKeyOf,
} from './resources.ts';

/** A fork cannot be made as it stands. */
export class ForkError extends Error {
  override readonly name = 'ForkError';
}

/** Annotations that are about the one Module, not about what it is. */
const OF_THE_ORIGINAL = [
  ANNOTATIONS.managerData,
  INSTALLED_SPEC,
  INSTALLED_DEFINITION,
  ABANDON,
  COPIED_FROM,
  COPIED_FOR,
  'kubectl.kubernetes.io/last-applied-configuration',
];

/**
 * Copies the Modules of the Workspace that `spec.from` names, once each: their names follow from the original's and
 * the Workspace's, so that a repetition after a crash finds what the first made. Returns the names of the copies.
 */
export async function copyModules(
  kube: Kube,
  workspace: WorkspaceObject,
  modules: Iterable<ModuleObject>,
): Promise<string[]> {
  const { name, namespace = 'default' } = workspace.spec.from!;
  const originals = [...modules].filter(
    (module) => workspaceKeyOf(module) === `${namespace}/${name}` && !deleting(module),
  );
  const overrides = readOverrides(workspace, originals);
  const copies = originals.map((original) => copyOf(original, workspace, overrides));
  for (const copy of copies) {
    try {
      await create(kube, copy);
    } catch (error) {
      if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
      const there = await find(kube, refOf(copy as ModuleObject));
      if (there?.metadata.annotations?.[COPIED_FOR] === workspace.metadata.uid) continue;
      throw new ForkError(
        `expected to copy Module ${copy.metadata.annotations![COPIED_FROM]} as ${copy.metadata.namespace}/${copy.metadata.name}, found another Module of that name`,
      );
    }
  }
  return copies.map((copy) => copy.metadata.name!);
}

function copyOf(original: ModuleObject, workspace: WorkspaceObject, overrides: Overrides): NewObject {
  const { labels, annotations = {} } = original.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !OF_THE_ORIGINAL.includes(key));
  const changed = overrides.get(keyOf(original));
  const { status: _, metadata: __, ...rest } = original;
  return {
    ...rest,
    apiVersion: API_VERSION,
    kind: 'Module',
    metadata: {
      name: copyName(original, workspace),
      namespace: workspace.metadata.namespace!,
      ...(labels ? { labels } : {}),
      annotations: {
        ...Object.fromEntries(kept),
        [COPIED_FROM]: keyOf(original),
        [COPIED_FOR]: workspace.metadata.uid!,
      },
    },
    spec: {
      ...original.spec,
      workspace: { name: workspace.metadata.name, namespace: workspace.metadata.namespace! },
      ...(changed ? { config: { ...original.spec.config, ...changed } } : {}),
    },
  };
}

/** `<workspace>-<module>`; with a hash where that is too long, or the Module is from another namespace than its Workspace. */
export function copyName(original: ModuleObject, workspace: WorkspaceObject): string {
  const name = `${workspace.metadata.name}-${original.metadata.name}`;
  const foreign = original.metadata.namespace !== (workspace.spec.from?.namespace ?? 'default');
  if (!foreign && name.length <= 253) return name;
  const hash = createHash('sha256')
    .update(`${workspace.metadata.name} ${keyOf(original)}`)
    .digest('hex')
    .slice(0, 10);
  return `${name.slice(0, 242).replace(/[-.]+$/, '')}-${hash}`;
}

/** What to change in the config, by the original's key. */
type Overrides = Map<string, Record<string, unknown>>;

function readOverrides(workspace: WorkspaceObject, originals: ModuleObject[]): Overrides {
  const text = workspace.metadata.annotations?.[CONFIG_OVERRIDES];
  const overrides: Overrides = new Map();
  if (!text) return overrides;
  const expected = `annotation ${CONFIG_OVERRIDES}: expected JSON such as {"<module>": {"<alias>": <value>}}`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ForkError(`${expected}, found something that is no JSON`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ForkError(`${expected}, found ${oneLine(text, 60)}`);
  }
  for (const [name, config] of Object.entries(parsed)) {
    const meant = originals.filter((module) => module.metadata.name === name || keyOf(module) === name);
    if (meant.length !== 1) {
      const known = originals.map((module) => module.metadata.name).join(', ') || 'none';
      throw new ForkError(
        `${expected}, found ${JSON.stringify(name)}, which ${meant.length === 0 ? 'is no Module of the source' : 'are several: write namespace/name'} (Modules: ${known})`,
      );
    }
    if (typeof config !== 'object' || config === null || Array.isArray(config)) {
      throw new ForkError(`${expected}, found ${oneLine(JSON.stringify(config), 60)} for ${name}`);
    }
    overrides.set(keyOf(meant[0]!), config as Record<string, unknown>);
  }
  return overrides;
}
