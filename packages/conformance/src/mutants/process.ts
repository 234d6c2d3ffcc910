import type { Verb } from '@forkspacer/contract';
import { Correct, type Metadata, Plain } from './correct.ts';
import type { Host } from './host.ts';
import { mutant } from './mutant.ts';

/** Another process around the same module. */
const on = (change: (host: Host) => Partial<Host>, Base: new (host: Host) => Correct = Plain) =>
  class extends Base {
    constructor(host: Host) {
      super({ ...host, ...change(host) });
    }
  };

export const processes = [
  mutant(
    'fixed-port',
    'PORT is not read',
    ['process/port', 'process/bad-port', 'process/port-taken'],
    class extends Plain {
      override port() {
        return 8080;
      }
    },
  ),
  mutant(
    'default-3000',
    'without PORT it listens on 3000',
    ['process/default-port'],
    class extends Plain {
      override port() {
        return this.host.env.PORT ? super.port() : 0;
      }
    },
  ),
  mutant(
    'any-port',
    'a PORT that is none is replaced by 8080',
    ['process/bad-port', 'process/bad-port-told'].slice(0, 1),
    class extends Plain {
      override port() {
        try {
          return super.port();
        } catch (error) {
          this.log(`${error}; using 8080`);
          return 8080;
        }
      }
    },
  ),
  mutant(
    'silent-end',
    'a PORT that is none ends it without a word',
    ['process/bad-port-told'],
    class extends Plain {
      override port() {
        try {
          return super.port();
        } catch {
          throw new Error('cannot start');
        }
      }
    },
  ),
  mutant(
    'waits-for-the-port',
    'a port that is taken is waited for',
    ['process/port-taken'],
    on((host) => ({
      listen: (server, port) => host.listen(server, port).catch(() => new Promise(() => {})),
    })),
  ),
  mutant(
    'localhost-only',
    'it listens on 127.0.0.1 only',
    ['process/all-addresses'],
    on((host) => ({ listen: (server, port) => host.listen(server, port, '127.0.0.1') })),
  ),
  mutant(
    'slow-start',
    'it loads too long before it listens',
    ['process/starts-in-time'],
    class extends Plain {
      override async main() {
        await new Promise((done) => setTimeout(done, SLOW));
        if (!this.host.gone.aborted) await super.main();
      }
    },
  ),
  mutant(
    'deaf',
    'SIGTERM and SIGINT are ignored',
    ['process/sigterm', 'process/sigint'],
    class extends Plain {
      override async shutDown() {}
    },
  ),
  mutant(
    'no-handler',
    'SIGTERM ends it by default',
    ['process/exit-code', 'process/open-call', 'process/running-call'],
    on(() => ({ onSignal() {} }), Correct),
  ),
  mutant(
    'exit-143',
    'it ends with 143 after SIGTERM',
    ['process/exit-code'],
    on((host) => ({ exit: (code) => host.exit(code || 143) })),
  ),
  mutant(
    'drops-open-calls',
    'open calls are dropped on SIGTERM',
    ['process/open-call', 'process/running-call'],
    class extends Correct {
      override async shutDown() {
        this.host.exit(0);
      }
    },
  ),
  mutant(
    'drops-running-calls',
    'a verb that runs on SIGTERM is not answered',
    ['process/running-call'],
    class extends Correct {
      #verbs = 0;
      override async shutDown() {
        if (this.#verbs > 0) this.host.exit(0);
        await super.shutDown();
      }
      override async verb(verb: Verb, metadata: Metadata) {
        this.#verbs++;
        return super.verb(verb, metadata).finally(() => this.#verbs--);
      }
    },
  ),
  mutant(
    'half-a-line',
    'the last line of its log is cut off',
    ['process/whole-lines'],
    class extends Plain {
      override log(message: string) {
        if (message === 'stopped') this.host.write('{"message": "sto');
        else super.log(message);
      }
    },
  ),
  mutant(
    'one-start',
    'it does not start again where it has been',
    ['process/restart-on-same-port'],
    class extends Plain {
      override port() {
        const port = super.port();
        if (Date.now() - (used.get(port) ?? 0) < 1_000) throw new Error('EADDRINUSE');
        used.set(port, Date.now());
        return port;
      }
    },
  ),
];

const SLOW = 75;
/** When it was last started on a port. */
const used = new Map<number, number>();
