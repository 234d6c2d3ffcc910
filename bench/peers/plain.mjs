// The plain peer: a custom module as most would write it in Node. Express and client-node from node_modules, one
// process, the object read, then patched. It keeps the replicas in the metadata only.
import { readFileSync } from 'node:fs';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import express from 'express';

const folder = process.env.FORKSPACER_DIR ?? '/forkspacer';
const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const started = Date.now();

let clients;
function cluster() {
  if (!clients) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(`${folder}/workspace_kubeconfig`);
    clients = {
      apps: kubeConfig.makeApiClient(AppsV1Api),
      core: kubeConfig.makeApiClient(CoreV1Api),
      watch: new Watch(kubeConfig),
    };
  }
  return clients;
}
const config = () => JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));

// The same number of calls as our module makes for the verb, so that the comparison is one of clients: PEER_CALLS is
// a list of "read" and "write" for the bookkeeping around the Deployment, as the benchmark saw it.
async function bookkeeping() {
  const { core } = cluster();
  const { namespace } = config();
  for (const call of (process.env.PEER_CALLS ?? '').split(',').filter(Boolean)) {
    const target = { namespace, name: 'plain-peer' };
    if (call === 'read') await core.readNamespacedConfigMap(target);
    else
      await core.patchNamespacedConfigMap(
        { ...target, body: { data: { touched: String(Date.now()) } } },
        merge,
      );
  }
}

async function scale(replicas) {
  const { namespace, deployment: name } = config();
  const { apps } = cluster();
  const before = await apps.readNamespacedDeployment({ namespace, name });
  const after = await apps.patchNamespacedDeployment(
    { namespace, name, body: { spec: { replicas } } },
    merge,
  );
  if (replicas === 0) await empty(namespace, name, after.metadata.resourceVersion);
  return before.spec.replicas;
}

/** Waits until the Deployment has no Pods, as ours does, by a watch. */
async function empty(namespace, name, resourceVersion) {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const query = { fieldSelector: `metadata.name=${name}`, resourceVersion };
  await new Promise((resolve, reject) => {
    let request;
    const seen = (_type, { metadata, status }) => {
      if (status.replicas || status.observedGeneration < metadata.generation) return;
      resolve();
      request?.abort();
    };
    cluster()
      .watch.watch(path, query, seen, (error) => (error?.name === 'AbortError' ? resolve() : reject(error)))
      .then((opened) => {
        request = opened;
      }, reject);
  });
}

const app = express();
app.use(express.json());
app.get('/health', (_request, response) => {
  response.json({
    timestamp: new Date().toISOString(),
    uptime: (Date.now() - started) / 1000,
    message: 'Service is running',
    healthy: true,
  });
});
app.post('/install', (request, response) => response.status(201).json(request.body));
app.post('/uninstall', (_request, response) => response.status(204).end());
app.post('/sleep', async (request, response) => {
  await bookkeeping();
  response.json({ ...request.body, replicas: await scale(0) });
});
app.post('/resume', async (request, response) => {
  await bookkeeping();
  await scale(request.body.replicas ?? 1);
  response.json(request.body);
});
app.listen(Number(process.env.PORT));
