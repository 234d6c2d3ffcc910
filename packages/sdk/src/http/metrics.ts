import { createServer, type Server } from 'node:http';
import type { Verb } from '@forkspacer/contract';

/** Upper bounds of the histogram in seconds: from one API call to the deadline. */
const BUCKETS = [0.05, 0.25, 1, 5, 15, 60, 240];

export interface CallMetrics {
  count(answer: { verb: Verb; status: number; seconds: number }): void;
  /** Prometheus' text format. */
  text(): string;
}

/** Counts answers to verbs, by status, and how long they took. */
export function callMetrics(module: { name: string; version: string }): CallMetrics {
  const calls = new Map<string, number>();
  const durations = new Map<Verb, { sum: number; buckets: number[] }>();

  return {
    count({ verb, status, seconds }) {
      const key = `verb="${verb}",status="${status}"`;
      calls.set(key, (calls.get(key) ?? 0) + 1);
      const duration = durations.get(verb) ?? { sum: 0, buckets: [...BUCKETS, Infinity].map(() => 0) };
      duration.sum += seconds;
      [...BUCKETS, Infinity].forEach((bound, index) => {
        if (seconds <= bound) duration.buckets[index]! += 1;
      });
      durations.set(verb, duration);
    },
    text() {
      const { rss, heapUsed } = process.memoryUsage();
      const lines = [
        '# HELP forkspacer_module_info The module that runs here.',
        '# TYPE forkspacer_module_info gauge',
        `forkspacer_module_info{module="${module.name}",version="${module.version}"} 1`,
        '# HELP forkspacer_module_calls_total Answers to verbs by status.',
        '# TYPE forkspacer_module_calls_total counter',
        ...[...calls].map(([key, value]) => `forkspacer_module_calls_total{${key}} ${value}`),
        '# HELP forkspacer_module_call_duration_seconds From the call to its answer.',
        '# TYPE forkspacer_module_call_duration_seconds histogram',
        ...[...durations].flatMap(([verb, { sum, buckets }]) => [
          ...buckets.map((value, index) => {
            const bound = BUCKETS[index] ?? '+Inf';
            return `forkspacer_module_call_duration_seconds_bucket{verb="${verb}",le="${bound}"} ${value}`;
          }),
          `forkspacer_module_call_duration_seconds_sum{verb="${verb}"} ${sum}`,
          `forkspacer_module_call_duration_seconds_count{verb="${verb}"} ${buckets.at(-1)}`,
        ]),
        '# HELP process_resident_memory_bytes Resident memory.',
        '# TYPE process_resident_memory_bytes gauge',
        `process_resident_memory_bytes ${rss}`,
        '# HELP nodejs_heap_size_used_bytes Heap of the listening thread.',
        '# TYPE nodejs_heap_size_used_bytes gauge',
        `nodejs_heap_size_used_bytes ${heapUsed}`,
        '# HELP process_uptime_seconds Since the process started.',
        '# TYPE process_uptime_seconds gauge',
        `process_uptime_seconds ${process.uptime()}`,
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

/** Serves `GET /metrics` on a port of its own, where no caller of the module gets to. */
export async function serveMetrics(metrics: CallMetrics, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const known = request.url === '/metrics' && ['GET', 'HEAD'].includes(request.method ?? '');
    response.writeHead(known ? 200 : 404, {
      'Content-Type': known ? 'text/plain; version=0.0.4; charset=utf-8' : 'text/plain; charset=utf-8',
      Connection: 'close',
    });
    response.end(known ? metrics.text() : 'expected GET /metrics');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}
