import { apply, create, find, type NewObject, patch, remove } from '@forkspacer/kube';
import { type ConfigOf, defineModule, type ModuleDefinition, string } from '@forkspacer/sdk';
import { anyModule } from '../options.ts';

/*
 * Modules that are wrong in one way each. Every one is a whole module otherwise, so that only the check that is meant
 * for its fault can find it.
 */

const config = {
  namespace: string({ default: 'default', description: 'Where the ConfigMap lives.' }),
  name: string({ default: 'thing', description: 'The name of the ConfigMap.' }),
  password: string({ secret: true, description: 'Kept in a Secret.' }),
};
type Config = ConfigOf<typeof config>;

const ref = ({ namespace, name }: Config) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });
const thing = ({ namespace, name }: Config, says: string): NewObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name },
  data: { says },
});

/** A module without a fault, but for what is given here. */
function like(change: Partial<ModuleDefinition<typeof config>>): ModuleDefinition {
  return anyModule(
    defineModule({
      name: 'mutant',
      description: 'Makes one ConfigMap.',
      category: 'Tests',
      identity: ['namespace', 'name'],
      config,
      install: async ({ config, kube }) => void (await apply(kube, thing(config, 'awake'))),
      sleep: async ({ config, kube }) => void (await apply(kube, thing(config, 'asleep'))),
      resume: async ({ config, kube }) => void (await apply(kube, thing(config, 'awake'))),
      ...change,
    }),
  );
}

export interface Mutant {
  module: ModuleDefinition;
  /** The check that is meant for it: how its title begins. */
  caughtBy: string;
  /** What that check says. */
  saying: RegExp;
}

/** Without any fault: no check may fail. */
export const sound = like({});

/** Keeps a Secret when it leaves, and says so. */
export const keeper = like({
  async install({ config, kube }) {
    const { namespace, name } = config;
    const metadata = { namespace, name };
    await apply(kube, { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { password: 'never-told' } });
    await apply(kube, thing(config, 'awake'));
  },
  uninstall({ config: { namespace, name }, retain }) {
    retain({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  },
});

let counter = 0;

/** By what is wrong with them. */
export const MUTANTS: Record<string, Mutant> = {
  'remembers what was there in memory only': {
    caughtBy: 'ends in the same state when each verb is called twice, on the same process or a fresh one',
    saying: /after resume, as after install/,
    module: (() => {
      let before: string | undefined;
      return like({
        async sleep({ config, kube }) {
          before = (await find(kube, ref(config)))?.data.says;
          await apply(kube, thing(config, 'asleep'));
        },
        // The night's value comes back when sleep was called twice.
        async resume({ config, kube }) {
          await apply(kube, thing(config, before ?? 'lost'));
        },
      });
    })(),
  },
  'keeps what was there in metadata only, which an answer that is lost loses': {
    caughtBy: 'sleep that died between any two of its writes',
    saying: /sleep that died after PATCH/,
    module: like({
      async sleep({ config, kube, metadata }) {
        const before = (await find(kube, ref(config)))?.data.says;
        const data = { says: 'asleep', was: String(metadata.was ?? before) };
        await apply(kube, { ...thing(config, ''), data });
        return { was: metadata.was ?? before };
      },
      async resume({ config, kube, metadata }) {
        await apply(kube, thing(config, String(metadata.was)));
        return { was: null };
      },
    }),
  },
  'makes up a name': {
    caughtBy: 'makes the same names every time',
    saying: /objects of another instance/,
    module: like({
      async install({ config, kube, metadata }) {
        const name = String(metadata.name ?? `thing-${++counter}`);
        await apply(kube, thing({ ...config, name }, 'awake'));
        await apply(kube, thing(config, 'awake'));
        return { name };
      },
    }),
  },
  'puts a secret where everyone may read it': {
    caughtBy: 'are in no metadata, answer, log line, Event or other object',
    saying: /a secret in an object/,
    module: like({
      async install({ config, kube }) {
        await apply(kube, {
          ...thing(config, 'awake'),
          data: { says: 'awake', login: config.password ?? '' },
        });
      },
    }),
  },
  'tells a secret in metadata, where redaction does not know it again': {
    caughtBy: 'are in no metadata, answer, log line, Event or other object',
    saying: /a secret in the (answers|metadata)/,
    module: like({
      async install({ config, kube }) {
        await apply(kube, thing(config, 'awake'));
        return { login: Buffer.from(config.password ?? '').toString('hex') };
      },
    }),
  },
  'leaves behind what it made in the night': {
    caughtBy: 'installs, sleeps, resumes, sleeps and resumes again, and leaves nothing behind',
    saying: /what was there before, and nothing else/,
    module: like({
      async sleep({ config, kube }) {
        await apply(kube, thing(config, 'asleep'));
        // Not by the verbs of kube, so that nothing lists it.
        const { namespace, name } = config;
        const path = `/api/v1/namespaces/${namespace}/secrets`;
        const body = JSON.stringify({ metadata: { name: `${name}-night` } });
        await kube.request({ method: 'POST', path, body, repeatable: true }).catch(() => undefined);
      },
    }),
  },
  'counts instead of setting': {
    caughtBy: 'ends in the same state when each verb is called twice',
    saying: /after a second install/,
    module: like({
      async install({ config, kube }) {
        const there = await find(kube, ref(config));
        const count = Number(there?.data.count ?? 0) + 1;
        await apply(kube, { ...thing(config, 'awake'), data: { says: 'awake', count: String(count) } });
      },
    }),
  },
  'stumbles over what it made itself': {
    caughtBy: 'install that died between any two of its writes',
    saying: /deeply equal/,
    module: like({
      install: async ({ config, kube }) => void (await create(kube, thing(config, 'awake'))),
    }),
  },
  'does not come back as it was': {
    caughtBy: 'is awake again as it was before it slept, field by field',
    saying: /after resume, as after install/,
    module: like({
      async resume({ config, kube }) {
        await apply(kube, { ...thing(config, 'awake'), data: { says: 'awake', resumed: 'yes' } });
      },
    }),
  },
  "changes what is another's, by force": {
    caughtBy: 'installs, sleeps, resumes, sleeps and resumes again, and leaves nothing behind',
    saying: /what was there before, and nothing else/,
    module: like({
      async sleep({ config, kube }) {
        await apply(kube, thing(config, 'asleep'));
        const theirs = { ...ref(config), name: 'of-another' };
        await patch(kube, theirs, { data: { taken: 'yes' } }, { type: 'merge' });
      },
    }),
  },
  "removes another's object on the way out": {
    caughtBy: 'installs, sleeps, resumes, sleeps and resumes again, and leaves nothing behind',
    saying: /what was there before, and nothing else/,
    module: like({
      async uninstall({ config, kube }) {
        await remove(kube, { ...ref(config), name: 'of-another' }, { ifOurs: false });
      },
    }),
  },
  'takes the first refusal for the last word': {
    caughtBy: 'each call to the cluster meets an internal error (500) once',
    saying: /deeply equal/,
    module: like({
      async sleep({ config, kube }) {
        await apply(kube.with({ deadline: Date.now() + 20 }), thing(config, 'asleep'));
      },
    }),
  },
};
