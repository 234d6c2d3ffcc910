import type { Kube } from '@forkspacer/kube';
import { findAnchor } from '../anchor/anchor.ts';
import { decide } from '../anchor/decide.ts';
import { anchorRef } from '../anchor/name.ts';
import type { ModuleDefinition } from '../define-module.ts';
import { makeLog } from '../log/log.ts';
import { ModuleError } from '../module-error.ts';
import type { Call, Identity, Outcome } from './call.ts';
import type { Cluster } from './cluster.ts';
import { ConfigError, readConfig } from './config.ts';
import { failureText } from './failure.ts';
import { foreignText, ownerOf } from './foreign.ts';
import { hold } from './hold.ts';
import { checkSize } from './keep.ts';
import { runVerb } from './run-verb.ts';
import { announce, type Scope } from './scope.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Stopped } from './stopped.ts';

/** An anchor that changes between being read and being taken, this often in a row, is being fought for. */
const TRIES = 5;

/** What a label may hold, and so what an instance may be called. */
const INSTANCE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * Runs one verb to its end: config, cluster, identity, then the verb itself between writes to the anchor, and the
 * metadata to answer. Never throws.
 *
 * @param stop aborting it ends the verb; its reason is the answer
 * @param identified told who acts, before anything is changed
 */
export async function runCall(
  definition: ModuleDefinition,
  call: Call,
  settings: Settings,
  cluster: Cluster,
  stop: AbortSignal,
  identified: (identity: Identity) => void,
): Promise<Outcome> {
  const { name: module } = definition;
  const { verb } = call;
  const secrets = new Secrets();
  const log = makeLog({
    fields: { module, version: settings.version, verb },
    level: settings.level,
    redact: secrets.redact,
    ...(settings.write ? { write: settings.write } : {}),
  });
  const controller = new AbortController();
  const follow = () => controller.abort(stop.reason);
  stop.addEventListener('abort', follow, { once: true });
  if (stop.aborted) follow();
  const { deadline } = settings.times;
  const tooLate = new Stopped(
    `expected to end within ${deadline / 1000} s, found it still running; it was stopped`,
  );
  const late = setTimeout(() => controller.abort(tooLate), call.deadline - Date.now());

  /** For the anchor's sake; verbs get a handle of their own. */
  const connect = async (): Promise<Kube> => {
    const permissions = definition.permissions ?? ['workspace'];
    const connection = await cluster.connect(module, permissions, settings.dir, secrets);
    return connection.with({
      signal: controller.signal,
      deadline: call.deadline,
      timeout: settings.times.call,
      log: (fields, message) => log.info(fields, message),
    });
  };

  try {
    if (verb !== 'uninstall') checkSize(call.metadata);
    const config = await readConfig(definition, settings.dir, secrets);
    const ref = anchorRef(definition, config);
    const here = `${ref.namespace}/${ref.name}`;
    const kube = await connect();
    return await act(
      { definition, call, settings, config, ref, here, kube, secrets, log, controller },
      identified,
    );
  } catch (error) {
    try {
      if (error instanceof ConfigError && (await neverInstalled(definition, call, error, connect))) {
        log.warn({ err: error }, 'nothing to uninstall');
        return { done: true, metadata: {} };
      }
    } catch {
      // What is wrong with the config is told first.
    }
    // Once it was told to stop, what it failed with is only how it stopped.
    const failure = Date.now() < call.deadline ? error : tooLate;
    const why = controller.signal.aborted ? controller.signal.reason : failure;
    return { done: false, text: failureText({ module, verb }, why, { secrets, log }) };
  } finally {
    clearTimeout(late);
    stop.removeEventListener('abort', follow);
  }
}

/**
 * Whether an uninstall has nothing to do although the config is wrong: with such a config nothing can have been
 * installed, and what was not must not be there for ever because it cannot be uninstalled.
 */
async function neverInstalled(
  definition: ModuleDefinition,
  { verb, metadata }: Call,
  { identity }: ConfigError,
  connect: () => Promise<Kube>,
): Promise<boolean> {
  if (verb !== 'uninstall' || ownerOf(metadata).instance !== undefined) return false;
  if (!identity) return true;
  return (await findAnchor(await connect(), anchorRef(definition, identity), definition.name)) === undefined;
}

async function act(scope: Scope, identified: (identity: Identity) => void): Promise<Outcome> {
  const { definition, call, settings, ref, here, kube, log, controller } = scope;
  const { verb, metadata } = call;
  for (let tries = 0; tries < TRIES; tries++) {
    const anchor = await findAnchor(kube, ref, definition.name);
    const { instance, decision } = decide({
      verb,
      module: definition.name,
      here,
      anchor,
      owner: ownerOf(metadata),
      given: settings.instance,
      hostname: settings.hostname,
      now: kube.now(),
      abandoned: settings.times.abandoned,
    });
    if (!INSTANCE.test(instance)) {
      throw new ModuleError({
        expected: 'an instance that fits a label (letters, digits, -, _ and ., up to 63)',
        found: JSON.stringify(instance.slice(0, 80)),
      });
    }
    switch (decision.do) {
      case 'foreign': {
        const whose = anchor ? { instance: anchor.instance, anchor: here } : { anchor: here };
        return { done: false, text: foreignText(definition.name, verb, metadata, whose), foreign: true };
      }
      case 'refuse':
        throw new ModuleError(decision);
      case 'nothing':
        if (decision.told !== undefined && anchor) {
          log.warn({ anchor: here, instance, owner: anchor.instance }, 'left alone');
          await announce(scope, anchor, {
            reason: 'LeftAlone',
            note: `uninstall: ${decision.told}`,
            type: 'Warning',
          });
        }
        return { done: true, metadata: {} };
      default: {
        identified({ instance, anchor: here });
        const held = await hold(scope, instance, decision, anchor);
        controller.signal.throwIfAborted();
        if (held) return runVerb(scope, instance, held);
      }
    }
  }
  throw new ModuleError({
    expected: `anchor ${here} to be at rest`,
    found: 'others changing it all the time',
  });
}
