import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Verb } from '@forkspacer/contract';
import { ClusterError } from './client.ts';
import { Correct, type Metadata, Plain, Refusal } from './correct.ts';
import { mutant } from './mutant.ts';

export const errors = [
  mutant(
    'silent-errors',
    'a 400 has no text',
    ['errors/text'],
    class extends Plain {
      override errorText() {
        return '';
      }
    },
  ),
  mutant(
    'stack-traces',
    'a 400 holds a stack trace',
    ['errors/one-line'],
    class extends Plain {
      override errorText(error: Error) {
        return `${error.message}\n    at handler (main.js:1:1)`;
      }
    },
  ),
  mutant(
    'quotes-the-body',
    'a 400 quotes what was sent',
    ['errors/short'],
    class extends Plain {
      override parse(body: string, verb: Verb) {
        try {
          return super.parse(body, verb);
        } catch {
          throw new Refusal(`cannot parse ${body.replaceAll('\n', ' ')}`);
        }
      }
      override errorText(error: Error) {
        return error.message;
      }
    },
  ),
  mutant(
    'html-errors',
    'a 400 is an HTML page',
    ['errors/plain-text'],
    class extends Plain {
      override failed(response: ServerResponse, error: Error) {
        const headers = { 'content-type': 'text/html', ...this.headers() };
        response.writeHead(400, headers).end(`<pre>${error.message}</pre>`);
      }
    },
  ),
  mutant(
    'stuck-after-errors',
    'after a malformed body the next verbs are refused',
    ['errors/goes-on'],
    class extends Plain {
      #stuck = 0;
      override parse(body: string, verb: Verb): Metadata {
        if (verb === 'sleep' && body.includes('"first')) this.#stuck = 1;
        else if (verb === 'sleep' && this.#stuck-- > 0) throw new Refusal('still busy with the last call');
        return super.parse(body, verb);
      }
    },
  ),
  mutant(
    'cluster-500',
    'what the cluster refuses ends in a 500',
    ['errors/refused-by-cluster'],
    class extends Correct {
      override failed(response: ServerResponse, error: Error) {
        const refused = error instanceof ClusterError && error.status === 403;
        if (refused) this.text(response, 500, error.message);
        else super.failed(response, error);
      }
    },
  ),
  mutant(
    'needs-a-kubeconfig',
    'a missing kubeconfig ends in a 500',
    ['errors/no-kubeconfig'],
    class extends Plain {
      override failed(response: ServerResponse, error: Error) {
        if (error.message.includes('workspace_kubeconfig')) this.text(response, 500, 'ENOENT');
        else super.failed(response, error);
      }
    },
  ),
  mutant(
    'tells-the-config',
    'errors quote the config',
    ['errors/no-secrets'],
    class extends Plain {
      override errorText(error: Error) {
        try {
          return `${super.errorText(error)} (config ${JSON.stringify(this.rawConfig())})`;
        } catch {
          return super.errorText(error);
        }
      }
    },
  ),
  mutant(
    'tells-the-kubeconfig',
    'errors quote the kubeconfig',
    ['errors/no-secrets'],
    class extends Plain {
      override errorText(error: Error) {
        try {
          const text = readFileSync(join(this.host.env.FORKSPACER_DIR ?? '', 'workspace_kubeconfig'), 'utf8');
          return `${super.errorText(error)} (${text.replace(/\s+/g, ' ')})`;
        } catch {
          return super.errorText(error);
        }
      }
    },
  ),
  mutant(
    'logs-the-config',
    'the config is logged',
    ['errors/no-secrets-logged'],
    class extends Plain {
      override rawConfig() {
        const raw = super.rawConfig();
        this.log(`config ${JSON.stringify(raw)}`);
        return raw;
      }
    },
  ),
];
