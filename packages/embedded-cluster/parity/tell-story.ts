import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { normalise } from './normalise.ts';
import type { Stage } from './stage.ts';
import { type Entry, Scene, type Story } from './story.ts';

const FOLDER = new URL('stories/', import.meta.url);

/** Every story by its name: the name of its file, read as a sentence. */
export const stories: ReadonlyMap<string, () => Promise<Story>> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => [
      file.slice(0, -'.ts'.length),
      async () => (await import(new URL(file, FOLDER).href)).default as Story,
    ]),
);

/** Tells a story in a fresh namespace; what it saw, normalised. */
export async function tellStory(name: string, stage: Stage): Promise<Entry[]> {
  const tell = await stories.get(name)!();
  const { client } = stage;
  const namespace = `parity-${randomBytes(4).toString('hex')}`;
  const created = await client.send({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { metadata: { name: namespace } },
  });
  if (created.status !== 201) throw new Error(`no namespace for the story: ${JSON.stringify(created.body)}`);
  const scene = new Scene(client, namespace, stage.kind);
  try {
    await settledIn(client, namespace);
    await tell(scene);
  } finally {
    await scene.end();
    stage.told.push(namespace);
  }
  return normalise(scene.entries, namespace);
}

/** Controllers put an account and a certificate into each new namespace; Pods are refused before. */
async function settledIn(client: Stage['client'], namespace: string) {
  for (const path of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt']) {
    const end = Date.now() + 10_000;
    while (
      (await client.send({ method: 'GET', path: `/api/v1/namespaces/${namespace}/${path}` })).status !== 200
    ) {
      if (Date.now() > end) throw new Error(`${path} did not appear in namespace ${namespace} within 10 s`);
      await delay(5);
    }
  }
}
