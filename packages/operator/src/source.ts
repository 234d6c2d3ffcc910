import {
  type Custom,
  formatProblems,
  type ModuleSource,
  oneLine,
  type Permission,
  parseCustom,
  renderTemplates,
  satisfies,
  validateUserConfig,
  YAML_LIMIT,
} from '@forkspacer/contract';
import { find, type Kube } from '@forkspacer/kube';
import type { ModuleObject } from './resources.ts';

/** What a Module says that is to be run, with its config checked. */
export interface Definition {
  image: string;
  imagePullSecrets: string[];
  permissions: Permission[];
  /** What config.json holds. */
  config: Record<string, unknown>;
}

/** A Module names nothing that can be run. `heals`: it may when tried again, without a change of the Module. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly reason: string;
  readonly heals: boolean;

  constructor(reason: string, message: string, heals: boolean, cause?: unknown) {
    super(oneLine(message), cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.heals = heals;
  }
}

interface Context {
  kube: Kube;
  operatorVersion: string;
  /** ms */
  fetchTimeout: number;
  signal: AbortSignal;
}

/** Looked for in a ConfigMap when `source.configMap.key` is left out; else its only key is taken. */
const CONFIG_MAP_KEY = 'module.yaml';

/** The word in status.source: where the definition comes from. */
export function sourceName(module: ModuleObject): string {
  const { custom, helm, source = {} } = module.spec;
  if (custom) return 'custom';
  if (helm) return 'helm';
  const present = (['raw', 'httpURL', 'configMap', 'existingHelmRelease', 'github'] as const).find(
    (kind) => source[kind],
  );
  return present ?? '';
}

/**
 * Finds what a Module of any generation runs, and checks its config as the real operator of that generation does.
 * Throws a SourceError.
 */
export async function resolveSource(module: ModuleObject, context: Context): Promise<Definition> {
  const { custom, helm, source } = module.spec;
  const config = module.spec.config ?? {};
  if (custom) {
    // First the config: templates read it.
    const checked = validateUserConfig(module.config, config, 'inline');
    if (!checked.ok) throw new SourceError('InvalidConfig', formatProblems(checked.problems), false);
    const rendered = renderTemplates(custom, { config });
    if (!rendered.ok) throw new SourceError('InvalidTemplate', formatProblems(rendered.problems), false);
    const { image, imagePullSecrets = [], permissions = [] } = rendered.value as typeof custom;
    // Rendered text is read again as JSON: it may have become something else.
    if (typeof image !== 'string') {
      const found = JSON.stringify(image);
      throw new SourceError('InvalidTemplate', `spec.custom.image: expected an image, found ${found}`, false);
    }
    return { image, imagePullSecrets, permissions, config: checked.value };
  }
  if (helm || source?.existingHelmRelease) {
    throw new SourceError(
      'HelmNotSupported',
      'this operator runs custom modules only: expected spec.custom or spec.source with a Custom, found a Helm release',
      false,
    );
  }
  const { definition, where, heals } = await findCustom(source ?? {}, context);
  const parsed = parseCustom(definition);
  if (!parsed.ok)
    throw new SourceError('InvalidSource', `${where}: ${formatProblems(parsed.problems)}`, heals);
  const { spec, metadata } = parsed.value;
  const unsupported = versionProblem(parsed.value, context.operatorVersion);
  if (unsupported) throw new SourceError('UnsupportedOperatorVersion', `${where}: ${unsupported}`, heals);
  if (spec.repo !== undefined) {
    throw new SourceError(
      'PluginNotSupported',
      `${metadata?.name ?? 'the Custom'} is a plugin (spec.repo): this operator does not run plugins yet, only images (spec.image)`,
      heals,
    );
  }
  const checked = validateUserConfig(parsed.value.config, config, 'resource');
  if (!checked.ok) throw new SourceError('InvalidConfig', formatProblems(checked.problems), heals);
  const { image, imagePullSecrets = [], permissions = [] } = spec;
  return { image, imagePullSecrets, permissions, config: checked.value };
}

