import type { ConfigDeclaration, ConfigOf } from '@forkspacer/contract';
import type { Kube, ObjectRef } from '@forkspacer/kube';
import { type Anchor, changeAnchor, createAnchor, findAnchor } from '../anchor/anchor.ts';
import { type Decision, decide } from '../anchor/decide.ts';
import { HeldAnchor } from '../anchor/held.ts';
import { anchorRef } from '../anchor/name.ts';
import { relabel } from '../anchor/relabel.ts';
import type { Log, ModuleDefinition, VerbContext, VerbResult } from '../define-module.ts';
import { makeLog } from '../log/log.ts';
import { ModuleError } from '../module-error.ts';
import type { Call, Identity, Outcome } from './call.ts';
import type { Cluster } from './cluster.ts';
import { readConfig } from './config.ts';
import { say } from './event.ts';
import { failureText } from './failure.ts';
import { foreignText, ownerOf } from './foreign.ts';
import { checkSize, keep, shortened } from './keep.ts';
import { leave } from './leave.ts';
import { observed } from './observed.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Stopped } from './stopped.ts';

/** Of the deadline, what a verb leaves for its last write, in milliseconds; a twentieth of it at most. */
const LAST_WRITE = 3_000;

/** An anchor that changes between being read and being taken, this often in a row, is being fought for. */
const TRIES = 5;

/** What a label may hold, and so what an instance may be called. */
const INSTANCE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** What the steps of one call share. */
interface Scope {
  definition: ModuleDefinition;
  call: Call;
  settings: Settings;
  config: ConfigOf<ConfigDeclaration>;
  /** The anchor, and how it is named to people. */
  ref: ObjectRef;
  here: string;
  /** For the anchor's sake; verbs get one of their own. */
  kube: Kube;
  secrets: Secrets;
  log: Log;
  controller: AbortController;
}

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
  const late = setTimeout(() => {
    const text = `expected to end within ${deadline / 1000} s, found it still running; it was stopped`;
    controller.abort(new Stopped(text));
  }, call.deadline - Date.now());

  try {
    if (verb !== 'uninstall') checkSize(call.metadata);
    const config = await readConfig(definition, settings.dir, secrets);
    const connection = await cluster.connect(
      module,
      definition.permissions ?? ['workspace'],
      settings.dir,
      secrets,
    );
    const kube = connection.with({
      signal: controller.signal,
      deadline: call.deadline,
      timeout: settings.times.call,
      log: (fields, message) => log.info(fields, message),
    });
    const ref = anchorRef(definition, config);
    const here = `${ref.namespace}/${ref.name}`;
    return await act(
      { definition, call, settings, config, ref, here, kube, secrets, log, controller },
      identified,
    );
  } catch (error) {
    // Once it was told to stop, what it failed with is only how it stopped.
    const why = controller.signal.aborted ? controller.signal.reason : error;
    return { done: false, text: failureText({ module, verb }, why, { secrets, log }) };
  } finally {
    clearTimeout(late);
    stop.removeEventListener('abort', follow);
  }
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
      now: Date.now(),
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
        const acting = decision.do === 'clean up' ? decision.from : instance;
        const held = await hold(scope, acting, decision, anchor);
        controller.signal.throwIfAborted();
        if (held) return runVerb(scope, acting, held);
      }
    }
  }
  throw new ModuleError({
    expected: `anchor ${here} to be at rest`,
    found: 'others changing it all the time',
  });
}

type Holding = Extract<Decision, { do: 'create' | 'run' | 'take over' | 'take up' | 'clean up' }>;

