import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeOnClusters, type FaultProxy, faultProxy } from '@forkspacer/embedded-cluster/testing';
import {
  apply,
  connect,
  create,
  find,
  type Kube,
  type KubeObject,
  list,
  type NewObject,
  type ObjectRef,
  patch,
  read,
} from '@forkspacer/kube';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CreateAppOptions, createApp, type ModuleApp } from './create-app.ts';
import type { ModuleDefinition } from './define-module.ts';
import { boolean, defineModule, ModuleError, option, string, type VerbContext } from './index.ts';

/** What the next verb of the module below does in the middle of its work. */
let meanwhile: (context: VerbContext) => Promise<unknown> = async () => {};

const config = {
  namespace: string({ required: true, description: 'Where.' }),
  name: string({ required: true, description: 'Which.' }),
  text: string({ default: 'hello', description: 'What it says.' }),
  password: string({ secret: true, description: 'Never shown.' }),
  keep: boolean({ default: false, description: 'Whether the data stays.' }),
  fresh: boolean({ default: false, description: 'Whether data that is there is refused.' }),
};

/** Two ConfigMaps and a Secret; the second ConfigMap is its data. */
const module = defineModule({
  name: 'notes',
  description: 'Keeps notes.',
  category: 'Tests',
  identity: ['namespace', 'name'],
  config,
  takesUp: ({ fresh }) => !fresh,
  async install(context) {
    const { config, kube, log } = context;
    await apply(kube, configMap(config, config.name, { text: config.text }));
    await meanwhile(context);
    await apply(kube, configMap(config, `${config.name}-data`, {}));
    if (config.password !== undefined) {
      log.info({ password: config.password }, `made with ${config.password}`);
      const metadata = { namespace: config.namespace, name: config.name };
      const stringData = { password: config.password, derived: `derived-of-it-${config.name}` };
      await create(kube, { apiVersion: 'v1', kind: 'Secret', metadata, stringData });
      return { derived: stringData.derived, text: config.text };
    }
    return { text: config.text };
  },
  async sleep(context) {
    await meanwhile(context);
    await apply(context.kube, configMap(context.config, context.config.name, { text: '' }));
  },
  async resume(context) {
    await meanwhile(context);
    await apply(context.kube, configMap(context.config, context.config.name, { text: context.config.text }));
  },
  uninstall({ config, retain }) {
    if (config.keep) retain(ref(config.namespace, `${config.name}-data`));
  },
});

function ref(namespace: string, name: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
}

function configMap({ namespace }: { namespace: string }, name: string, data: object): NewObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}

