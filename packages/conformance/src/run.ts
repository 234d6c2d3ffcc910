import { oneLine } from '@forkspacer/contract';
import { Bench, type Setting } from './bench.ts';
import { Blocked, type Check, LEVELS, type Level, NEED_MEANS, NotApplicable } from './check.ts';
import { CHECKS } from './checks/index.ts';
import type { Scene } from './cluster/scene.ts';
import type { Outcome, Report, Status } from './report.ts';
import { TIMING, type Timing } from './timing.ts';
import { NoAnswer } from './wire/send.ts';

export interface RunOptions extends Partial<Omit<Setting, 'timing'>> {
  target: Setting['target'];
  /** Checks of this level and those before it. Default required. */
  level?: Level;
  /** Only these ids or groups. */
  only?: readonly string[];
  /** Id of a check to the reason why it may fail. */
  expectedFailures?: Readonly<Record<string, string>>;
  timing?: Partial<Timing>;
  /** A cluster that is there already. */
  scene?: Scene;
  onOutcome?: (outcome: Outcome) => void;
  signal?: AbortSignal;
}

/** Which checks a run has. @throws Error when `only` names none */
export function selected(level: Level = 'required', only?: readonly string[]): Check[] {
  for (const name of only ?? []) {
    if (!CHECKS.some((check) => isNamed(check, name))) {
      throw new Error(
        `expected the id or the group of a check, found ${JSON.stringify(name)}; --list tells them`,
      );
    }
  }
  const levels = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
  return CHECKS.filter((check) =>
    only ? only.some((name) => isNamed(check, name)) : levels.includes(check.level),
  );
}

const isNamed = ({ id }: Check, name: string) => id === name || groupOf(id) === name;

const groupOf = (id: string) => id.slice(0, id.indexOf('/'));

/** Checks a module. Everything that is started is ended before it returns. */
export async function run(options: RunOptions): Promise<Report> {
  const {
    target,
    level = 'required',
    expectedFailures = {},
    onOutcome,
    signal,
    scene,
    timing,
    ...rest
  } = options;
  const setting: Setting = { config: {}, ...rest, target, timing: { ...TIMING, ...timing } };
  const checks = selected(level, options.only);
  const started = performance.now();
  const outcomes: Outcome[] = [];
  const add = (check: Check, status: Status, ms: number, reason?: string) => {
    const { id, sentence, source, fix } = check;
    const because = Object.hasOwn(expectedFailures, id) ? expectedFailures[id] : undefined;
    const expected = status === 'failed' && because !== undefined;
    const outcome: Outcome = {
      id,
      group: groupOf(id),
      level: check.level,
      sentence,
      source,
      fix,
      status: expected ? 'expected' : status,
      ...(reason !== undefined && { reason: oneLine(reason, 500) }),
      ...(expected && { expectedBecause: because }),
      ms: Math.round(ms),
    };
    outcomes.push(outcome);
    onOutcome?.(outcome);
  };

  // Checks that share a life come first, in one lane; those with processes of their own may have clusters of their own.
  const shared = checks.filter(({ own }) => !own);
  const own = checks.filter((check) => check.own);
  const alone = scene !== undefined || setting.kubeconfig !== undefined || target.launch === undefined;
  const lanes = alone ? [[...shared, ...own]] : lanesOf(shared, own);
  await Promise.all(
    lanes.map(async (lane) => {
      const bench = new Bench(setting, scene);
      try {
        for (const check of lane) {
          if (signal?.aborted) return;
          if (check.own) await bench.endShared();
          await one(bench, check, add);
        }
      } finally {
        await bench.stop();
      }
    }),
  );
  signal?.throwIfAborted();

  outcomes.sort((a, b) => order(checks, a.id) - order(checks, b.id));
  const counts: Record<Status, number> = { passed: 0, failed: 0, expected: 0, blocked: 0, skipped: 0 };
  for (const { status } of outcomes) counts[status]++;
  const passed = new Set(outcomes.filter(({ status }) => status === 'passed').map(({ id }) => id));
  return {
    target: target.title,
    level,
    conforms: counts.failed === 0 && counts.blocked === 0 && counts.passed + counts.expected > 0,
    counts,
    outcomes,
    noLongerFailing: Object.keys(expectedFailures).filter((id) => passed.has(id)),
    unknownExpected: Object.keys(expectedFailures).filter((id) => !CHECKS.some((check) => check.id === id)),
    ms: Math.round(performance.now() - started),
  };
}

const order = (checks: readonly Check[], wanted: string) => checks.findIndex(({ id }) => id === wanted);

function lanesOf(shared: Check[], own: Check[]): Check[][] {
  const crash = own.filter(({ id }) => id.startsWith('crash/'));
  // What binds the default port, and what measures the start, must not meet another lane's processes.
  const first = own.filter(({ id }) => id.startsWith('process/'));
  const rest = own.filter((check) => !crash.includes(check) && !first.includes(check));
  return [
    [...shared, ...first],
    [...crash, ...rest],
  ].filter((lane) => lane.length > 0);
}

async function one(
  bench: Bench,
  check: Check,
  add: (check: Check, status: Status, ms: number, reason?: string) => void,
): Promise<void> {
  const missing = check.needs?.find((need) => !bench.has(need));
  if (missing) return add(check, 'skipped', 0, `needs ${NEED_MEANS[missing]}`);
  const started = performance.now();
  let status: Status = 'passed';
  let reason: string | undefined;
  try {
    await check.run(bench);
  } catch (error) {
    // That a verb is never answered is the matter of life/in-time.
    const blocked = error instanceof Blocked || (error instanceof NoAnswer && error.timedOut);
    status = blocked ? 'blocked' : error instanceof NotApplicable ? 'skipped' : 'failed';
    reason = error instanceof Error ? error.message : String(error);
  }
  const ms = performance.now() - started;
  // What is wrong with it must not reach the next check.
  if (status === 'failed' || reason?.includes('none within')) await bench.dropShared();
  if (check.own) {
    await bench.endOwn();
    if (bench.has('cluster')) await (await bench.scene()).reset();
  }
  add(check, status, ms, reason);
}
