import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_VERSION, parseModule } from '@forkspacer/contract';
import {
  connect,
  create,
  find,
  type Kube,
  type KubeObject,
  patch,
  read,
  remove,
  waitFor,
} from '@forkspacer/kube';
import { type CallReport, installCrds, type Operator, startOperator } from '@forkspacer/operator';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { repository } from '../repository.ts';

vi.setConfig({ testTimeout: 120_000 });

const kubeconfig = process.env.KUBECONFIG_TEST_PODS;
const index = JSON.parse(readFileSync(join(repository, 'catalog/index.json'), 'utf8'));
const entryOf = (name: string) => {
  const { versions } = index.modules.find((module: { name: string }) => module.name === name);
  const file = join(repository, 'catalog', name, versions[0].version, 'module.yaml');
  return parse(readFileSync(file, 'utf8')) as KubeObject;
};
const images = ['hello', 'scale-to-zero'].map((name) => entryOf(name).spec.custom.image);

describe.skipIf(!kubeconfig)(
  `an image as it is built, in Pods (set KUBECONFIG_TEST_PODS, with ${images.join(' and ')} loaded)`,
  () => {
    const namespace = `image-test-${randomBytes(4).toString('hex')}`;
    const calls: CallReport[] = [];
    let kube: Kube;
    let operator: Operator;

    beforeAll(async () => {
      const text = readFileSync(kubeconfig!, 'utf8');
      kube = connect({ kubeconfig: { text }, fieldManager: 'a-person' });
      await installCrds(kube);
      await create(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      operator = await startOperator({
        kubeconfig: { text },
        runners: 'pods',
        namespace,
        watchNamespace: namespace,
        onCall: (call) => calls.push(call),
      });
      await create(kube, {
        apiVersion: API_VERSION,
        kind: 'Workspace',
        metadata: { name: 'home', namespace },
        spec: { type: 'kubernetes', connection: { type: 'in-cluster' } },
      });
    });
    afterAll(async () => {
      await operator?.stop();
      await remove(
        kube,
        { apiVersion: 'v1', kind: 'Namespace', name: namespace },
        { ifOurs: false, wait: false },
      );
      kube.close();
    });

    const ref = (name: string) => ({ apiVersion: API_VERSION, kind: 'Module', namespace, name });
    const phase = (name: string, wanted: string) =>
      waitFor(kube, ref(name), (module) => module?.status?.phase === wanted, { describe: `to be ${wanted}` });
    const configMap = async () =>
      (await find(kube, { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'from-an-image' }))?.data;
    const deployment = async () =>
      (await read(kube, { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' })).spec.replicas;

    /** A Module as a person makes it from the catalog: the entry, with a workspace and a config. */
    async function apply(name: string, config: object): Promise<void> {
      const entry = entryOf(name);
      const module = {
        ...entry,
        metadata: { name, namespace },
        spec: { ...entry.spec, workspace: { name: 'home', namespace }, config },
      };
      expect(parseModule(module)).toMatchObject({ ok: true });
      await create(kube, module);
    }

    async function sleeping(name: string, hibernated: boolean): Promise<void> {
      await patch(kube, ref(name), { spec: { hibernated } }, { type: 'merge' });
      await phase(name, hibernated ? 'sleeped' : 'ready');
    }

    async function gone(name: string): Promise<void> {
      await remove(kube, ref(name), { ifOurs: false });
      const mine = calls
        .filter(({ module }) => module.endsWith(name))
        .map(({ verb, status }) => `${verb} ${status}`);
      expect(mine).toEqual(['install 201', 'sleep 200', 'resume 200', 'uninstall 204']);
    }

    test('hello goes from its catalog entry to ready, asleep, awake and gone', async () => {
      await apply('hello', { namespace, name: 'from-an-image', greeting: 'Hello from a Pod!' });
      await phase('hello', 'ready');
      expect(await configMap()).toEqual({ greeting: 'Hello from a Pod!' });
      await sleeping('hello', true);
      expect(await configMap()).toEqual({ greeting: '' });
      await sleeping('hello', false);
      expect(await configMap()).toEqual({ greeting: 'Hello from a Pod!' });
      await gone('hello');
      expect(await configMap()).toBeUndefined();
    });

    test('scale-to-zero parks a Deployment of running Pods and gives back its replicas', async () => {
      const [web] = parseAllDocuments(WEB(images[0]!)).map((document) => document.toJS());
      web.metadata.namespace = namespace;
      await create(kube, web);
      await apply('scale-to-zero', { namespace, deployment: 'web' });
      await phase('scale-to-zero', 'ready');
      await sleeping('scale-to-zero', true);
      expect(await deployment()).toBe(0);
      await sleeping('scale-to-zero', false);
      expect(await deployment()).toBe(2);
      // The Pods are of an image of ours, under the strictest rules that a Pod can be given: ready means /health is 200.
      await waitFor(
        kube,
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' },
        (object) => object?.status?.readyReplicas === 2,
        { describe: 'to have both Pods ready' },
      );
      await gone('scale-to-zero');
      expect(await deployment()).toBe(2);
    });
  },
);

const WEB = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: web
          image: ${image}
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /health, port: 8080 }, periodSeconds: 1 }
          securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;
