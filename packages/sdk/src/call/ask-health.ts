import { oneLine } from '@forkspacer/contract';
import type { ModuleDefinition } from '../define-module.ts';
import { makeLog } from '../log/log.ts';
import type { HealthWord } from './call.ts';
import type { Cluster } from './cluster.ts';
import { readConfig } from './config.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** The module's word on its health; a health function that throws is one that says no. */
export async function askHealth(
  definition: ModuleDefinition,
  settings: Settings,
  cluster: Cluster,
): Promise<HealthWord> {
  const secrets = new Secrets();
  const { name: module } = definition;
  const log = makeLog({
    fields: { module, version: settings.version },
    level: settings.level,
    redact: secrets.redact,
    ...(settings.write ? { write: settings.write } : {}),
  });
  const signal = AbortSignal.timeout(settings.times.health);
  try {
    const config = await readConfig(definition, settings.dir, secrets);
    const connection = await cluster.connect(
      module,
      definition.permissions ?? ['workspace'],
      settings.dir,
      secrets,
    );
    const kube = connection.with({ signal, deadline: Date.now() + settings.times.health });
    const word = (await definition.health?.({ config, kube, log, signal })) ?? true;
    if (typeof word === 'boolean') return { healthy: word };
    const { healthy, message } = word;
    return { healthy, ...(message === undefined ? {} : { message: oneLine(secrets.redact(message)) }) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { healthy: false, message: oneLine(secrets.redact(text)) };
  }
}
