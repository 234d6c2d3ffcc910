import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Cluster, type ClusterOptions, startCluster } from '../cluster.ts';
import { accessOf } from './kubeconfig.ts';
import { type Upstream, upstream } from './upstream.ts';

/** A cluster that a suite runs on. Its fields may be read in hooks and tests, not while tests are collected. */
export interface TestCluster {
  /** 'embedded' or 'real': for what only one of them can show. */
  readonly name: 'embedded' | 'real';
  readonly kubeconfig: string;
  /** The embedded cluster itself (clock, intercept, client); undefined on a real one. */
  readonly embedded: Cluster | undefined;
  /** Creates a namespace with a name of its own; it is deleted after the suite. */
  namespace(prefix?: string): Promise<string>;
}

const HOW_TO =
  'set KUBECONFIG_TEST to the kubeconfig of a throw-away cluster with its controllers (for example: kind create cluster && kind get kubeconfig > /tmp/kind.yaml)';

/**
 * Runs a suite on the embedded cluster, and on the real one that KUBECONFIG_TEST names. Without one the second
 * half is skipped, and says so; with TEST_REAL=required that is a failure.
 */
export function describeOnClusters(
  title: string,
  suite: (cluster: TestCluster) => void,
  options: ClusterOptions = {},
): void {
  describe(`${title} (embedded cluster)`, () => {
    suite(stage('embedded', () => startCluster(options)));
  });

  const file = process.env.KUBECONFIG_TEST;
  if (file) {
    describe(`${title} (real cluster)`, () => {
      suite(stage('real', async () => ({ kubeconfig: readFileSync(file, 'utf8') })));
    });
  } else if (process.env.TEST_REAL === 'required') {
    test(`${title} (real cluster)`, () => {
      throw new Error(`TEST_REAL=required: expected a real cluster, found none: ${HOW_TO}`);
    });
  } else {
    describe.skip(`${title} (real cluster: none here; ${HOW_TO})`, () => {
      // The tests are listed as skipped; none of them runs, so the cluster is never asked for.
      suite(stage('real', async () => ({ kubeconfig: '' })));
    });
  }
}

function stage(
  name: TestCluster['name'],
  start: () => Promise<Cluster | { kubeconfig: string }>,
): TestCluster {
  let running: Cluster | { kubeconfig: string } | undefined;
  let api: Upstream | undefined;
  const namespaces: string[] = [];
  const started = (): Cluster | { kubeconfig: string } => {
    if (!running) throw new Error('the cluster is there in hooks and tests, not while tests are collected');
    return running;
  };

  beforeAll(async () => {
    running = await start();
    api = upstream(accessOf(running.kubeconfig));
  });

  afterAll(async () => {
    for (const namespace of namespaces) await api?.json('DELETE', `/api/v1/namespaces/${namespace}`);
    api?.close();
    if (running && 'stop' in running) await running.stop();
  });

  return {
    name,
    get kubeconfig() {
      return started().kubeconfig;
    },
    get embedded() {
      const cluster = started();
      return 'stop' in cluster ? cluster : undefined;
    },
    async namespace(prefix = 'test') {
      const unique = `${prefix}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 7)}`;
      const { status, body } = await api!.json('POST', '/api/v1/namespaces', { metadata: { name: unique } });
      if (status !== 201)
        throw new Error(`expected namespace ${unique} to be created, found ${status}: ${body.message}`);
      namespaces.push(unique);
      return unique;
    },
  };
}
