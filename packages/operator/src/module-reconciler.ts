import { ANNOTATIONS, FINALIZER, type ManagerData, type ModulePhase, type Verb } from '@forkspacer/contract';
import { find, KubeError, patch, refOf, remove } from '@forkspacer/kube';
import { type Answer, callRunner } from './call.ts';
import { ConnectionError, workspaceKubeconfig } from './connection.ts';
import type { Context } from './context.ts';
import { decide, knownOf } from './decide.ts';
import { addFinalizer, removeFinalizer } from './finalizer.ts';
import { readInstalled } from './installed.ts';
import { readManagerData, tooLarge, writeManagerData } from './manager-data.ts';
import { delayAfter } from './queue.ts';
import {
  ABANDON,
  deleting,
  INSTALLED_DEFINITION,
  INSTALLED_SPEC,
  keyOf,
  type ModuleObject,
  refOfKey,
  type WorkspaceObject,
  workspaceKeyOf,
} from './resources.ts';
import { type Runner, RunnerError, runnerNames } from './runners/runner.ts';
import { type Definition, resolveSource, SourceError, sourceName } from './source.ts';
import { specOf } from './spec-hash.ts';
import { type Said, setStatus } from './status.ts';

/** The phase while a verb runs. */
const DOING: Record<Verb, ModulePhase> = {
  install: 'installing',
  uninstall: 'uninstalling',
  sleep: 'sleeping',
  resume: 'resuming',
};
/** In words, for reasons: InstallFailed, Installed. */
const WORD: Record<Verb, { noun: string; done: string }> = {
  install: { noun: 'Install', done: 'Installed' },
  uninstall: { noun: 'Uninstall', done: 'Uninstalled' },
  sleep: { noun: 'Sleep', done: 'Sleeped' },
  resume: { noun: 'Resume', done: 'Resumed' },
};

/** A step that failed, kept so that the same step is not tried again before its time. */
interface Attempt {
  /** The step and everything it depended on that a person can change. */
  what: string;
  failures: number;
  /** Epoch in ms; Infinity: not until something changes. */
  notBefore: number;
}

interface RunningCall {
  verb: Verb;
  /** Why it was ended, once it was. */
  ended?: 'deleted' | 'abandoned' | 'gone' | 'stopping' | 'too long';
  end(why: NonNullable<RunningCall['ended']>): void;
  /** Ends it after `ms`, unless it ends before. */
  endAfter(ms: number, why: NonNullable<RunningCall['ended']>): void;
}

export interface ModuleReconciler {
  reconcile(key: string): Promise<number | undefined>;
  /** Hears of every change, also while the Module is being reconciled. */
  observe(module: ModuleObject, gone: boolean): void;
  /** Takes no new calls, and gives running ones a little time. */
  stop(): void;
}