function versionProblem({ metadata }: Custom, version: string): string | undefined {
  const constraint = metadata?.supportedOperatorVersion;
  if (constraint === undefined || constraint === '')
    return 'metadata.supportedOperatorVersion: expected a version range such as ">= 0.0.0, < 1.0.0", found nothing';
  try {
    if (satisfies(version, constraint)) return undefined;
  } catch (error) {
    return (error as Error).message;
  }
  return `metadata.supportedOperatorVersion: expected a range that holds this operator's version ${version}, found ${JSON.stringify(constraint)}`;
}

/** The definition, and where it was found, in words. `heals`: there it may change. */
interface Found {
  definition: unknown;
  where: string;
  heals: boolean;
}

async function findCustom(source: ModuleSource, context: Context): Promise<Found> {
  if (source.raw) return { definition: source.raw, where: 'source.raw', heals: false };
  if (source.httpURL) return download(source.httpURL, context);
  if (source.configMap) return fromConfigMap(source.configMap, context);
  throw new SourceError(
    'NoSource',
    `expected spec.custom, or spec.source with raw, httpURL or configMap, found ${source.github ? 'spec.source.github, which nothing supports' : 'none of them'}`,
    false,
  );
}

async function download(address: string, { fetchTimeout, signal }: Context): Promise<Found> {
  const url = URL.parse(address);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SourceError(
      'InvalidSource',
      `source.httpURL: expected an http or https URL, found ${JSON.stringify(address)}`,
      false,
    );
  }
  // Without what may be secret: user, password and query.
  const where = `source.httpURL ${url.origin}${url.pathname}`;
  const failed = (why: string, cause?: unknown) =>
    new SourceError('SourceUnreachable', `${where}: ${why}`, true, cause);
  const late = AbortSignal.timeout(fetchTimeout);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([late, signal]),
      headers: { accept: 'application/yaml, text/plain, */*' },
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw failed(`expected 200, found ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > YAML_LIMIT) throw failed(`expected at most ${YAML_LIMIT} bytes, found more`);
      chunks.push(chunk);
    }
    return { definition: Buffer.concat(chunks).toString('utf8'), where, heals: true };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if (late.aborted) throw failed(`no answer in ${fetchTimeout / 1000} s`, error);
    const { cause } = error as { cause?: Error & { code?: string } };
    throw failed(cause?.code ?? cause?.message ?? (error as Error).message, error);
  }
}

async function fromConfigMap(
  reference: NonNullable<ModuleSource['configMap']>,
  { kube }: Context,
): Promise<Found> {
  const { name, namespace = 'default', key } = reference;
  const where = `source.configMap ${namespace}/${name}`;
  const found = await find(kube, { apiVersion: 'v1', kind: 'ConfigMap', name, namespace });
  if (!found) throw new SourceError('SourceNotFound', `${where}: expected a ConfigMap, found none`, true);
  const texts = new Map<string, string>(Object.entries(found.data ?? {}));
  for (const [name, data] of Object.entries((found.binaryData ?? {}) as Record<string, string>)) {
    texts.set(name, Buffer.from(data, 'base64').toString('utf8'));
  }
  const only = texts.size === 1 ? [...texts.keys()][0] : undefined;
  const chosen = key ?? (texts.has(CONFIG_MAP_KEY) ? CONFIG_MAP_KEY : only);
  const text = chosen === undefined ? undefined : texts.get(chosen);
  if (text !== undefined) return { definition: text, where, heals: true };
  const keys = texts.size === 0 ? 'no keys' : `the keys ${[...texts.keys()].join(', ')}`;
  throw new SourceError(
    'SourceNotFound',
    `${where}: expected the key ${key ?? `${CONFIG_MAP_KEY} (or key to name one)`}, found ${keys}`,
    true,
  );
}
