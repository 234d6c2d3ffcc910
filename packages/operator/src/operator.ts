import { connect } from '@forkspacer/kube';
import { startCache } from './cache.ts';
import { systemClock } from './clock.ts';
import type { Context } from './context.ts';
import { installCrds } from './crds/install.ts';
import { createEvents } from './events.ts';
import { ownKubeconfig, ownServiceAccount } from './kubeconfig.ts';
import { createModuleReconciler } from './module-reconciler.ts';
import { type OperatorOptions, PATIENCE } from './options.ts';
import { createQueue, delayAfter } from './queue.ts';
import { keyOf, type ModuleObject, type WorkspaceObject, workspaceKeyOf } from './resources.ts';
import { podRunners } from './runners/pods.ts';
import { processRunners } from './runners/process.ts';
import type { Runners } from './runners/runner.ts';
import { createWorkspaceReconciler } from './workspace-reconciler.ts';

export interface Operator {
  /** Lets running calls end for a little while, ends runner processes (Pods stay), and lets go of the cluster. */
  stop(): Promise<void>;
}

const NAMESPACE = 'forkspacer-system';
const VERSION = '0.1.24';
/** ms for what is left to write when the operator stops, after running calls had their time. */
const LEAVE_WITHIN = 5000;

/**
 * Starts reconciling the Workspaces and Modules of a cluster; resolves when all that was there has been seen.
 * Brings the definitions of both kinds when the cluster does not know them.
 *
 * @throws KubeError when the cluster cannot be reached or used, Error when the options do not fit together
 */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { kubeconfig, namespace = NAMESPACE, clock = systemClock, log = () => {} } = options;
  const patience = { ...PATIENCE, ...options.patience };
  const { resolveImage } = options;
  if (options.runners === 'process' && !resolveImage) {
    throw new Error(
      'runners "process": expected resolveImage, which tells the command for an image, found nothing',
    );
  }

  const stop = new AbortController();
  /** Ends calls to a cluster that does not answer, when the operator is to stop. */
  const leave = new AbortController();
  const kube = connect({ kubeconfig, fieldManager: 'forkspacer-operator', log, signal: leave.signal });
  let runners: Runners | undefined;
  try {
    await installCrds(kube, { onlyAbsent: true });
    const account = options.runners === 'pods' ? await ownServiceAccount() : undefined;
    const onExit = (module: string, times: number) =>
      modulesQueue.addAfter(module, times > 1 ? delayAfter(times - 1, patience.calls) : 0);
    const common = { log, onExit, startTimeout: patience.runnerStart };
    const own = () => ownKubeconfig(kubeconfig);
    runners =
      options.runners === 'process'
        ? processRunners({
            ...common,
            resolveImage: resolveImage!,
            ownKubeconfig: async () => (await own()).text,
            ...(options.directory ? { directory: options.directory } : {}),
          })
        : podRunners({
            ...common,
            kube,
            namespace,
            ownKubeconfig: own,
            ...(account?.namespace === namespace ? { serviceAccount: account.name } : {}),
          });

    const onFailure = (error: unknown) =>
      log({ error: String(error) }, 'watching has ended: start the operator again');
    const modules = startCache<ModuleObject>(
      kube,
      'Module',
      options.watchNamespace,
      stop.signal,
      (key, module, gone) => {
        moduleReconciler.observe(module, gone);
        modulesQueue.add(key);
        workspacesQueue.add(workspaceKeyOf(module));
      },
      onFailure,
    );
    const workspaces = startCache<WorkspaceObject>(
      kube,
      'Workspace',
      options.watchNamespace,
      stop.signal,
      (key) => {
        workspacesQueue.add(key);
        for (const module of modules.values())
          if (workspaceKeyOf(module) === key) modulesQueue.add(keyOf(module));
      },
      onFailure,
    );

    const events = createEvents(kube, clock, log);
    const context: Context = {
      kube,
      kubeconfig,
      namespace,
      watchNamespace: options.watchNamespace,
      operatorVersion: options.operatorVersion ?? VERSION,
      modules,
      workspaces,
      runners,
      clock,
      patience,
      events,
      log,
      onCall: (report) => options.onCall?.(report),
      onPhase: (report) => options.onPhase?.(report),
      stopSignal: stop.signal,
    };
    const moduleReconciler = createModuleReconciler(context);
    const workspaceReconciler = createWorkspaceReconciler(context);
    const queueOf = (kind: string, reconcile: (key: string) => Promise<number | undefined>) =>
      createQueue({
        clock,
        backoff: patience.reconciles,
        // Nothing is decided before everything is known.
        reconcile: async (key) => {
          await begin;
          return reconcile(key);
        },
        onError: (key, error, retryIn) =>
          log({ [kind]: key, error: String((error as Error).stack ?? error), retryIn }, 'reconcile failed'),
      });
    const { promise: begin, resolve: go } = Promise.withResolvers<void>();
    const modulesQueue = queueOf('module', moduleReconciler.reconcile);
    const workspacesQueue = queueOf('workspace', workspaceReconciler.reconcile);

    await Promise.all([modules.synced, workspaces.synced]);
    const uids = new Set([...modules.values()].map((module) => module.metadata.uid));
    await runners.sweep((uid) => uids.has(uid));
    go();

    let stopped: Promise<void> | undefined;
    const stopAll = async () => {
      moduleReconciler.stop();
      stop.abort();
      const late = setTimeout(() => leave.abort(), patience.callAtStop + LEAVE_WITHIN);
      await Promise.all([modulesQueue.stop(), workspacesQueue.stop()]);
      await Promise.all([modules.ended, workspaces.ended]);
      await runners!.close();
      await events.flushed();
      clearTimeout(late);
      kube.close();
    };
    return {
      stop() {
        stopped ??= stopAll();
        return stopped;
      },
    };
  } catch (error) {
    stop.abort();
    await runners?.close();
    kube.close();
    throw error;
  }
}