/** Makes the anchor the acting instance's, or sees that it is; undefined when it has changed since it was read. */
async function hold(
  scope: Scope,
  acting: string,
  decision: Holding,
  anchor: Anchor | undefined,
): Promise<HeldAnchor | undefined> {
  const { definition, config, ref, here, log } = scope;
  const kube = scope.kube.with({ instance: acting });
  const touched = Date.now();
  const held = (now: Anchor | undefined) => now && new HeldAnchor(kube, ref, definition.name, now);

  if (!anchor) {
    const content = {
      instance: acting,
      state: 'installing',
      touched,
      made: [],
      kept: [],
      previous: [],
    } as const;
    return held(await createAnchor(kube, ref, { ...content, made: [], kept: [], previous: [] }));
  }
  switch (decision.do) {
    case 'take up': {
      if (definition.takesUp && !definition.takesUp(config)) {
        throw new ModuleError({
          expected: `no retained data under ${here}, as the config wants none to be taken up`,
          found: `that of instance ${decision.from}`,
          todo: 'allow it in the config, change its identity, or remove the data; nothing was changed',
        });
      }
      const previous = [...anchor.previous, decision.from].filter((each) => each !== acting);
      const change = { instance: acting, state: 'installing', touched, kept: anchor.made, previous } as const;
      const taken = held(await changeAnchor(kube, ref, anchor, change));
      if (!taken) return undefined;
      log.info(
        { anchor: here, from: decision.from, objects: anchor.made.length },
        'retained data taken up again',
      );
      const note = `retained data of instance ${decision.from} taken up again by instance ${acting}`;
      await announce(scope, anchor, { reason: 'TakenUpAgain', note, type: 'Normal' });
      return taken;
    }
    case 'take over': {
      log.warn({ anchor: here, from: decision.from }, 'abandoned install taken over');
      const previous = [...anchor.previous, decision.from];
      return held(await changeAnchor(kube, ref, anchor, { instance: acting, touched, previous }));
    }
    default:
      // What is installed is nobody else's to take; what is not could be taken for abandoned.
      return held(anchor.state === 'installed' ? anchor : await changeAnchor(kube, ref, anchor, { touched }));
  }
}

async function runVerb(scope: Scope, instance: string, held: HeldAnchor): Promise<Outcome> {
  const { definition, call, settings, config, here, secrets, controller } = scope;
  const { verb, metadata } = call;
  const log = scope.log;
  const heartbeat = setInterval(() => {
    held.touch(Date.now()).catch((error: unknown) => {
      if (error instanceof ModuleError) controller.abort(error);
      else log.warn({ err: error }, 'heartbeat failed');
    });
  }, settings.times.heartbeat);
  heartbeat.unref();

  try {
    const own = scope.kube.with({ instance });
    await relabelled(own, held);
    const spare = Math.min(LAST_WRITE, settings.times.deadline / 20);
    const kube = observed(own.with({ deadline: call.deadline - spare }), secrets, (ref) => held.record(ref));
    const context: VerbContext = { config, metadata, kube, log, signal: controller.signal, instance };
    log.info({ instance, anchor: here }, 'verb started');
    if (verb === 'uninstall') {
      await leave(definition, context, held);
      log.info({ instance }, 'verb ended');
      return { done: true, metadata: {} };
    }
    const { report, ...result } = checked(await definition[verb](context));
    controller.signal.throwIfAborted();
    const kept = keep(
      metadata,
      report ? { ...result, report: shortened(report) } : result,
      { module: definition.name, instance, anchor: here },
      { secrets, log },
    );
    if (verb === 'install') await installed(held);
    log.info({ instance }, 'verb ended');
    return { done: true, metadata: kept };
  } finally {
    clearInterval(heartbeat);
  }
}

/** The objects follow their anchor to its new owner; it is remembered until the install is done. */
async function relabelled(own: Kube, held: HeldAnchor): Promise<void> {
  const { previous, made } = held.content;
  if (previous.length > 0) await relabel(own, made, previous);
}

/** The last write of an install; one that is repeated has made it already. */
async function installed(held: HeldAnchor): Promise<void> {
  const { state, previous } = held.content;
  if (state === 'installed' && previous.length === 0) return;
  await held.change(() => ({ state: 'installed', touched: Date.now(), kept: [], previous: [] }));
}

function checked(result: VerbResult): Exclude<VerbResult, void> {
  if (result === undefined) return {};
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return result;
  throw new TypeError(`a verb returns an object to remember, or nothing; found ${JSON.stringify(result)}`);
}

function announce(
  { kube, ref, definition, settings, log }: Scope,
  { uid }: Anchor,
  event: { reason: string; note: string; type: 'Normal' | 'Warning' },
): Promise<void> {
  return say(kube, { ...ref, uid }, { ...event, module: definition.name, host: settings.hostname }, log);
}
