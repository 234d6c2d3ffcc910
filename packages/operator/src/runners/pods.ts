import { setTimeout as sleep } from 'node:timers/promises';
import { oneLine } from '@forkspacer/contract';
import {
  create,
  find,
  type Kube,
  KubeError,
  type KubeObject,
  list,
  patch,
  remove,
  watch,
} from '@forkspacer/kube';
import type { PortableKubeconfig } from '../kubeconfig.ts';
import type { Log } from '../options.ts';
import { waitForHealth } from './health.ts';
import { MODULE_UID, RUNNER_HASH, RUNNER_OF, runnerObjects, SELECTOR } from './pod-objects.ts';
import { type OnExit, RunnerError, type RunnerSpec, type Runners, runnerNames, specHash } from './runner.ts';

interface Options {
  kube: Kube;
  /** Where the Pods, their Secrets and Services are. */
  namespace: string;
  /** The operator's own account, in this namespace: what permission `controller` hands out. */
  serviceAccount?: string;
  /** For permission `controller` when the operator runs outside of the cluster. */
  ownKubeconfig(): Promise<PortableKubeconfig>;
  log: Log;
  onExit: OnExit;
  /** ms until a runner has to listen */
  startTimeout: number;
}

/** The kubelet tries these again by itself, but whoever waits should hear of them. */
const STUCK = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'CrashLoopBackOff',
];
const ELSEWHERE =
  "expected the operator to run in the runners' namespace, so that they can have its service account, found it elsewhere";
const GONE_WITHIN = 90_000;

/**
 * Runners as Pods, as the real operator makes them: a bare Pod, a Service and a Secret of the same name. The names
 * hold the Module's uid, and calls go to the Pod's own address, so that no two runners can be taken for each other.
 * They outlive the operator: the next one finds them.
 */
