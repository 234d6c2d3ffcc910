import { API_VERSION, FINALIZER } from '@forkspacer/contract';
import { find, KubeError, list, patch, refOf } from '@forkspacer/kube';
import { planHibernation } from './auto-hibernation.ts';
import { timestamp } from './clock.ts';
import { ConnectionError, verifyConnection } from './connection.ts';
import type { Context } from './context.ts';
import { knownOf } from './decide.ts';
import { addFinalizer, removeFinalizer } from './finalizer.ts';
import { copyModules, ForkError } from './fork.ts';
import { delayAfter } from './queue.ts';
import {
  CONFIG_OVERRIDES,
  deleting,
  keyOf,
  type ModuleObject,
  refOfKey,
  SCHEDULE_STATE,
  type WorkspaceObject,
  workspaceKeyOf,
} from './resources.ts';
import { conditionOf, type Said, setStatus } from './status.ts';

export interface WorkspaceReconciler {
  reconcile(key: string): Promise<number | undefined>;
}

/** At most so many Modules are named in a message. */
const NAMED = 3;

export function createWorkspaceReconciler(context: Context): WorkspaceReconciler {
  const { kube, clock, patience, events } = context;
  /** By uid: the generation whose connection was seen to work. */
  const verified = new Map<string, number | undefined>();
  /** By uid: what failed, and when it is tried again. */
  const attempts = new Map<string, { what: string; times: number; notBefore: number }>();

  async function reconcile(key: string): Promise<number | undefined> {
    let workspace = (await find(kube, refOfKey('Workspace', key))) as WorkspaceObject | undefined;
    if (!workspace) return;
    const uid = workspace.metadata.uid!;
    if (deleting(workspace)) {
      verified.delete(uid);
      attempts.delete(uid);
      return terminate(workspace);
    }
    workspace = await addFinalizer(kube, workspace);
    const attempt = attempts.get(uid);
    if (attempt && attempt.what === attemptOf(workspace) && attempt.notBefore > clock.now()) {
      return attempt.notBefore === Number.POSITIVE_INFINITY ? undefined : attempt.notBefore - clock.now();
    }
    if (!workspace.status?.phase)
      workspace = await say(workspace, 'installing', '', false, [ready('False', 'Connecting')]);

    try {
      if (verified.get(uid) !== workspace.metadata.generation || workspace.status?.phase === 'failed') {
        await verifyConnection(workspace, context, context.stopSignal);
        verified.set(uid, workspace.metadata.generation);
      }
      workspace = await fork(workspace);
    } catch (error) {
      if (context.stopSignal.aborted) return;
      return failed(workspace, error);
    }
    attempts.delete(uid);

    const hibernation = await followSchedule(workspace);
    workspace = hibernation.workspace;
    await settle(workspace, hibernation.said, hibernation.problem);
    return hibernation.next === undefined ? undefined : Math.max(0, hibernation.next - clock.now());
  }

  /** Every Module is uninstalled first, however long that takes. */
  async function terminate(workspace: WorkspaceObject): Promise<undefined> {
    if (!workspace.metadata.finalizers?.includes(FINALIZER)) return;
    const modules = await modulesOf(workspace);
    for (const module of modules) {
      if (!deleting(module)) {
        await requestDeletion(module);
      }
    }
    if (modules.length === 0) {
      await removeFinalizer(kube, workspace);
      return;
    }
    const message = `waits for ${count(modules)} to be uninstalled: ${named(modules)}`;
    await say(workspace, 'terminating', message, false, [ready('False', 'Terminating', message)]);
  }

  /** As kubectl would; its finalizer keeps the Module until it is uninstalled. */
  async function requestDeletion(module: ModuleObject): Promise<void> {
    const { path, subject } = await kube.locate(refOf(module));
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: module.metadata.uid } };
    try {
      await kube.request({ method: 'DELETE', path, body, subject: subject('delete') });
    } catch (error) {
      if (!(error instanceof KubeError && (error.status === 404 || error.status === 409))) throw error;
    }
  }

  async function fork(workspace: WorkspaceObject): Promise<WorkspaceObject> {
    const { from } = workspace.spec;
    if (!from || conditionOf(workspace, 'Forked')?.status === 'True') return workspace;
    const source = `${from.namespace ?? 'default'}/${from.name}`;
    if (source === keyOf(workspace))
      throw new ForkError('spec.from: expected another Workspace, found itself');
    if (!(await find(kube, refOfKey('Workspace', source)))) {
      throw new ForkError(`spec.from: expected Workspace ${source}, found none`);
    }
    const names = await copyModules(kube, workspace, await allModules());
    const message =
      names.length === 0 ? `${source} has no Modules` : `copied from ${source}: ${names.join(', ')}`;
    if (from.migrateData) {
      events.tell(
        workspace,
        'Warning',
        'DataNotMigrated',
        'spec.from.migrateData: data is not copied by this operator',
      );
    }
    events.tell(workspace, 'Normal', 'Forked', message);
    const said: Said = { type: 'Forked', status: 'True', reason: 'Copied', message };
    return say(workspace, workspace.status?.phase ?? 'installing', '', false, [said]);
  }

  async function followSchedule(
    workspace: WorkspaceObject,
  ): Promise<{ workspace: WorkspaceObject; said: Said[]; problem: string; next?: number }> {
    const plan = planHibernation(workspace, clock.now());
    const type = 'AutoHibernation';
    if (plan.state === 'invalid') {
      const said: Said = { type, status: 'False', reason: 'InvalidSchedule', message: plan.message };
      if (conditionOf(workspace, type)?.message !== plan.message) {
        events.tell(workspace, 'Warning', 'InvalidSchedule', plan.message);
      }
      return { workspace, said: [said], problem: plan.message };
    }
    if (plan.annotation !== undefined) {
      const hibernated = plan.state === 'on' ? plan.hibernated : undefined;
      const body = {
        // Someone may have changed spec.hibernated since: then this is thought over again.
        metadata: {
          uid: workspace.metadata.uid,
          resourceVersion: workspace.metadata.resourceVersion,
          annotations: { [SCHEDULE_STATE]: plan.annotation },
        },
        ...(hibernated === undefined ? {} : { spec: { hibernated } }),
      };
      if (hibernated !== undefined && hibernated !== (workspace.spec.hibernated ?? false)) {
        events.tell(
          workspace,
          'Normal',
          hibernated ? 'Hibernating' : 'Waking',
          'by the schedule in spec.autoHibernation',
        );
      }
      workspace = (await patch(kube, refOf(workspace), body, { type: 'merge' })) as WorkspaceObject;
      // A change of spec.hibernated says nothing about the connection.
      verified.set(workspace.metadata.uid!, workspace.metadata.generation);
    }
    if (plan.state === 'off') {
      const had = conditionOf(workspace, type);
      return { workspace, said: had ? [{ type, status: 'False', reason: 'Disabled' }] : [], problem: '' };
    }
    const said: Said = { type, status: 'True', reason: 'Scheduled', message: plan.message };
    return { workspace, said: [said], problem: '', ...(plan.next === undefined ? {} : { next: plan.next }) };
  }

  /** The phase, from what is wanted and how far the Modules are. */
  async function settle(workspace: WorkspaceObject, extra: Said[], problem: string): Promise<void> {
    const key = keyOf(workspace);
    const modules = [...context.modules.values()].filter(
      (module) => workspaceKeyOf(module) === key && !deleting(module) && isInstalled(module),
    );
    if (workspace.spec.hibernated) {
      const awake = modules.filter(({ status }) => status?.phase !== 'sleeped');
      if (awake.length === 0) {
        const at = workspace.status?.phase === 'hibernated' ? workspace.status.hibernatedAt : undefined;
        await say(
          workspace,
          'hibernated',
          problem,
          false,
          [ready('False', 'Hibernated'), { type: 'Hibernated', status: 'True', reason: 'Asleep' }, ...extra],
          { hibernatedAt: at ?? timestamp(clock.now()) },
        );
        return;
      }
      const message = `hibernating, waits for ${count(awake)}: ${named(awake)}`;
      const said: Said = { type: 'Hibernated', status: 'False', reason: 'Hibernating', message };
      await say(workspace, 'ready', message, false, [ready('False', 'Hibernating', message), said, ...extra]);
      return;
    }
    const asleep = modules.filter((module) => !module.spec.hibernated && knownOf(module).state !== 'awake');
    if (workspace.status?.phase === 'hibernated' && asleep.length > 0) {
      const message = `waking, waits for ${count(asleep)}: ${named(asleep)}`;
      const said: Said = { type: 'Hibernated', status: 'True', reason: 'Waking', message };
      await say(workspace, 'hibernated', message, false, [ready('False', 'Waking', message), said, ...extra]);
      return;
    }
    const said: Said = { type: 'Hibernated', status: 'False', reason: 'Awake' };
    await say(workspace, 'ready', problem, true, [ready('True', 'Connected'), said, ...extra], {
      hibernatedAt: null,
    });
  }

  async function failed(workspace: WorkspaceObject, error: unknown): Promise<number | undefined> {
    let reason = 'ForkFailed';
    let heals = true;
    if (error instanceof ConnectionError) ({ reason, heals } = error);
    else if (!(error instanceof ForkError)) throw error;
    const { message } = error as Error;
    const uid = workspace.metadata.uid!;
    const what = attemptOf(workspace);
    const before = attempts.get(uid);
    const times = before?.what === what ? before!.times + 1 : 1;
    const delay = heals ? delayAfter(times, patience.calls) : Number.POSITIVE_INFINITY;
    attempts.set(uid, { what, times, notBefore: clock.now() + delay });
    if (workspace.status?.message !== message) events.tell(workspace, 'Warning', reason, message);
    await say(workspace, 'failed', message, false, [ready('False', reason, message)]);
    return heals ? delay : undefined;
  }

  /** Read anew: the cache may not know a Module that was made a moment ago. */
  async function allModules(): Promise<ModuleObject[]> {
    const { watchNamespace: namespace } = context;
    const selection = {
      apiVersion: API_VERSION,
      kind: 'Module',
      ...(namespace === undefined ? {} : { namespace }),
    };
    return (await list(kube, selection)).items as ModuleObject[];
  }

  async function modulesOf(workspace: WorkspaceObject): Promise<ModuleObject[]> {
    return (await allModules()).filter((module) => workspaceKeyOf(module) === keyOf(workspace));
  }

  function say(
    workspace: WorkspaceObject,
    phase: NonNullable<WorkspaceObject['status']>['phase'] & string,
    message: string,
    isReady: boolean,
    conditions: Said[],
    fields: Record<string, string | null> = {},
  ): Promise<WorkspaceObject> {
    return setStatus(context, workspace, {
      phase,
      message,
      conditions,
      fields: { ready: isReady, ...fields },
    });
  }

  return { reconcile };
}

/** What a person can change about a Workspace that failed. */
function attemptOf({ metadata }: WorkspaceObject): string {
  return `${metadata.generation} ${metadata.annotations?.[CONFIG_OVERRIDES] ?? ''}`;
}

function isInstalled(module: ModuleObject): boolean {
  try {
    return knownOf(module).installed;
  } catch {
    return false;
  }
}

function ready(status: 'True' | 'False', reason: string, message = ''): Said {
  return { type: 'Ready', status, reason, message };
}

function count(modules: ModuleObject[]): string {
  return modules.length === 1 ? '1 Module' : `${modules.length} Modules`;
}

function named(modules: ModuleObject[]): string {
  const shown = modules.slice(0, NAMED).map((module) => {
    const { phase, message } = module.status ?? {};
    return `${module.metadata.name} (${phase === 'failed' ? message : (phase ?? 'new')})`;
  });
  return [...shown, ...(modules.length > NAMED ? ['...'] : [])].join(', ');
}