export function createModuleReconciler(context: Context): ModuleReconciler {
  const { kube, runners, clock, patience, events, log } = context;
  const attempts = new Map<string, Attempt>();
  const calls = new Map<string, RunningCall>();
  /** By uid: runners that are being brought up, which a deletion ends. */
  const starts = new Map<string, AbortController>();
  /** By uid: what was tried last, so that a source which is away later does not stop an uninstall. */
  const definitions = new Map<string, Definition>();
  /** By key: the uid whose runner may be there. */
  const uids = new Map<string, string>();
  let stopping = false;

  async function reconcile(key: string): Promise<number | undefined> {
    const cached = context.modules.get(key);
    const before = uids.get(key);
    if (before !== undefined && before !== cached?.metadata.uid) {
      // Its finalizer was taken away by force, or another Module has its name now.
      await runners.stop(before);
      for (const map of [attempts, definitions]) map.delete(before);
      uids.delete(key);
    }
    if (!cached || stopping) return;
    // By the cache nothing is to be done: if that is stale, the change that it lacks is on its way.
    if (isSettled(cached, context.workspaces.get(workspaceKeyOf(cached)))) return;

    const module = (await find(kube, refOfKey('Module', key))) as ModuleObject | undefined;
    if (!module) return;
    uids.set(key, module.metadata.uid!);
    if (deleting(module) && !module.metadata.finalizers?.includes(FINALIZER)) return;
    return step(module, await readWorkspace(module));
  }

  function isSettled(module: ModuleObject, workspace: WorkspaceObject | undefined): boolean {
    try {
      const step = decide(module, workspace);
      return (
        step.do === 'rest' &&
        module.status?.phase === step.phase &&
        !module.status.message &&
        runners.alive(module.metadata.uid!) &&
        readManagerData(module)?.runnerPodName === runnerNames(module.metadata.uid!).runnerPodName
      );
    } catch {
      return false;
    }
  }

  async function readWorkspace(module: ModuleObject): Promise<WorkspaceObject | undefined> {
    return (await find(kube, refOfKey('Workspace', workspaceKeyOf(module)))) as WorkspaceObject | undefined;
  }

  async function step(
    module: ModuleObject,
    workspace: WorkspaceObject | undefined,
  ): Promise<number | undefined> {
    let next: ReturnType<typeof decide>;
    try {
      next = decide(module, workspace);
    } catch (error) {
      // Only manager data that cannot be read.
      await say(module, 'failed', (error as Error).message, [
        ready('False', 'ManagerDataUnreadable', (error as Error).message),
      ]);
      return;
    }
    switch (next.do) {
      case 'release':
        await release(module, next.why);
        return;
      case 'wait': {
        if (knownOf(module).installed) {
          await say(module, module.status?.phase ?? 'installing', next.message, [
            ready('False', next.reason, next.message),
          ]);
          return;
        }
        const installed: Said = {
          type: 'Installed',
          status: 'False',
          reason: next.reason,
          message: next.message,
        };
        await say(module, 'installing', next.message, [ready('False', next.reason, next.message), installed]);
        return;
      }
      case 'rest':
        return rest(module, workspace, next.phase);
      case 'call':
        return perform(module, workspace, next.verb);
    }
  }

  /** Everything is done; what remains is that the runner lives and is known to be ours. */
  async function rest(
    module: ModuleObject,
    workspace: WorkspaceObject | undefined,
    phase: 'ready' | 'sleeped',
  ): Promise<number | undefined> {
    let current = await withFinalizer(module);
    const what = attemptOf('runner', module, workspace);
    const wait = heldBack(module, what);
    if (wait !== undefined) return wait;
    let problem = '';
    try {
      await bringUp(current, workspace, undefined, context.stopSignal);
      attempts.delete(module.metadata.uid!);
      current = ((await find(kube, refOf(module))) as ModuleObject | undefined) ?? current;
    } catch (error) {
      if (stopping) return;
      const { message } = expected(error);
      problem = `its runner does not come up: ${message}`;
      events.tell(module, 'Warning', 'RunnerFailed', problem);
    }
    await say(current, phase, problem, saidOf(phase));
    return problem === '' ? undefined : noteFailure(module, what, true);
  }

  async function perform(
    first: ModuleObject,
    firstWorkspace: WorkspaceObject | undefined,
    verb: Verb,
  ): Promise<number | undefined> {
    const what = attemptOf(verb, first, firstWorkspace);
    const wait = heldBack(first, what);
    if (wait !== undefined) return wait;

    let module = verb === 'uninstall' ? first : await withFinalizer(first);
    const uid = module.metadata.uid!;
    // What the phase was tells whether a call may still be running in a runner that is found.
    const interrupted = module.status?.phase !== 'ready' && module.status?.phase !== 'sleeped';
    const doing = saidOf(DOING[verb]);
    if (verb === 'install' && !knownOf(module).installed) {
      doing.push({ type: 'Installed', status: 'False', reason: 'Installing' });
    }
    module = await say(module, DOING[verb], '', doing, { source: sourceName(module) });
    const starting = new AbortController();
    if (verb !== 'uninstall') starts.set(uid, starting);
    let runner: Runner;
    try {
      const signal = AbortSignal.any([starting.signal, context.stopSignal]);
      runner = await bringUp(module, firstWorkspace, verb, signal, interrupted);
    } catch (error) {
      if (stopping) return;
      if (starting.signal.aborted) return 0;
      const { reason, message, heals } = expected(error);
      return failed(module, verb, what, reason, message, heals);
    } finally {
      starts.delete(uid);
    }

    // Bringing up a runner may have taken minutes: what was decided is decided again.
    const now = (await find(kube, refOf(module))) as ModuleObject | undefined;
    if (!now || now.metadata.uid !== uid || stopping) return;
    const workspace = await readWorkspace(now);
    const again = decide(now, workspace);
    if (again.do !== 'call' || again.verb !== verb) return 0;
    module = now;

    const data = readManagerData(module);
    const installing = specOf(module);
    const answer = await call(module, verb, runner, data?.innerMetaData ?? {});
    if (answer.outcome === 'lost') {
      const why = answer.ended;
      if (why === 'stopping') return;
      // Whatever still runs in it must not meet the next call.
      await runners.stop(uid);
      if (why === 'deleted' || why === 'abandoned' || why === 'gone') return 0;
      return failed(module, verb, what, 'NoAnswer', answer.text, true);
    }
    if (answer.outcome === 'refused') {
      const reason = answer.status === 400 ? `${WORD[verb].noun}Failed` : 'UnexpectedAnswer';
      if (answer.hidden)
        log({ module: keyOf(module), verb, status: answer.status, body: answer.hidden }, 'unexpected answer');
      return failed(module, verb, what, reason, answer.text, true);
    }

    attempts.delete(uid);
    events.tell(module, 'Normal', WORD[verb].done, `${verb} succeeded`);
    if (verb === 'uninstall') {
      await release(module, 'uninstalled');
      return;
    }
    const kept = await keep(
      module,
      {
        ...data,
        ...runnerNames(uid),
        innerMetaData: answer.metadata ?? data?.innerMetaData ?? {},
      },
      verb === 'install' ? { spec: installing, definition: definitions.get(uid)! } : undefined,
    );
    if (kept === 'gone') return;
    if (typeof kept === 'string')
      return failed(module, verb, what, 'MetadataTooLarge', `${verb} succeeded, but ${kept}`, true);
    const after = verb === 'sleep' ? 'sleeped' : 'ready';
    await say(kept, after, '', saidOf(after));
    return;
  }

  async function call(
    module: ModuleObject,
    verb: Verb,
    runner: Runner,
    metadata: Record<string, unknown>,
  ): Promise<Answer & { ended?: RunningCall['ended'] }> {
    const uid = module.metadata.uid!;
    const controller = new AbortController();
    const timers: (() => void)[] = [];
    const running: RunningCall = {
      verb,
      end(why) {
        running.ended ??= why;
        controller.abort();
      },
      endAfter: (ms, why) => timers.push(clock.after(ms, () => running.end(why))),
    };
    running.endAfter(patience.call, 'too long');
    calls.set(uid, running);
    // What was observed while the runner came up found no call to end.
    const cached = context.modules.get(keyOf(module));
    if (cached) observe(cached, false);
    const began = clock.now();
    log({ module: keyOf(module), verb }, 'calling');
    try {
      const answer = await callRunner({ url: runner.url, verb, metadata, signal: controller.signal });
      const ms = clock.now() - began;
      const status = answer.outcome === 'lost' ? 0 : answer.status;
      const error = answer.outcome === 'done' ? undefined : answer.text;
      log({ module: keyOf(module), verb, status, ms, ...(error ? { error } : {}) }, 'called');
      context.onCall({ module: keyOf(module), verb, status, ms, ...(error ? { error } : {}) });
      return { ...answer, ...(running.ended ? { ended: running.ended } : {}) };
    } finally {
      calls.delete(uid);
      for (const cancel of timers) cancel();
    }
  }

  /**
   * The runner, up and named in the manager data. Only an install reads what the spec says now: a module sleeps,
   * wakes and leaves by the config that it was installed with. Throws what {@link expected} knows.
   */
  async function bringUp(
    module: ModuleObject,
    workspace: WorkspaceObject | undefined,
    verb: Verb | undefined,
    signal: AbortSignal,
    interrupted = false,
  ): Promise<Runner> {
    const uid = module.metadata.uid!;
    const replace = interrupted && verb !== undefined;
    const installed = verb === 'install' ? undefined : readInstalled(module);
    if (installed) {
      try {
        return await startRunner(module, workspace, installed, signal, replace);
      } catch (error) {
        // Its image may be gone for good; then a spec that has changed is the way out.
        const changed = module.metadata.annotations?.[INSTALLED_SPEC] !== specOf(module);
        if (!(error instanceof RunnerError && changed) || signal.aborted) throw error;
      }
    }
    let definition = verb === 'install' ? undefined : definitions.get(uid);
    definition ??= await resolveSource(module, {
      kube,
      operatorVersion: context.operatorVersion,
      fetchTimeout: patience.fetch,
      signal,
    });
    definitions.set(uid, definition);
    return startRunner(module, workspace, definition, signal, replace);
  }

  /** `replace`: one that was there before this operator began may still be at a call. */
  async function startRunner(
    module: ModuleObject,
    workspace: WorkspaceObject | undefined,
    definition: Definition,
    signal: AbortSignal,
    replace: boolean,
  ): Promise<Runner> {
    const uid = module.metadata.uid!;
    const files: Record<string, string> = { 'config.json': JSON.stringify(definition.config) };
    let serviceAccount = false;
    if (definition.permissions.includes('workspace')) {
      if (!workspace) {
        throw new ConnectionError(
          'WorkspaceNotFound',
          `expected Workspace ${workspaceKeyOf(module)}, found none`,
          true,
        );
      }
      const kubeconfig = await workspaceKubeconfig(workspace, context);
      files.workspace_kubeconfig = kubeconfig.text;
      serviceAccount = kubeconfig.serviceAccount;
    }
    const spec = {
      uid,
      module: keyOf(module),
      image: definition.image,
      imagePullSecrets: definition.imagePullSecrets,
      files,
      controller: definition.permissions.includes('controller'),
      serviceAccount,
    };
    let runner = await runners.ensure(spec, signal);
    if (runner.adopted && replace) {
      await runners.stop(uid);
      runner = await runners.ensure(spec, signal);
    }
    await claim(module);
    return runner;
  }

  /** Puts our runner's names into the manager data, in place of one that the real operator made. */
  async function claim(module: ModuleObject): Promise<void> {
    const data = readManagerData(module);
    const names = runnerNames(module.metadata.uid!);
    if (data?.runnerPodName === names.runnerPodName && data.runnerServiceName === names.runnerServiceName)
      return;
    if (data) await retire(data);
    const adopted = knownOf(module).installed && module.metadata.annotations?.[INSTALLED_SPEC] === undefined;
    await patch(
      kube,
      refOf(module),
      {
        metadata: {
          uid: module.metadata.uid,
          annotations: {
            [ANNOTATIONS.managerData]: writeManagerData({
              ...data,
              ...names,
              innerMetaData: data?.innerMetaData ?? {},
            }),
            ...(adopted ? { [INSTALLED_SPEC]: specOf(module) } : {}),
          },
        },
      },
      { type: 'merge' },
    );
  }

  /** Removes a runner that another operator made for this Module, when it is what the manager data says. */
  async function retire({
    runnerPodName,
    runnerPodUniqueLabel,
    runnerServiceName,
  }: ManagerData): Promise<void> {
    const { namespace } = context;
    const leave = { ifOurs: false, wait: false } as const;
    if (runnerPodName) {
      const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: runnerPodName };
      const pod = await find(kube, ref);
      if (pod?.metadata.labels?.['forkspacer.com'] === runnerPodUniqueLabel) await remove(kube, ref, leave);
    }
    if (runnerServiceName) {
      const ref = { apiVersion: 'v1', kind: 'Service', namespace, name: runnerServiceName };
      const service = await find(kube, ref);
      if (service?.spec?.selector?.['forkspacer.com'] === runnerPodUniqueLabel)
        await remove(kube, ref, leave);
    }
  }

  /**
   * Keeps what a module returned, however long that takes: it is known nowhere else. Gives back the Module as
   * it is then, or why it cannot be kept.
   */
  async function keep(
    module: ModuleObject,
    data: ManagerData,
    installed: { spec: string; definition: Definition } | undefined,
  ): Promise<ModuleObject | 'gone' | string> {
    const annotations: Record<string, string | null> = { [ANNOTATIONS.managerData]: writeManagerData(data) };
    if (installed) {
      annotations[INSTALLED_SPEC] = installed.spec;
      // Without room for it, it is found in the spec.
      annotations[INSTALLED_DEFINITION] = null;
      const definition = { [INSTALLED_DEFINITION]: JSON.stringify(installed.definition) };
      if (!tooLarge(module, { ...annotations, ...definition })) Object.assign(annotations, definition);
    }
    const tooMuch = tooLarge(module, annotations);
    if (tooMuch) return tooMuch;
    const body = { metadata: { uid: module.metadata.uid, annotations } };
    for (let failures = 1; ; failures++) {
      try {
        return (await patch(kube, refOf(module), body, { type: 'merge' })) as ModuleObject;
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
        const there = (await find(kube, refOf(module)).catch(() => module)) as ModuleObject | undefined;
        if (there?.metadata.uid !== module.metadata.uid) return 'gone';
        // Annotations may have grown meanwhile.
        if (error.status === 422 || error.status === 413) {
          return (
            tooLarge(there!, annotations) ?? `the metadata it returned is not accepted: ${error.message}`
          );
        }
        if (stopping) throw error;
        log({ module: keyOf(module), error: error.message }, 'metadata could not be kept yet');
        await new Promise<void>((go) => clock.after(delayAfter(failures, patience.reconciles), go));
      }
    }
  }

  async function release(
    module: ModuleObject,
    why: 'never called' | 'abandoned' | 'uninstalled',
  ): Promise<void> {
    const uid = module.metadata.uid!;
    if (why === 'abandoned') {
      events.tell(
        module,
        'Warning',
        'Abandoned',
        `let go by annotation ${ABANDON}: what the module made stays`,
      );
    }
    await runners.stop(uid);
    await removeFinalizer(kube, module);
    for (const map of [attempts, definitions]) map.delete(uid);
    uids.delete(keyOf(module));
  }

  async function failed(
    module: ModuleObject,
    verb: Verb,
    what: string,
    reason: string,
    text: string,
    heals: boolean,
  ): Promise<number | undefined> {
    const wish = noteFailure(module, what, heals);
    const { failures } = attempts.get(module.metadata.uid!)!;
    const tries = failures > 1 ? ` (${failures} times)` : '';
    const hint =
      verb === 'uninstall'
        ? `; the Module stays until it succeeds, or annotation ${ABANDON}=true lets it go`
        : '';
    const message = `${verb} failed${tries}: ${text}${hint}`;
    const said: Said[] = [ready('False', reason, message)];
    if (verb === 'install' && !knownOf(module).installed) {
      said.push({ type: 'Installed', status: 'False', reason, message });
    }
    await say(module, 'failed', message, said, { source: sourceName(module) });
    events.tell(module, 'Warning', `${WORD[verb].noun}Failed`, `${text}${hint}`);
    return wish;
  }

  function attemptOf(
    verb: Verb | 'runner',
    module: ModuleObject,
    workspace: WorkspaceObject | undefined,
  ): string {
    return `${verb} ${module.metadata.generation} ${workspace?.metadata.uid} ${workspace?.metadata.generation}`;
  }

  /** ms until the step may be tried again; undefined: now. */
  function heldBack(module: ModuleObject, what: string): number | undefined {
    const attempt = attempts.get(module.metadata.uid!);
    if (attempt?.what !== what) return undefined;
    const left = attempt.notBefore - clock.now();
    return left > 0 ? left : undefined;
  }

  function noteFailure(module: ModuleObject, what: string, heals: boolean): number | undefined {
    const uid = module.metadata.uid!;
    const before = attempts.get(uid);
    const failures = before?.what === what ? before.failures + 1 : 1;
    const delay = heals ? delayAfter(failures, patience.calls) : Number.POSITIVE_INFINITY;
    attempts.set(uid, { what, failures, notBefore: clock.now() + delay });
    return heals ? delay : undefined;
  }

  async function withFinalizer(module: ModuleObject): Promise<ModuleObject> {
    return (await addFinalizer(kube, module)) as ModuleObject;
  }

  function say(
    module: ModuleObject,
    phase: ModulePhase,
    message: string,
    conditions: Said[],
    fields: Record<string, string> = {},
  ): Promise<ModuleObject> {
    return setStatus(context, module, { phase, message, conditions, fields });
  }

  function observe(module: ModuleObject, gone: boolean): void {
    if (gone || deleting(module)) starts.get(module.metadata.uid!)?.abort();
    const running = calls.get(module.metadata.uid!);
    if (!running || running.ended) return;
    if (gone) running.end('gone');
    else if (!deleting(module)) return;
    else if (module.metadata.annotations?.[ABANDON] === 'true') running.end('abandoned');
    else if (running.verb !== 'uninstall') running.endAfter(patience.callOfDeleted, 'deleted');
  }

  return {
    reconcile,
    observe,
    stop() {
      stopping = true;
      for (const running of calls.values()) running.endAfter(patience.callAtStop, 'stopping');
    },
  };
}