export function podRunners(options: Options): Runners {
  const { kube, namespace, log } = options;
  /** Runner Pods as last heard of, by the Module's uid. */
  const pods = new Map<string, KubeObject>();
  /** Those that this operator has started, or has made sure of. */
  const ours = new Set<string>();
  const stopped = new AbortController();
  const watched = follow();

  const ref = (kind: string, uid: string) => ({
    apiVersion: 'v1',
    kind,
    namespace,
    name: runnerNames(uid).runnerPodName,
  });

  async function follow(): Promise<void> {
    const selection = { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: SELECTOR };
    for await (const { type, object } of watch(kube, { ...selection, signal: stopped.signal })) {
      if (!object) continue;
      const uid = object.metadata.labels?.[MODULE_UID] ?? '';
      if (type !== 'DELETED' && isRunning(object)) {
        pods.set(uid, object);
        continue;
      }
      if (pods.get(uid)?.metadata.uid !== object.metadata.uid) continue;
      pods.delete(uid);
      if (!ours.has(uid)) continue;
      const module = object.metadata.annotations?.[RUNNER_OF] ?? '';
      log({ runner: module, pod: object.metadata.name }, 'a runner ended by itself');
      options.onExit(module, 1);
    }
  }
  watched.catch((error) =>
    log({ error: String(error) }, 'runner Pods cannot be watched: ended ones are found at the next call'),
  );

  async function removeAll(uid: string): Promise<void> {
    const gone = { ifOurs: false, timeLimit: GONE_WITHIN } as const;
    await remove(kube, ref('Pod', uid), gone);
    await remove(kube, ref('Service', uid), gone);
    await remove(kube, ref('Secret', uid), gone);
  }

  async function bringUp(spec: RunnerSpec, hash: string): Promise<KubeObject> {
    const serviceAccount = spec.controller || spec.serviceAccount ? options.serviceAccount : undefined;
    const files = { ...spec.files };
    if (spec.serviceAccount && !serviceAccount) throw new RunnerError(ELSEWHERE);
    if (spec.controller && !serviceAccount) {
      const own = await options.ownKubeconfig();
      if (own.serviceAccount) throw new RunnerError(ELSEWHERE);
      files.controller_kubeconfig = own.text;
    }
    const { secret, service, pod } = runnerObjects({ ...spec, files }, { namespace, hash, serviceAccount });
    await ensureNamespace();
    await createOrPatch(secret, { data: secret.data });
    await createOrPatch(service, { spec: { selector: service.spec.selector } });
    return create(kube, pod);
  }

  async function ensureNamespace(): Promise<void> {
    const name = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
    if (await find(kube, name)) return;
    await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }).catch(
      unlessThere,
    );
  }

  async function createOrPatch(object: KubeObject, body: object): Promise<void> {
    try {
      await create(kube, object);
    } catch (error) {
      unlessThere(error);
      const { apiVersion, kind, metadata } = object;
      await patch(kube, { apiVersion, kind, name: metadata.name, namespace }, body, { type: 'merge' });
    }
  }

  /** The Pod with an address. Nothing is watched here: it takes a second or two, and is over. */
  async function waitForAddress(spec: RunnerSpec, signal: AbortSignal): Promise<string> {
    const deadline = Date.now() + options.startTimeout;
    for (let pause = 100; ; pause = Math.min(pause * 1.3, 1000)) {
      if (signal.aborted) throw new RunnerError('starting the runner was called off');
      const pod = await find(kube, ref('Pod', spec.uid));
      if (!pod) throw new RunnerError("the runner's Pod was deleted while it started");
      const { podIP, containerStatuses = [], conditions = [] } = pod.status ?? {};
      const waiting = containerStatuses[0]?.state?.waiting;
      if (podIP && containerStatuses[0]?.state?.running) return podIP;
      if (STUCK.includes(waiting?.reason)) {
        throw new RunnerError(
          oneLine(`the runner's Pod does not start: ${waiting.reason}: ${waiting.message ?? ''}`, 400),
        );
      }
      if (Date.now() > deadline) {
        const unscheduled = conditions.find(
          (condition: { type: string; status: string }) =>
            condition.type === 'PodScheduled' && condition.status === 'False',
        );
        const why = unscheduled?.message ?? waiting?.reason ?? `it is ${pod.status?.phase ?? 'new'}`;
        throw new RunnerError(
          oneLine(
            `the runner's Pod did not start in ${Math.round(options.startTimeout / 1000)} s: ${why}`,
            400,
          ),
        );
      }
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  return {
    async ensure(spec, signal) {
      const hash = specHash(spec);
      let adopted = !ours.has(spec.uid);
      let pod = await find(kube, ref('Pod', spec.uid));
      if (pod && (!isRunning(pod) || pod.metadata.annotations?.[RUNNER_HASH] !== hash)) {
        await remove(kube, ref('Pod', spec.uid), {
          ifOurs: false,
          uid: pod.metadata.uid!,
          timeLimit: GONE_WITHIN,
        });
        pod = undefined;
      }
      if (!pod) {
        pod = await bringUp(spec, hash);
        adopted = false;
      }
      const address = await waitForAddress(spec, signal);
      const url = `http://${address.includes(':') ? `[${address}]` : address}:8080`;
      await waitForHealth(url, options.startTimeout, signal);
      ours.add(spec.uid);
      pods.set(spec.uid, pod);
      return { url, adopted };
    },
    alive: (uid) => ours.has(uid) && pods.has(uid),
    async stop(uid) {
      ours.delete(uid);
      await removeAll(uid);
      pods.delete(uid);
    },
    async sweep(exists) {
      for (const kind of ['Pod', 'Service', 'Secret']) {
        const left = await list(kube, { apiVersion: 'v1', kind, namespace, labelSelector: SELECTOR });
        for (const { metadata } of left.items) {
          const uid = metadata.labels?.[MODULE_UID];
          if (uid && !exists(uid))
            await remove(kube, ref(kind, uid), { ifOurs: false, wait: false, uid: metadata.uid! });
        }
      }
    },
    async close() {
      stopped.abort();
      await watched.catch(() => {});
    },
  };
}

function isRunning(pod: KubeObject): boolean {
  return (
    !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded'
  );
}

function unlessThere(error: unknown): void {
  if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
}
