import { type Kube, ParkingError } from '@forkspacer/kube';
import type { HeldAnchor } from '../anchor/held.ts';
import { relabel } from '../anchor/relabel.ts';
import type { VerbContext, VerbResult } from '../define-module.ts';
import { ModuleError } from '../module-error.ts';
import type { Outcome } from './call.ts';
import { keep, shortened } from './keep.ts';
import { leave } from './leave.ts';
import { observed } from './observed.ts';
import type { Scope } from './scope.ts';
import { tellReport } from './tell-report.ts';

/** Of the deadline, what a verb leaves for its last write, in milliseconds; a twentieth of it at most. */
const LAST_WRITE = 3_000;

/** Runs the module's verb while its anchor is held, and makes the last write. */
export async function runVerb(scope: Scope, instance: string, held: HeldAnchor): Promise<Outcome> {
  const { definition, call, settings, config, here, secrets, controller } = scope;
  const { verb, metadata } = call;
  const log = scope.log;
  const heartbeat = setInterval(() => {
    held.touch(scope.kube.now()).catch((error: unknown) => {
      if (error instanceof ModuleError) controller.abort(error);
      else log.warn({ err: error }, 'heartbeat failed');
    });
  }, settings.times.heartbeat);
  heartbeat.unref();

  try {
    const own = scope.kube.with({ instance });
    await relabelled(own, held);
    const spare = Math.min(LAST_WRITE, settings.times.deadline / 20);
    const kube = observed(own.with({ deadline: call.deadline - spare }), secrets, held);
    const context: VerbContext = { config, metadata, kube, log, signal: controller.signal, instance };
    log.info({ instance, anchor: here }, 'verb started');
    if (verb === 'uninstall') {
      await leave(definition, context, held);
      log.info({ instance }, 'verb ended');
      return { done: true, metadata: {} };
    }
    const { report, ...result } = await reported(scope, held, async () =>
      checked(await definition[verb](context)),
    );
    controller.signal.throwIfAborted();
    const kept = keep(
      metadata,
      report ? { ...result, report: shortened(report) } : result,
      { module: definition.name, instance, anchor: here },
      { secrets, log },
    );
    if (verb === 'install') await installed(own, held);
    log.info({ instance }, 'verb ended');
    return { done: true, metadata: kept };
  } finally {
    clearInterval(heartbeat);
  }
}

/** Tells on the cluster of what was parked or restored, also where some of it failed. */
async function reported(
  scope: Scope,
  held: HeldAnchor,
  run: () => Promise<Exclude<VerbResult, void>>,
): Promise<Exclude<VerbResult, void>> {
  try {
    const result = await run();
    if (result.report) await tellReport(scope, held, result.report);
    return result;
  } catch (error) {
    if (error instanceof ParkingError) await tellReport(scope, held, error.report);
    throw error;
  }
}

/** The objects follow their anchor to its new owner; it is remembered until the install is done. */
async function relabelled(own: Kube, held: HeldAnchor): Promise<void> {
  const { previous, made } = held.content;
  if (previous.length > 0) await relabel(own, made, previous);
}

/** The last write of an install; one that is repeated has made it already. */
async function installed(own: Kube, held: HeldAnchor): Promise<void> {
  const { state, previous } = held.content;
  if (state === 'installed' && previous.length === 0) return;
  await held.change(() => ({ state: 'installed', touched: own.now(), kept: [], previous: [] }));
}

function checked(result: VerbResult): Exclude<VerbResult, void> {
  if (result === undefined) return {};
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) return result;
  throw new TypeError(`a verb returns an object to remember, or nothing; found ${JSON.stringify(result)}`);
}