function ready(status: 'True' | 'False', reason: string, message = ''): Said {
  return { type: 'Ready', status, reason, message };
}

/** What the conditions say beside a phase. */
function saidOf(phase: ModulePhase): Said[] {
  switch (phase) {
    case 'ready':
      return [
        ready('True', 'Awake'),
        { type: 'Installed', status: 'True', reason: 'Installed' },
        { type: 'Hibernated', status: 'False', reason: 'Awake' },
      ];
    case 'sleeped':
      return [
        ready('False', 'Asleep'),
        { type: 'Installed', status: 'True', reason: 'Installed' },
        { type: 'Hibernated', status: 'True', reason: 'Asleep' },
      ];
    case 'sleeping':
      return [
        ready('False', 'Sleeping'),
        { type: 'Installed', status: 'True', reason: 'Installed' },
        { type: 'Hibernated', status: 'Unknown', reason: 'Sleeping' },
      ];
    case 'resuming':
      return [
        ready('False', 'Resuming'),
        { type: 'Installed', status: 'True', reason: 'Installed' },
        { type: 'Hibernated', status: 'Unknown', reason: 'Resuming' },
      ];
    case 'uninstalling':
      return [ready('False', 'Uninstalling')];
    default:
      return [ready('False', 'Installing')];
  }
}

/** What may be told of a failure to bring up a runner. Anything else is a fault of ours, and is thrown on. */
function expected(error: unknown): { reason: string; message: string; heals: boolean } {
  if (error instanceof SourceError || error instanceof ConnectionError) return error;
  if (error instanceof RunnerError) return { reason: 'RunnerFailed', message: error.message, heals: true };
  if (error instanceof KubeError) return { reason: 'RunnerFailed', message: error.message, heals: true };
  throw error;
}
