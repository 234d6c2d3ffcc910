import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { send } from '../wire/send.ts';
import { Correct, Plain } from './correct.ts';
import { mutant } from './mutant.ts';

/** Other words about its health. */
const saying = (change: (body: Record<string, unknown>) => Record<string, unknown>) =>
  class extends Plain {
    override healthBody() {
      return { ...super.healthBody(), ...change(super.healthBody()) };
    }
  };

export const health = [
  mutant(
    'health-204',
    'health is answered 203',
    ['health/ok'],
    class extends Plain {
      override async health(response: ServerResponse) {
        this.json(response, 203, JSON.stringify(this.healthBody()));
      }
    },
  ),
  mutant(
    'never-well',
    'health is 503 and false from the start',
    ['health/ok'],
    class extends Plain {
      override async health(response: ServerResponse) {
        this.json(response, 503, JSON.stringify({ ...this.healthBody(), healthy: false }));
      }
    },
  ),
  mutant(
    'health-is-text',
    'health is answered "OK"',
    ['health/json'],
    class extends Plain {
      override async health(response: ServerResponse) {
        this.json(response, 200, 'OK');
      }
    },
  ),
  mutant(
    'health-untyped',
    'health has no Content-Type',
    ['health/content-type'],
    class extends Plain {
      override async health(response: ServerResponse) {
        response.writeHead(200, this.headers()).end(JSON.stringify(this.healthBody()));
      }
    },
  ),
  mutant(
    'unix-time',
    'the timestamp is in seconds since 1970',
    ['health/timestamp'],
    saying(() => ({ timestamp: Math.floor(Date.now() / 1000) })),
  ),
  mutant(
    'local-time',
    'the timestamp is local time marked as UTC',
    ['health/timestamp-now'],
    saying(() => ({ timestamp: `${new Date(Date.now() + 7_200_000).toISOString().slice(0, 19)}Z` })),
  ),
  mutant(
    'frozen-time',
    "the timestamp is a locale's text",
    ['health/timestamp'],
    saying(() => ({ timestamp: new Date().toUTCString() })),
  ),
  mutant(
    'uptime-text',
    'the uptime is a text',
    ['health/uptime'],
    saying(({ uptime }) => ({ uptime: `${uptime}s` })),
  ),
  mutant(
    'uptime-stands',
    'the uptime does not grow',
    ['health/uptime-grows'],
    saying(() => ({ uptime: 12.5 })),
  ),
  mutant(
    'uptime-millis',
    'the uptime is in milliseconds',
    ['health/uptime-seconds'],
    saying(({ uptime }) => ({ uptime: Number(uptime) * 1000 })),
  ),
  mutant(
    'no-message',
    'health has no message',
    ['health/message'],
    saying(() => ({ message: undefined })),
  ),
  mutant(
    'healthy-text',
    'healthy is a text',
    ['health/healthy'],
    saying(() => ({ healthy: 'yes' })),
  ),
  mutant(
    'unwell-with-200',
    'health is false with 200',
    ['health/status-agrees'],
    saying(() => ({ healthy: false })),
  ),
  mutant(
    'busy-health',
    'health waits for the running verb',
    ['health/during-call', 'http/stalled-caller'].slice(0, 1),
    class extends Correct {
      override async health(response: ServerResponse) {
        await this.running;
        await super.health(response);
      }
    },
  ),
  mutant(
    'asking-health',
    'health waits for the cluster without a limit',
    ['health/during-call', 'health/without-cluster'].slice(1),
    class extends Correct {
      override async health(response: ServerResponse) {
        let kubeconfig = '';
        try {
          kubeconfig = readFileSync(join(this.host.env.FORKSPACER_DIR ?? '', 'workspace_kubeconfig'), 'utf8');
        } catch {
          // Without one there is nobody to ask.
        }
        const [, server] = /server: (\S+)/.exec(kubeconfig) ?? [];
        // Not while a verb runs.
        const idle = await Promise.race([
          this.running.then(() => true),
          new Promise((done) => setTimeout(done, 5, false)),
        ]);
        if (server && idle) await send(server, '/version', { method: 'GET', timeout: 4_000 }).catch(() => {});
        await super.health(response);
      }
    },
  ),
];