describeOnClusters('a module, called as the operator calls it', (cluster) => {
  let namespace: string;
  let kube: Kube;
  const open: { close(): unknown }[] = [];

  beforeAll(async () => {
    kube = connect({ kubeconfig: { text: cluster.kubeconfig }, fieldManager: 'test' });
    namespace = await cluster.namespace('sdk');
  });
  afterEach(async () => {
    meanwhile = async () => {};
    for (const each of open.splice(0)) await each.close();
    for (const kind of ['ConfigMap', 'Secret', 'Event']) {
      const path = `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
      await kube.request({ method: 'DELETE', path });
    }
  });
  afterAll(() => kube?.close());

  interface Given extends Partial<CreateAppOptions> {
    definition?: ModuleDefinition;
    config?: object;
    kubeconfig?: string | null;
  }

  /** A runner on a folder of its own. Without an instance it is one of the real operator, named after its host. */
  async function runner({
    definition = module as ModuleDefinition,
    config = {},
    kubeconfig = cluster.kubeconfig,
    ...options
  }: Given = {}) {
    const dir = mkdtempSync(join(tmpdir(), 'sdk-life-'));
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ namespace, name: 'a', ...config }));
    if (kubeconfig !== null) writeFileSync(join(dir, 'workspace_kubeconfig'), kubeconfig);
    const lines: string[] = [];
    const app: ModuleApp = createApp(definition, {
      dir,
      hostname: 'runner-1',
      write: (line) => void lines.push(line),
      ...options,
      times: { pause: 10, ...options.times },
    });
    const { url } = await app.listen();
    open.push({
      async close() {
        await app.kill();
        rmSync(dir, { recursive: true, force: true });
      },
    });
    return {
      dir,
      app,
      url,
      lines,
      call: (verb: string, metadata: unknown = {}) => call(url, verb, metadata),
    };
  }

  async function call(url: string, verb: string, metadata: unknown) {
    const body = JSON.stringify(metadata);
    const answer = await fetch(`${url}/${verb}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    const text = await answer.text();
    return { status: answer.status, text, metadata: answer.status < 205 && text ? JSON.parse(text) : {} };
  }

  const objects = async (kind = 'ConfigMap'): Promise<KubeObject[]> =>
    (await list(kube, { apiVersion: 'v1', kind, namespace })).items.filter(
      ({ metadata }) => metadata.name !== 'kube-root-ca.crt',
    );
  const names = async (): Promise<string[]> => (await objects()).map(({ metadata }) => metadata.name);
  const anchor = async (): Promise<KubeObject> =>
    (await objects()).find(({ data }) => data?.state !== undefined)!;
  const setAnchor = async (data: object) => {
    const { metadata } = await anchor();
    await patch(kube, ref(namespace, metadata.name), { data }, { type: 'merge' });
  };
  const ANCHOR = expect.stringMatching(/^forkspacer-notes-a-[0-9a-f]{10}$/);
  const longAgo = () => new Date(Date.now() - 301_000).toISOString();

  test('lives from install to uninstall, each verb twice, and leaves nothing', async () => {
    const { call } = await runner({ instance: 'me' });
    const first = await call('install', { theirs: { a: [1] } });
    expect(first).toMatchObject({
      status: 201,
      metadata: { theirs: { a: [1] }, text: 'hello', module: 'notes', instance: 'me' },
    });
    expect(await call('install', first.metadata)).toMatchObject({ status: 201, metadata: first.metadata });
    expect(await names()).toEqual(['a', 'a-data', ANCHOR]);
    expect((await anchor()).data).toMatchObject({ state: 'installed', instance: 'me' });

    for (const [verb, text] of [
      ['sleep', ''],
      ['sleep', ''],
      ['resume', 'hello'],
      ['resume', 'hello'],
    ] as const) {
      expect(await call(verb, first.metadata)).toMatchObject({ status: 200, metadata: first.metadata });
      expect((await read(kube, ref(namespace, 'a'))).data.text).toBe(text);
    }
    expect(await call('uninstall', first.metadata)).toMatchObject({ status: 204, text: '' });
    expect(await call('uninstall', first.metadata)).toMatchObject({ status: 204 });
    expect(await names()).toEqual([]);
  });

  test('everything made is listed before it is there, and labelled', async () => {
    const { call } = await runner({ instance: 'me' });
    meanwhile = async () => {
      expect(JSON.parse((await anchor()).data.made)).toEqual([ref(namespace, 'a')]);
      throw new Error('crash');
    };
    expect((await call('install')).status).toBe(400);
    for (const { metadata } of await objects()) {
      expect(metadata.labels).toMatchObject({
        'forkspacer.com/instance': 'me',
        'forkspacer.com/module': 'notes',
      });
    }
    expect((await anchor()).data.state).toBe('installing');
    meanwhile = async () => {};
    expect((await call('install')).status).toBe(201);
  });

  test('sleep and resume of what is not installed are 400', async () => {
    const { call } = await runner();
    for (const verb of ['sleep', 'resume']) {
      expect(await call(verb)).toMatchObject({
        status: 400,
        text: expect.stringMatching(
          /^notes (sleep|resume): expected it to be installed \(.*\), found no such instance; install it first$/,
        ),
      });
    }
    expect((await call('uninstall')).status).toBe(204);
    expect(await names()).toEqual([]);
  });

  describe('two instances after the same thing', () => {
    test('the second install is refused by the name of the first, and changes nothing', async () => {
      const first = await runner({ instance: 'one' });
      const { metadata } = await first.call('install');
      const before = await objects();
      const second = await runner({ instance: 'two', config: { text: 'mine' } });
      expect(await second.call('install')).toMatchObject({
        status: 400,
        text: expect.stringMatching(
          /found it installed by instance one of notes; nothing was changed; change the config/,
        ),
      });
      for (const verb of ['sleep', 'resume']) expect((await second.call(verb)).status).toBe(400);
      expect((await second.call('uninstall')).status).toBe(204);
      expect(await objects()).toEqual(before);
      const events = (await objects('Event')).map(({ reason, message }) => ({ reason, message }));
      expect(events).toEqual([{ reason: 'LeftAlone', message: expect.stringContaining('of instance one') }]);
      expect((await first.call('sleep', metadata)).status).toBe(200);
    });

    test('one that is being installed is refused to another, until it was left behind', async () => {
      meanwhile = async () => {
        throw new Error('crash');
      };
      await (await runner({ instance: 'one' })).call('install');
      meanwhile = async () => {};
      const second = await runner({ instance: 'two' });
      for (const verb of ['install', 'uninstall']) {
        expect(await second.call(verb)).toMatchObject({
          status: 400,
          text: expect.stringContaining('being installed by instance one'),
        });
      }
      await setAnchor({ touched: longAgo() });
      expect(await second.call('install')).toMatchObject({ status: 201, metadata: { instance: 'two' } });
      for (const { metadata } of await objects())
        expect(metadata.labels?.['forkspacer.com/instance']).toBe('two');
      expect((await anchor()).data).toMatchObject({ state: 'installed', instance: 'two', previous: '[]' });
      expect((await second.call('uninstall')).status).toBe(204);
      expect(await names()).toEqual([]);
    });

    test.each([600_000, -600_000])(
      'a runner whose clock is %i ms ahead judges by the API server’s',
      async (ahead) => {
        const skew = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ahead });
        open.push({ close: () => vi.useRealTimers() });
        meanwhile = async () => {
          throw new Error('crash');
        };
        if (ahead < 0) skew();
        await (await runner({ instance: 'one' })).call('install');
        meanwhile = async () => {};
        vi.useRealTimers();
        if (ahead > 0) skew();
        expect(await (await runner({ instance: 'two' })).call('install')).toMatchObject({
          status: 400,
          text: expect.stringMatching(/being installed by instance one \(last seen \d s ago\)/),
        });
      },
    );

    test('a half made one that was left behind is removed by uninstall from {} of a fresh process', async () => {
      meanwhile = async () => {
        throw new Error('crash');
      };
      await (await runner({ hostname: 'pod-1' })).call('install');
      await setAnchor({ touched: longAgo() });
      expect((await (await runner({ hostname: 'pod-2' })).call('uninstall')).status).toBe(204);
      expect(await names()).toEqual([]);
    });

    test('metadata of another changes nothing, whichever the verb', async () => {
      const mine = await runner({ hostname: 'pod-1' });
      await mine.call('install');
      const theirs = await (await runner({ hostname: 'pod-2', config: { name: 'b' } })).call('install');
      const before = await objects();
      for (const verb of ['install', 'sleep', 'resume', 'uninstall']) {
        const answer = await mine.call(verb, theirs.metadata);
        expect(answer.status).toBe(400);
        expect(answer.text).toContain('expected metadata of notes instance pod-1');
        expect(answer.text).toContain('found that of notes instance pod-2');
      }
      expect(await objects()).toEqual(before);
    });

    test('an instance goes on under another runner with its metadata', async () => {
      const { metadata } = await (await runner({ hostname: 'pod-1' })).call('install');
      const ours = await runner({ instance: 'uid' });
      expect(await ours.call('sleep', metadata)).toMatchObject({
        status: 200,
        metadata: { instance: 'pod-1' },
      });
      expect((await ours.call('uninstall', metadata)).status).toBe(204);
      expect(await names()).toEqual([]);
    });

    test('two runners behind one Service each get their own calls in the end', async () => {
      const runners = [
        await runner({ hostname: 'pod-1', config: { name: 'a' } }),
        await runner({ hostname: 'pod-2', config: { name: 'b' } }),
      ];
      // Each request is a fresh draw; drawn in turns, so that the test is not one of luck.
      let draws = 0;
      const service = createServer((request, response) => {
        const to = new URL(request.url!, runners[draws++ % 2]!.url);
        request.pipe(
          httpRequest(to, { method: request.method!, headers: request.headers }, (answer) => {
            response.writeHead(answer.statusCode!, answer.headers);
            answer.pipe(response);
          }),
        );
      });
      service.listen(0, '127.0.0.1');
      await once(service, 'listening');
      open.push(service);
      const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;

      draws = 0;
      const first = await call(url, 'install', {});
      draws = 0;
      const second = await call(url, 'install', {});
      expect([first, second].map(({ metadata }) => metadata.instance)).toEqual(['pod-1', 'pod-2']);
      for (const start of [0, 1]) {
        for (const { metadata } of [first, second]) {
          draws = start;
          expect((await call(url, 'sleep', metadata)).status).toBe(200);
        }
      }
      for (const { metadata } of [first, second]) {
        draws = 0;
        expect((await call(url, 'uninstall', metadata)).status).toBe(204);
      }
      expect(await names()).toEqual([]);
    });
  });

  describe('kept data', () => {
    const keep = { keep: true };

    test('stays with its anchor, and the next install takes it up again and says so', async () => {
      const first = await runner({ instance: 'one', config: keep });
      await first.call('install');
      await patch(kube, ref(namespace, 'a-data'), { data: { precious: 'yes' } }, { type: 'merge' });
      for (let times = 0; times < 2; times++) expect((await first.call('uninstall')).status).toBe(204);
      expect(await names()).toEqual(['a-data', ANCHOR]);
      expect((await anchor()).data).toMatchObject({ state: 'retained', instance: 'one' });
      expect((await first.call('sleep')).text).toContain('found only its retained data');

      const second = await runner({ instance: 'two', config: keep });
      expect((await second.call('uninstall')).status).toBe(204);
      expect(await second.call('install')).toMatchObject({ status: 201, metadata: { instance: 'two' } });
      const data = await read(kube, ref(namespace, 'a-data'));
      expect(data.data).toEqual({ precious: 'yes' });
      expect(data.metadata.labels?.['forkspacer.com/instance']).toBe('two');
      expect(second.lines.join('')).toContain('retained data taken up again');
      expect((await objects('Event')).map(({ reason }) => reason)).toContain('TakenUpAgain');
    });

    test('is refused where the config wants none', async () => {
      const first = await runner({ instance: 'one', config: keep });
      await first.call('install');
      await first.call('uninstall');
      const before = await objects();
      const second = await runner({ instance: 'two', config: { fresh: true } });
      expect(await second.call('install')).toMatchObject({
        status: 400,
        text: expect.stringContaining('retained data'),
      });
      expect(await objects()).toEqual(before);
    });

    test('survives an install that took it up and was never finished', async () => {
      const first = await runner({ instance: 'one', config: keep });
      await first.call('install');
      await first.call('uninstall');
      meanwhile = async () => {
        throw new Error('crash');
      };
      const second = await runner({ instance: 'two', config: { keep: false } });
      expect((await second.call('install')).status).toBe(400);
      expect((await second.call('uninstall')).status).toBe(204);
      expect(await names()).toEqual(['a-data', ANCHOR]);
      expect((await anchor()).data.state).toBe('retained');
    });
  });

  describe('a running verb', () => {
    test('says that it is alive, and stops when the anchor is no longer its own', async () => {
      const { call } = await runner({ instance: 'me', times: { heartbeat: 20 } });
      await call('install');
      const before = (await anchor()).data.touched;
      meanwhile = async ({ signal }) => {
        await expect.poll(async () => (await anchor()).data.touched).not.toBe(before);
        await setAnchor({ instance: 'thief' });
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      };
      expect(await call('sleep')).toMatchObject({
        status: 400,
        text: expect.stringContaining('found it taken over by instance thief'),
      });
      expect((await read(kube, ref(namespace, 'a'))).data.text).toBe('hello');
    });

    test('is ended at its deadline, in words', async () => {
      const { call } = await runner({ instance: 'me', times: { deadline: 400 } });
      meanwhile = ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('x'))));
      expect((await call('install')).text).toBe(
        'notes install: expected to end within 0.4 s, found it still running; it was stopped',
      );
    });

    test('uninstall ends a running install and removes what it made', async () => {
      const { call } = await runner({ instance: 'me' });
      const { promise, resolve } = Promise.withResolvers<void>();
      meanwhile = ({ signal }) => {
        resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('x'))));
      };
      const install = call('install');
      await promise;
      expect((await call('uninstall')).status).toBe(204);
      expect((await install).text).toBe('notes install: stopped: uninstall was called');
      expect(await names()).toEqual([]);
    });
  });

  describe('what goes wrong is one line that a person can act on', () => {
    test('a config that is missing, does not parse, or is wrong in several fields', async () => {
      const { call, dir } = await runner({ config: { namespace: '', name: 5, keep: 'x' } });
      const told = await call('install');
      expect(told.status).toBe(400);
      for (const field of ['namespace', 'name', 'keep'])
        expect(told.text).toMatch(new RegExp(`[ ;]${field}: expected .*, found `));
      writeFileSync(join(dir, 'config.json'), '{"password": "hunter2"');
      expect((await call('install')).text).toMatch(
        /^notes install: expected JSON in .*config.json, found something that does not parse$/,
      );
      rmSync(join(dir, 'config.json'));
      expect((await call('install')).text).toMatch(/^notes install: expected config.json in .*, found none/);
      writeFileSync(join(dir, 'config.json'), JSON.stringify({ namespace, name: 'a' }));
      expect((await call('install')).status).toBe(201);
    });

    test('a config with more wrong fields than 700 bytes can explain names every one of them', async () => {
      const fields = Array.from({ length: 24 }, (_, index) => `field-${index}`);
      const values = ['one-of-the-values', 'another-of-the-values', 'the-last-of-the-values'];
      const many = defineModule({
        ...module,
        config: {
          ...config,
          ...Object.fromEntries(fields.map((each) => [each, option({ values, description: 'Some.' })])),
        },
      });
      const given = Object.fromEntries(fields.map((each) => [each, 'none-of-the-values']));
      const { call } = await runner({ definition: many, config: given });
      const { status, text } = await call('install');
      expect(status).toBe(400);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(700);
      expect(text).toMatch(/field-0: expected one of "one-of-the-values", .*, found "none-of-the-values"/);
      for (const each of fields) expect(text).toMatch(new RegExp(`\\b${each}\\b`));
    });

    test('but what could never be installed can be uninstalled', async () => {
      const never = await runner({ config: { name: 5 } });
      expect((await never.call('install')).status).toBe(400);
      expect((await never.call('uninstall')).status).toBe(204);

      const changed = await runner({ instance: 'me' });
      const { metadata } = await changed.call('install');
      writeFileSync(join(changed.dir, 'config.json'), JSON.stringify({ namespace, name: 'a', keep: 'x' }));
      for (const given of [{}, metadata]) {
        expect(await changed.call('uninstall', given)).toMatchObject({
          status: 400,
          text: expect.stringContaining('keep: expected'),
        });
      }
      expect(await names()).toEqual(['a', 'a-data', ANCHOR]);
    });

    test('no kubeconfig names the permission to ask for', async () => {
      const { call } = await runner({ kubeconfig: null });
      for (const verb of ['install', 'sleep', 'resume', 'uninstall']) {
        expect(await call(verb)).toMatchObject({
          status: 400,
          text: expect.stringContaining('permission workspace'),
        });
      }
    });

    test('nor does the permission controller, where there is no service account', async () => {
      const { dir } = await runner({ kubeconfig: null });
      const app = createApp(defineModule({ ...module, permissions: ['controller'] }), {
        dir,
        level: 'silent',
      });
      const { url } = await app.listen();
      open.push({ close: () => app.kill() });
      expect((await call(url, 'sleep', {})).text).toMatch(
        /^notes sleep: expected the service account of the operator, found none; give the Module the permission controller/,
      );
    });

    test('a namespace that is not there', async () => {
      const { call } = await runner({ config: { namespace: 'nowhere' } });
      expect((await call('install')).text).toBe(
        'notes install: expected namespace nowhere to be there, found none; create it or correct the config',
      );
    });

    test("an object of someone else's: neither taken nor removed", async () => {
      await create(kube, configMap({ namespace }, 'a', { theirs: 'yes' }));
      const { call } = await runner({ instance: 'me' });
      expect((await call('install')).text).toMatch(
        /^notes install: ConfigMap .*\/a: exists and belongs to someone else/,
      );
      expect((await call('uninstall')).status).toBe(204);
      expect((await read(kube, ref(namespace, 'a'))).data).toEqual({ theirs: 'yes' });
      expect(await names()).toEqual(['a']);
    });

    test("a name that someone else's object has already, and it can be uninstalled all the same", async () => {
      const theirs = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'a' } };
      await create(kube, { ...theirs, stringData: { theirs: 'yes' } });
      const { call } = await runner({ instance: 'me', config: { password: 'correct horse' } });
      expect((await call('install')).text).toMatch(/^notes install: Secret .*\/a: already exists/);
      expect(await call('uninstall')).toMatchObject({ status: 204 });
      expect(await find(kube, { ...theirs, namespace, name: 'a' })).toBeDefined();
      expect(await names()).toEqual([]);
    });

    test('something else under the name of the anchor', async () => {
      const { call } = await runner({ instance: 'me' });
      await call('install');
      await setAnchor({ state: 'nonsense' });
      for (const verb of ['install', 'sleep', 'uninstall']) {
        expect(await call(verb)).toMatchObject({
          status: 400,
          text: expect.stringContaining('something else under that name'),
        });
      }
    });

    test('a ModuleError as it is, anything else as one line, and both in full in the log', async () => {
      const { call, lines } = await runner({ instance: 'me' });
      meanwhile = async () => {
        throw new ModuleError({
          expected: 'a moon',
          found: 'none',
          todo: 'look up',
          cause: new Error('clouds'),
        });
      };
      expect((await call('install')).text).toBe('notes install: expected a moon, found none; look up');
      expect(lines.join('')).toContain('clouds');
      meanwhile = async () => {
        throw new TypeError('x is\nnot a function');
      };
      expect((await call('install')).text).toBe(
        'notes install: unexpected error: TypeError: x is not a function (the log has more)',
      );
      expect(lines.join('')).toContain('module-life.test.ts');
    });

    test('more metadata than is kept, and nothing is lost in silence', async () => {
      const { call } = await runner({ instance: 'me', config: { text: 'x'.repeat(70_000) } });
      expect(await call('install')).toMatchObject({
        status: 400,
        text: expect.stringMatching(
          /^notes install: expected metadata of at most 65536 bytes, the most that is kept, found 7\d{4} \("text" 70002/,
        ),
      });
      expect((await anchor()).data.state).toBe('installing');
      expect((await call('install', { theirs: '<'.repeat(12_000) })).text).toContain('"theirs" 72002');
      expect((await call('uninstall', { theirs: '<'.repeat(12_000) })).status).toBe(204);
    });
  });

  test('secrets are nowhere but in the Secret', async () => {
    const password = 'correct "horse" battery';
    const { call, lines } = await runner({ instance: 'me', config: { password } });
    const { status, text, metadata } = await call('install');
    expect(status).toBe(201);
    meanwhile = async () => {
      throw new Error(`cannot log in with ${password}`);
    };
    const failed = await call('sleep', metadata);
    expect(failed.text).toContain('cannot log in with [redacted]');
    const shown = [
      text,
      failed.text,
      ...lines,
      JSON.stringify([...(await objects()), ...(await objects('Event'))]),
    ].join('\n');
    for (const secret of [password, JSON.stringify(password).slice(1, -1), 'horse', 'derived-of-it']) {
      expect(shown).not.toContain(secret);
    }
    expect(metadata.derived).toBe('[redacted]');
    expect(lines.join('')).toContain('made with [redacted]');
  });

  describe('crashed after any write', () => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await faultProxy(cluster.kubeconfig);
    });
    afterAll(() => proxy?.stop());
    afterEach(() => proxy.reset());

    const dies = { deadline: 400, grace: 10 };

    test.each([1, 2, 3, 4, 5, 6])(
      'install, dead after write %i, ends in the same state when repeated',
      async (writes) => {
        const died = proxy.dieAfterWrites(writes);
        const first = await runner({ instance: 'me', kubeconfig: proxy.kubeconfig, times: dies });
        const answer = first.call('install').catch(() => undefined);
        await Promise.race([died, answer]);
        await first.app.kill();
        const second = await runner({ instance: 'me' });
        expect((await second.call('install')).status).toBe(201);
        expect(await names()).toEqual(['a', 'a-data', ANCHOR]);
        expect((await anchor()).data.state).toBe('installed');
        expect((await second.call('uninstall')).status).toBe(204);
        expect(await names()).toEqual([]);
      },
    );

    test.each([1, 2, 3, 4])(
      'uninstall, dead after write %i, leaves nothing when repeated',
      async (writes) => {
        const { metadata } = await (await runner({ instance: 'me' })).call('install');
        const died = proxy.dieAfterWrites(writes);
        const first = await runner({ instance: 'me', kubeconfig: proxy.kubeconfig, times: dies });
        await Promise.race([died, first.call('uninstall', metadata).catch(() => undefined)]);
        await first.app.kill();
        expect((await (await runner({ instance: 'me' })).call('uninstall', metadata)).status).toBe(204);
        expect(await names()).toEqual([]);
      },
    );

    test.each([
      ['loses the answer to its first write', 0],
      ['is dead after write 1', 1],
      ['is dead after write 2', 2],
      ['is dead after write 3', 3],
      ['is dead after write 4', 4],
    ])(
      'a removal of what another left half made, that %s, leaves nothing in the end',
      async (_how, writes) => {
        meanwhile = async () => {
          throw new Error('crash');
        };
        await (await runner({ hostname: 'pod-1' })).call('install');
        await setAnchor({ touched: longAgo() });
        const given = { hostname: 'pod-2', kubeconfig: proxy.kubeconfig };
        if (writes === 0) {
          proxy.inject({
            fault: { kind: 'reset-after' },
            when: ({ method }) => method === 'PATCH',
            times: 1,
          });
          expect(await (await runner(given)).call('uninstall')).toMatchObject({ status: 204 });
        } else {
          const died = proxy.dieAfterWrites(writes);
          const first = await runner({ ...given, times: dies });
          await Promise.race([died, first.call('uninstall').catch(() => undefined)]);
          await first.app.kill();
          expect(await (await runner({ hostname: 'pod-2' })).call('uninstall')).toMatchObject({
            status: 204,
          });
        }
        expect(await names()).toEqual([]);
      },
    );

    test('answers that are lost, refusals and hiccups on the way change nothing', async () => {
      proxy.inject({ fault: { kind: 'reset-after' }, when: ({ method }) => method === 'POST', times: 1 });
      proxy.inject({ fault: { kind: 'reset-after' }, when: ({ method }) => method === 'PATCH', times: 2 });
      proxy.inject({ fault: { kind: 'status', status: 429, retryAfter: 0 }, times: 2 });
      proxy.inject({
        fault: { kind: 'status', status: 503 },
        when: ({ method }) => method === 'DELETE',
        times: 1,
      });
      const { call } = await runner({ instance: 'me', kubeconfig: proxy.kubeconfig });
      const { status, metadata } = await call('install');
      expect(status).toBe(201);
      expect(await find(kube, ref(namespace, 'a-data'))).toBeDefined();
      expect((await call('uninstall', metadata)).status).toBe(204);
      expect(await names()).toEqual([]);
    });
  });
});
