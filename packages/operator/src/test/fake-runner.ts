/**
 * A module whose answers a test writes down: `node fake-runner.ts FOLDER`. FOLDER/script.json holds, by verb, a list
 * of answers (the last one stays); what was called is appended to FOLDER/calls.jsonl.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

export interface ScriptedAnswer {
  status?: number;
  /** Text, or an object that becomes JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  /** ms before the answer */
  after?: number;
  /** No answer: the process ends, before or after it would have. */
  die?: boolean;
  /** The answer is not sent, the connection is dropped. */
  drop?: boolean;
}

export type Script = Partial<
  Record<'install' | 'uninstall' | 'sleep' | 'resume' | 'health' | 'start', ScriptedAnswer[]>
>;

export interface RecordedCall {
  verb: string;
  path: string;
  method: string;
  body: string;
  headers: Record<string, string>;
  pid: number;
  instance: string;
  directory: string;
  config: unknown;
  kubeconfig: boolean;
  controller: boolean;
  at: number;
  /** A line of its own tells that the answer was sent, and when. */
  answered?: boolean;
}

const CODES: Record<string, number> = { install: 201, uninstall: 204, sleep: 200, resume: 200, health: 200 };

function main(folder: string): void {
  const { PORT, FORKSPACER_DIR = '', FORKSPACER_INSTANCE = '', KUBECONFIG } = process.env;
  const script = (): Script => JSON.parse(readFileSync(join(folder, 'script.json'), 'utf8'));
  const counts: Record<string, number> = {};
  const record = (call: object) => appendFileSync(join(folder, 'calls.jsonl'), `${JSON.stringify(call)}\n`);
  const exists = (name: string) => {
    try {
      return readFileSync(join(FORKSPACER_DIR, name), 'utf8').includes('clusters');
    } catch {
      return false;
    }
  };
  const next = (verb: string): ScriptedAnswer => {
    const answers = script()[verb as keyof Script] ?? [];
    // Counted over all processes of this module: a runner that was replaced goes on with the script.
    const before = counts[verb] ?? priorCalls(folder, verb);
    counts[verb] = before + 1;
    return answers[Math.min(before, answers.length - 1)] ?? {};
  };

  if (script().start?.[0]?.die) {
    console.error('the scripted runner dies at the start');
    process.exit(3);
  }
  console.log('the scripted runner starts');
  createServer((request, response) => {
    const url = new URL(request.url!, 'http://runner');
    const verb = url.pathname.slice(1);
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const call = {
        verb,
        path: request.url!,
        method: request.method!,
        body,
        headers: request.headers,
        pid: process.pid,
        instance: FORKSPACER_INSTANCE,
        directory: FORKSPACER_DIR,
        config: JSON.parse(readFileSync(join(FORKSPACER_DIR, 'config.json'), 'utf8')),
        kubeconfig: exists('workspace_kubeconfig'),
        controller: KUBECONFIG !== undefined && exists('controller_kubeconfig'),
        at: Date.now(),
      };
      const answer = next(verb);
      record(verb === 'health' ? { ...call, answered: true } : call);
      setTimeout(() => {
        if (answer.die) process.exit(1);
        if (answer.drop) return request.socket.destroy();
        const text =
          typeof answer.body === 'object' ? JSON.stringify(answer.body) : String(answer.body ?? '');
        if (verb !== 'health') record({ verb, pid: process.pid, at: Date.now(), answered: true });
        response.writeHead(answer.status ?? CODES[verb] ?? 404, { connection: 'close', ...answer.headers });
        response.end(answer.status === 204 ? undefined : text);
      }, answer.after ?? 0);
    });
  }).listen(Number(PORT));
  process.on('SIGTERM', () => process.exit(0));
}

function priorCalls(folder: string, verb: string): number {
  try {
    const lines = readFileSync(join(folder, 'calls.jsonl'), 'utf8').trim().split('\n').filter(Boolean);
    return lines.filter((line) => {
      const call = JSON.parse(line) as RecordedCall;
      return call.verb === verb && !call.answered;
    }).length;
  } catch {
    return 0;
  }
}

if (import.meta.main) main(process.argv[2]!);
