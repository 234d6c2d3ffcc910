import { readFileSync } from 'node:fs';
import { Client } from './client.ts';

/** A cluster that stories can be told on. */
export interface Stage {
  kind: 'embedded' | 'real';
  client: Client;
  /** Of the server, such as `v1.35.4`. */
  version: string;
  /** Namespaces of stories that were told; they go at the end, as their going keeps a real cluster busy. */
  told: string[];
  stop(): Promise<void>;
}

export async function stageOf(
  kind: Stage['kind'],
  kubeconfig: string,
  stop = async () => {},
): Promise<Stage> {
  const client = new Client(kubeconfig);
  const { body } = await client.send({ method: 'GET', path: '/version' });
  const told: string[] = [];
  return {
    kind,
    client,
    version: body.gitVersion,
    told,
    async stop() {
      for (const namespace of told) {
        await client.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      }
      client.close();
      await stop();
    },
  };
}

/** The cluster of KUBECONFIG_TEST, the path of a kubeconfig; nothing when it is not set. */
export async function realStage(): Promise<Stage | undefined> {
  const file = process.env.KUBECONFIG_TEST;
  return file ? stageOf('real', readFileSync(file, 'utf8')) : undefined;
}
