import { networkInterfaces } from 'node:os';
import { type Bench, expect } from '../bench.ts';
import { Blocked, type Check, Failed, NotApplicable, operator, shown, spec } from '../check.ts';
import { freePort, occupy } from '../target/free-port.ts';
import type { Exit, Runner } from '../target/target.ts';
import { isDone } from '../wire/post.ts';
import { raw, send } from '../wire/send.ts';

const SERVER = 'Step 3: Write HTTP Server Code';
const DEFAULT_PORT = 8080;

async function exitWithin(runner: Runner, limit: number): Promise<Exit | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limit);
  });
  return Promise.race([runner.exited, late]).finally(() => clearTimeout(timer));
}

/** Ends with another code than 0 instead of listening. */
async function givesUp(bench: Bench, runner: Runner, why: string): Promise<Exit> {
  const exit = await exitWithin(runner, bench.timing.listen);
  if (!exit) throw new Failed(`the process to end with ${why}`, 'it running on');
  return exit;
}

function howItEnded({ code, signal }: Exit): string {
  return signal ? `it ended by ${signal}` : `exit code ${code}`;
}

function endsBy(signal: 'SIGTERM' | 'SIGINT', id: string, text: string): Check {
  return {
    id,
    level: 'required',
    sentence: `ends within ten seconds of ${signal}`,
    source: spec(SERVER, text),
    fix: `Handle ${signal}: stop listening, let running calls end, and exit. As process 1 of a container, a program without a handler does not get the signal at all.`,
    needs: ['process'],
    own: true,
    async run(bench) {
      const runner = await bench.start();
      runner.signal(signal);
      const exit = await exitWithin(runner, bench.timing.exit);
      expect(exit !== undefined, `an end within ${bench.timing.exit / 1000} s`, 'it running on');
    },
  };
}

/** Another address of this machine than 127.0.0.1. */
function otherAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const outer = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  // All of 127.0.0.0/8 is this machine on Linux.
  return outer?.address ?? (process.platform === 'linux' ? '127.0.0.2' : undefined);
}

