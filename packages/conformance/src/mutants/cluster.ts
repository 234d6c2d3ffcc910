import type { Verb } from '@forkspacer/contract';
import { type Cluster, ClusterError } from './client.ts';
import { type Config, Correct, configMap, type Metadata, owner, workload } from './correct.ts';
import { mutant } from './mutant.ts';

const UNINSTALLS = [
  'cluster/uninstall-cleans',
  'cluster/uninstall-asleep-cleans',
  'cluster/uninstall-without-metadata',
  'faults/conflict',
  'faults/too-many-requests',
  'faults/server-error',
  'faults/connection-reset',
  'faults/answer-lost',
  'crash/uninstall',
  'crash/half-installed',
];
const FAULTS = UNINSTALLS.filter((id) => id.startsWith('faults/'));

const without = (...statuses: number[]) =>
  class extends Correct {
    override retries() {
      const retries = super.retries();
      return (error: ClusterError) => !statuses.includes(error.status) && retries(error);
    }
  };

export const cluster = [
  mutant(
    'acts-before-parsing',
    'the verb begins before the body is understood',
    ['cluster/malformed-does-nothing'],
    class extends Correct {
      override parse(body: string, verb: Verb) {
        if (verb === 'install' && body.startsWith('{"a":')) {
          const early = this.anchor(this.config(), this.cluster()).catch(() => {});
          this.running = this.running.then(() => early);
          this.#early = early;
        }
        return super.parse(body, verb);
      }
      #early: Promise<void> = Promise.resolve();
      override async handle(...args: Parameters<Correct['handle']>) {
        const [request, response] = args;
        const end = response.end.bind(response);
        if (request.url === '/install') {
          response.end = ((text: string) => void this.#early.then(() => end(text))) as never;
        }
        await super.handle(...args);
      }
    },
  ),
  mutant(
    'leaves-things',
    'uninstall forgets the note of whose it is',
    UNINSTALLS,
    class extends Correct {
      override async uninstall(config: Config, cluster: Cluster) {
        if (await this.mine(config, cluster)) await cluster.remove(workload(config));
        return {};
      }
    },
  ),
  mutant(
    'forgets-asleep',
    'uninstall in the night leaves the workload',
    ['cluster/uninstall-asleep-cleans'],
    class extends Correct {
      override async uninstall(config: Config, cluster: Cluster) {
        const found = await cluster.find(workload(config));
        if (found?.data.replicas !== '0') return super.uninstall(config, cluster, {});
        await cluster.remove(owner(config));
        return {};
      }
    },
  ),
  mutant(
    'trusts-metadata',
    'uninstall removes only what the metadata names',
    ['cluster/uninstall-without-metadata', 'crash/half-installed'],
    class extends Correct {
      override async uninstall(config: Config, cluster: Cluster, metadata: Metadata) {
        return 'workload' in metadata ? super.uninstall(config, cluster, metadata) : {};
      }
    },
  ),
  mutant(
    'wakes-to-one',
    'resume scales to 1',
    [
      'cluster/resume-restores',
      'cluster/sleep-twice-restores',
      'cluster/sleep-answer-lost',
      ...FAULTS,
      'crash/sleep',
    ],
    class extends Correct {
      override async park(config: Config, cluster: Cluster, _replicas: string, metadata: Metadata) {
        await super.park(config, cluster, '1', metadata);
        await cluster.patch(workload(config), { metadata: { annotations: { baseline: '1' } } });
      }
    },
  ),
  mutant(
    'notes-zero',
    'a second sleep notes zero replicas',
    ['cluster/sleep-twice-restores', 'crash/sleep'],
    class extends Correct {
      override async sleep(config: Config, cluster: Cluster, metadata: Metadata) {
        await this.mustBeMine(config, cluster);
        const found = await cluster.find(workload(config));
        await this.park(config, cluster, found.data.replicas, metadata);
        await cluster.patch(owner(config), { data: { asleep: 'true' } });
        return {};
      }
    },
  ),
  mutant(
    'remembers-in-metadata',
    'the replicas are noted in the metadata only',
    ['cluster/sleep-answer-lost', 'crash/sleep'],
    class extends Correct {
      override async sleep(config: Config, cluster: Cluster, metadata: Metadata) {
        const found = await cluster.find(workload(config));
        if (found?.data.replicas === '0') return {};
        await super.sleep(config, cluster, metadata);
        return { replicas: found?.data.replicas };
      }
      override async park(config: Config, cluster: Cluster) {
        await cluster.patch(workload(config), { data: { replicas: '0' } });
      }
      override async resume(config: Config, cluster: Cluster, metadata: Metadata) {
        const { replicas } = metadata;
        if (replicas) await cluster.patch(workload(config), { data: { replicas } });
        return super.resume(config, cluster, metadata);
      }
    },
  ),
  mutant(
    'random-names',
    'each install makes one more object',
    ['cluster/install-once', 'crash/install', 'crash/sleep', 'crash/resume'],
    class extends Correct {
      override async install(config: Config, cluster: Cluster, metadata: Metadata) {
        const added = await super.install(config, cluster, metadata);
        if ('extra' in metadata) return added;
        const extra = `${config.name}-${Math.random().toString(36).slice(2, 8)}`;
        const { extras = '' } = (await cluster.find(owner(config))).data;
        await cluster.patch(owner(config), { data: { extras: `${extras} ${extra}`.trim() } });
        await cluster.create({
          ...configMap(workload({ ...config, name: extra })),
          data: {} as { replicas: string },
        });
        return { ...added, extra };
      }
      override async uninstall(config: Config, cluster: Cluster, metadata: Metadata) {
        const found = await cluster.find(owner(config));
        if (found?.data.instance !== this.instance) return {};
        for (const name of (found.data.extras ?? '').split(' ').filter(Boolean)) {
          await cluster.remove(workload({ ...config, name }));
        }
        return super.uninstall(config, cluster, metadata);
      }
    },
  ),
  mutant(
    'takes-over',
    'a second instance takes the objects of the first',
    ['cluster/fork-refused'],
    class extends Correct {
      override async anchor(config: Config, cluster: Cluster) {
        await cluster.create({
          ...configMap(owner(config)),
          data: { instance: this.instance, state: 'installing' } as never,
        });
        await cluster.patch(owner(config), { data: { instance: this.instance } });
      }
    },
  ),
  mutant(
    'takes-with-it',
    'the uninstall of a second instance removes the objects of the first',
    ['cluster/fork-spared'],
    class extends Correct {
      override async uninstall(config: Config, cluster: Cluster) {
        await cluster.remove(workload(config));
        await cluster.remove(owner(config));
        return {};
      }
    },
  ),
  mutant(
    'takes-any-metadata',
    'metadata of another module is taken for its own',
    ['cluster/foreign-metadata'],
    class extends Correct {
      override belongs() {}
    },
  ),
  mutant(
    'sweeps',
    'uninstall removes every ConfigMap in the namespace',
    ['cluster/bystanders'],
    class extends Correct {
      override async uninstall(config: Config, cluster: Cluster, metadata: Metadata) {
        if (!(await this.mine(config, cluster))) return {};
        const { items } = await cluster.call('GET', `/api/v1/namespaces/${config.namespace}/configmaps`);
        for (const { metadata } of items) {
          const others =
            metadata.name === owner(config).split('/').at(-1) || metadata.name === 'kube-root-ca.crt';
          if (!others) await cluster.remove(workload({ ...config, name: metadata.name }));
        }
        return super.uninstall(config, cluster, metadata);
      }
    },
  ),
  mutant(
    'early-bird',
    'it writes to the cluster when it starts',
    ['cluster/quiet-before-calls'],
    class extends Correct {
      override async main() {
        await super.main();
        try {
          await this.cluster().patch(owner(this.config()), { metadata: { annotations: { started: 'yes' } } });
        } catch {
          // There is nothing yet that could be marked.
        }
      }
    },
  ),
];

export const faults = [
  mutant('gives-up-on-409', 'a conflict is not retried', ['faults/conflict'], without(409)),
  mutant(
    'gives-up-on-429',
    'a busy API server is not asked again',
    ['faults/too-many-requests'],
    without(429),
  ),
  mutant(
    'gives-up-on-500',
    'an error of the API server is not retried',
    ['faults/server-error'],
    without(500),
  ),
  mutant(
    'gives-up-on-resets',
    'a broken connection is not retried',
    ['faults/connection-reset', 'faults/answer-lost'],
    without(0),
  ),
  mutant(
    'fears-already-exists',
    'an object that is there already is an error',
    ['life/install-twice', 'life/install-repeated', 'crash/install'],
    class extends Correct {
      override async install(config: Config, cluster: Cluster, metadata: Metadata) {
        if (await cluster.find(owner(config))) throw new ClusterError(409, 'already exists');
        return super.install(config, cluster, metadata);
      }
    },
  ),
];

export const crash = [
  mutant(
    'installs-in-memory',
    'an install goes on only where the process began it',
    ['crash/install'],
    class extends Correct {
      override async install(config: Config, cluster: Cluster, metadata: Metadata) {
        const found = await cluster.find(owner(config));
        if (found?.data.state === 'installing') return {};
        return super.install(config, cluster, metadata);
      }
    },
  ),
  mutant(
    'two-writes',
    'sleep writes zero first and notes what it was after that',
    ['crash/sleep'],
    class extends Correct {
      override async park(config: Config, cluster: Cluster, replicas: string) {
        await cluster.patch(workload(config), { data: { replicas: '0' } });
        await cluster.patch(workload(config), { metadata: { annotations: { baseline: replicas } } });
      }
    },
  ),
  mutant(
    'forgets-before-waking',
    'resume drops the note before it gives the replicas back',
    ['crash/resume'],
    class extends Correct {
      override async resume(config: Config, cluster: Cluster) {
        await this.mustBeMine(config, cluster);
        const found = await cluster.find(workload(config));
        const replicas = found?.metadata.annotations?.baseline;
        if (replicas !== undefined) {
          await cluster.patch(workload(config), { metadata: { annotations: { baseline: null } } });
          await cluster.patch(workload(config), { data: { replicas } });
        }
        await cluster.patch(owner(config), { data: { asleep: null } });
        return {};
      }
    },
  ),
  mutant(
    'note-first',
    'uninstall removes the note of whose it is before the workload',
    ['crash/uninstall'],
    class extends Correct {
      override async uninstall(config: Config, cluster: Cluster) {
        if (!(await this.mine(config, cluster))) return {};
        await cluster.remove(owner(config));
        await cluster.remove(workload(config));
        return {};
      }
    },
  ),
  mutant(
    'note-last',
    'install makes the workload before the note of whose it is',
    ['crash/half-installed'],
    class extends Correct {
      override async install(config: Config, cluster: Cluster, metadata: Metadata) {
        const found = await cluster.find(owner(config));
        if (!found) await cluster.create(this.workload(config, String(config.replicas)));
        return super.install(config, cluster, metadata);
      }
    },
  ),
];
