import { parseConfig } from '@forkspacer/contract';
import { list } from '@forkspacer/kube';
import { expect } from 'vitest';
import type { Group, RawConfig, Subject } from '../options.ts';
import { type Actor, onStage, type Stage } from '../stage.ts';

const MARKER = 'marker-secret-7Qx2';

/** The stage's config with a value in every secret field, and those values. */
function withSecrets({ module }: Subject, config: RawConfig): { config: RawConfig; values: string[] } {
  const filled = { ...config };
  const values: string[] = [];
  for (const [field, rule] of Object.entries(module.config)) {
    if (!rule.secret) continue;
    const fits = parseConfig({ field: rule }, { field: MARKER }).ok;
    if (fits) filled[field] = MARKER;
    const value = filled[field];
    if (typeof value === 'string' && value !== '') values.push(value);
  }
  return { config: filled, values };
}

/** What the Secrets on the cluster hold, plain and as they are stored. */
async function stored({ kube, namespace }: Stage): Promise<string[]> {
  const { items } = await list(kube, { apiVersion: 'v1', kind: 'Secret', namespace });
  const hidden = /pass|token|key|secret|uri|url|dsn/i;
  return items.flatMap(({ data = {} }) =>
    Object.entries<string>(data)
      .filter(([key, value]) => hidden.test(key) && value.length >= 8)
      .flatMap(([, value]) => [value, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

async function expectHidden(stage: Stage, actor: Actor, values: string[]): Promise<void> {
  const places = {
    'the log': actor.log.join(''),
    'the answers': JSON.stringify(actor.operator.answers),
    'the metadata': JSON.stringify(actor.operator.metadata),
    'the Events': (await stage.events()).join('\n'),
    'an object that is no Secret': JSON.stringify(
      [...(await stage.snapshot()).values()].filter(({ kind }) => kind !== 'Secret'),
    ),
  };
  for (const value of values.flatMap(formsOf)) {
    for (const [place, text] of Object.entries(places)) {
      expect(text.includes(value), `a secret in ${place}`).toBe(false);
    }
  }
}

/** As it is, as JSON escapes it, as a Secret stores it, and in a form that no redaction knows. */
function formsOf(value: string): string[] {
  const [base64, hex] = (['base64', 'hex'] as const).map((form) => Buffer.from(value).toString(form));
  return [value, JSON.stringify(value).slice(1, -1), base64!, hex!];
}

export const secrets: Group = {
  title: 'secrets',
  checks: [
    {
      title: 'are in no metadata, answer, log line, Event or other object, through a whole life',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const { config, values } = withSecrets(subject, stage.config);
          const actor = await stage.start({ config });
          for (const verb of ['install', 'sleep', 'resume', 'uninstall'] as const) {
            await actor.operator.call(verb);
            values.push(...(await stored(stage)));
            await expectHidden(stage, actor, values);
          }
        }),
    },
    {
      title: 'are in no answer or log line when the cluster refuses a call and quotes it',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const { config, values } = withSecrets(subject, stage.config);
          const actor = await stage.start({ config });
          await actor.operator.call('install');
          values.push(...(await stored(stage)));
          const bodies = actor.proxy.writes.map(({ body }) => JSON.stringify(body));
          await actor.operator.call('uninstall');
          // An admission webhook may say anything.
          const message = `admission webhook "policy" denied the request: ${bodies.join(' ')} ${values.join(' ')}`;
          const again = await stage.replace(actor, { config, metadata: {} });
          again.proxy.inject({
            when: ({ method }) => method !== 'GET',
            fault: { kind: 'status', status: 403, message },
          });
          const { status, text } = await again.operator.call('install');
          expect(status, text).toBe(400);
          await expectHidden(stage, again, values);
        }),
    },
    {
      title: 'of the kubeconfig are not shown either',
      run: (subject) =>
        onStage(subject, async (stage) => {
          const actor = await stage.start();
          const token = 'token-of-the-kubeconfig-5kW9';
          const text = actor.proxy.kubeconfig.replace('token: proxy', `token: ${token}`);
          const own = await stage.start({ kubeconfig: text });
          actor.proxy.inject({
            when: ({ headers }) => Boolean(headers.authorization?.includes(token)),
            fault: { kind: 'status', status: 401, message: `bad token ${token}` },
          });
          const { status, text: told } = await own.operator.call('install');
          expect(status, told).toBe(400);
          await expectHidden(stage, own, [token]);
        }),
    },
  ],
};