export const processes: Check[] = [
  {
    id: 'process/port',
    level: 'required',
    sentence: 'listens on the port that PORT names',
    source: operator(
      'What a runner sees',
      'container port 8080, `PORT=8080`, and a Service (port 80 -> 8080)',
    ),
    fix: 'Read PORT from the environment and listen on it.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const runner = await bench.launch();
      const listens = await bench.listens(runner);
      expect(listens, 'GET /health answered on PORT', shown(runner.output().slice(-200)));
    },
  },
  {
    id: 'process/default-port',
    level: 'required',
    sentence: 'listens on 8080 when PORT is not set',
    source: spec(SERVER, 'port = "8080"'),
    fix: 'Take 8080 when PORT is missing.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const free = await (bench.setting.target.occupy ?? occupy)(DEFAULT_PORT);
      if (!free) throw new NotApplicable('port 8080 is in use here');
      await free.free();
      const runner = await bench.launch({ port: null, expectedPort: DEFAULT_PORT });
      const listens = await bench.listens(runner);
      expect(listens, 'GET /health answered on 8080', shown(runner.output().slice(-200)));
    },
  },
  {
    id: 'process/bad-port',
    level: 'required',
    sentence: 'ends with an error when PORT is no port',
    source: spec(
      SERVER,
      `logger.Fatal(fmt.Sprintf("failed to parse port '%s' as uint16", port), zap.Error(err))`,
    ),
    fix: 'Check PORT before listening, and exit with code 1: listening somewhere else would be found out much later.',
    needs: ['process'],
    own: true,
    async run(bench) {
      for (const port of ['http', '70000']) {
        const runner = await bench.launch({ port });
        const exit = await givesUp(bench, runner, `PORT=${port}`);
        expect(exit.code !== 0, `another exit code than 0 with PORT=${port}`, '0');
      }
    },
  },
  {
    id: 'process/bad-port-told',
    level: 'recommended',
    sentence: 'says that PORT is no port',
    source: spec(
      SERVER,
      `logger.Fatal(fmt.Sprintf("failed to parse port '%s' as uint16", port), zap.Error(err))`,
    ),
    fix: 'Write a line that names PORT and its value before ending.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const runner = await bench.launch({ port: 'no-such-port' });
      const exit = await exitWithin(runner, bench.timing.listen);
      if (!exit) throw new Blocked('it does not end');
      expect(runner.output().includes('no-such-port'), 'a line that names it', shown(runner.output()));
    },
  },
  {
    id: 'process/port-taken',
    level: 'required',
    sentence: 'ends with an error when its port is taken',
    source: spec(
      SERVER,
      'logger.Fatal("error while serving http", zap.String("port", port), zap.Error(err))',
    ),
    fix: 'Exit with code 1 when listening fails.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const taken = await occupy(0);
      if (!taken) throw new NotApplicable('no port to be had');
      try {
        const runner = await bench.launch({ expectedPort: taken.port });
        const exit = await givesUp(bench, runner, 'a port that is taken');
        expect(exit.code !== 0, 'another exit code than 0', '0');
      } finally {
        await taken.free();
      }
    },
  },
  {
    id: 'process/all-addresses',
    level: 'required',
    sentence: 'listens on all addresses of its host',
    source: operator(
      'What a runner sees',
      'container port 8080, `PORT=8080`, and a Service (port 80 -> 8080)',
    ),
    fix: 'Listen on 0.0.0.0 or ::, not on localhost: calls come to the address of the Pod.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const address = otherAddress();
      if (!address) throw new NotApplicable('this machine has no other address');
      const runner = await bench.start();
      const url = runner.at(address);
      await send(url, '/health', { method: 'GET', timeout: bench.timing.health }).catch((error: Error) => {
        throw new Failed(`an answer on ${address}`, error.message);
      });
    },
  },
  {
    id: 'process/starts-in-time',
    level: 'recommended',
    sentence: 'listens before the first call comes',
    source: operator(
      'What a runner sees',
      'The first POST comes 1.1 s (or 3 s) after the Pod runs; /health is never called.',
    ),
    fix: 'Listen first and load the rest later: a call that finds nobody listening is not repeated.',
    needs: ['process'],
    own: true,
    async run(bench) {
      // The best of three: a busy machine slows down any one of them.
      for (let attempt = 0; attempt < 3; attempt++) {
        if (bench.starts.some((ms) => ms <= bench.timing.firstCall)) return;
        await bench.start();
      }
      const best = Math.min(...bench.starts);
      expect(
        best <= bench.timing.firstCall,
        `listening within ${bench.timing.firstCall} ms`,
        `${Math.round(best)} ms at best`,
      );
    },
  },
  endsBy('SIGTERM', 'process/sigterm', 'signal.Notify(sigChan, syscall.SIGINT, syscall.SIGTERM)'),
  endsBy('SIGINT', 'process/sigint', 'signal.Notify(sigChan, syscall.SIGINT, syscall.SIGTERM)'),
  {
    id: 'process/exit-code',
    level: 'required',
    sentence: 'ends with code 0 after SIGTERM',
    source: spec(SERVER, 'logger.Info("Manager server stopped", zap.String("port", port))'),
    fix: 'Exit with 0 when asked to end: another code makes the Pod a failed one.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const runner = await bench.start();
      runner.signal('SIGTERM');
      const exit = await exitWithin(runner, bench.timing.exit);
      if (!exit) throw new Blocked('it does not end');
      expect(exit.code === 0, 'exit code 0', howItEnded(exit));
    },
  },
  {
    id: 'process/open-call',
    level: 'required',
    sentence: 'answers a call that was begun before SIGTERM',
    source: spec(SERVER, 'if err := server.Shutdown(shutdownCtx); err != nil {'),
    fix: 'On SIGTERM stop listening, but go on with open calls for up to ten seconds before exiting.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      await life.must('install');
      const body = JSON.stringify(life.metadata);
      const head = [
        'POST /sleep HTTP/1.1',
        'Host: runner',
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(body)}`,
        '',
        '',
      ].join('\r\n');
      const { verb: timeout, quiet } = bench.timing;
      // The second half of the body comes after the signal.
      const parts = [head + body.slice(0, 1), '', body.slice(1)];
      const text = raw(life.runner.url, parts, { quiet, timeout, pause: 2 * quiet });
      await new Promise((done) => setTimeout(done, 3 * quiet));
      life.runner.signal('SIGTERM');
      const status = /^HTTP\/1\.[01] (\d+)/.exec(await text.catch(() => ''))?.[1];
      expect(status !== undefined, 'an answer', 'a closed connection');
      expect(/^(2..|400)$/.test(status), 'success or 400', status);
    },
  },
  {
    id: 'process/running-call',
    level: 'robust',
    sentence: 'lets a running verb end after SIGTERM, and answers it',
    source: operator('What a runner sees', 'SIGTERM comes right after the 204.'),
    fix: 'Count running verbs, and exit when the last one has been answered.',
    needs: ['faults'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      const { gate } = await bench.scene();
      const inside = gate.close();
      const verb = life.call('install').catch((error: Error) => error);
      try {
        const first = await Promise.race([inside.then(() => 'inside'), verb.then(() => 'done')]);
        if (first === 'done')
          throw new NotApplicable(
            'install asks nothing of the cluster, so that it cannot be made to take long',
          );
        life.runner.signal('SIGTERM');
        await new Promise((done) => setTimeout(done, bench.timing.quiet));
      } finally {
        gate.open();
      }
      const answer = await verb;
      if (answer instanceof Error) throw new Failed('an answer to the running install', answer.message);
      expect(
        isDone(answer) || answer.status === 400,
        'success or 400',
        `${answer.status}: ${shown(answer.text)}`,
      );
    },
  },
  {
    id: 'process/whole-lines',
    level: 'robust',
    sentence: 'writes its output to the end before it ends',
    source: spec(SERVER, 'logger.Info("Manager server stopped", zap.String("port", port))'),
    fix: 'Flush the log before exiting: the last lines tell why.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const life = await bench.life();
      await life.call('install').catch(() => {});
      await life.call('sleep', '{"a":').catch(() => {});
      await life.call('uninstall').catch(() => {});
      life.runner.signal('SIGTERM');
      if (!(await exitWithin(life.runner, bench.timing.exit))) throw new Blocked('it does not end');
      const output = life.runner.output();
      const last = output.split('\n').at(-1) ?? '';
      expect(last === '', 'a last line that is whole', shown(last));
    },
  },
  {
    id: 'process/restart-on-same-port',
    level: 'robust',
    sentence: 'can be started again on the port of a process that just ended',
    source: operator(
      'What the operator does with an answer',
      'A runner that died is never replaced: the next call waits 30 s and gives up',
    ),
    fix: 'Listen with SO_REUSEADDR, so that connections that are still winding down do not keep the port.',
    needs: ['process'],
    own: true,
    async run(bench) {
      const port = await freePort();
      const first = await bench.start({ expectedPort: port });
      await bench.health(first);
      await first.kill();
      const second = await bench.launch({ expectedPort: port });
      expect(await bench.listens(second), 'GET /health answered', shown(second.output().slice(-200)));
    },
  },
];
