import { SCHEDULE_STATE, type WorkspaceObject } from './resources.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

/** What the schedules of a Workspace ask for now. */
export type Plan =
  | { state: 'off'; annotation?: null }
  | { state: 'invalid'; message: string }
  | {
      state: 'on';
      /** Where spec.hibernated is to go; absent: nowhere. */
      hibernated?: boolean;
      /** What the annotation is to hold, when it is to change. Written together with spec.hibernated. */
      annotation?: string;
      /** When to look again, epoch in ms. */
      next?: number;
      message: string;
    };

interface State {
  schedule: string;
  wakeSchedule: string;
  /** Epoch in ms: the times until then have been followed. */
  until: number;
}

/**
 * Follows the last time of either schedule that came since the annotation was written: one that the operator slept
 * through is caught up on, and what a person did after it stays. Schedules that are new, or changed, begin now.
 */
export function planHibernation(workspace: WorkspaceObject, now: number): Plan {
  const { autoHibernation } = workspace.spec;
  const text = workspace.metadata.annotations?.[SCHEDULE_STATE];
  if (!autoHibernation?.enabled) return { state: 'off', ...(text === undefined ? {} : { annotation: null }) };

  const { schedule = '', wakeSchedule = '' } = autoHibernation;
  let sleeps: Schedule;
  let wakes: Schedule | undefined;
  try {
    sleeps = named('schedule', schedule);
    wakes = wakeSchedule === '' ? undefined : named('wakeSchedule', wakeSchedule);
  } catch (error) {
    return { state: 'invalid', message: (error as Error).message };
  }

  const nextSleep = sleeps.next(now);
  const nextWake = wakes?.next(now);
  const next = earliest(nextSleep, nextWake);
  const message = [
    nextSleep === undefined ? 'never hibernates' : `hibernates at ${iso(nextSleep)}`,
    ...(nextWake === undefined ? [] : [`wakes at ${iso(nextWake)}`]),
  ].join(', ');

  const state = readState(text);
  const annotation = JSON.stringify({ schedule, wakeSchedule, until: now } satisfies State);
  const common = { state: 'on' as const, message, ...(next === undefined ? {} : { next }) };
  if (!state || state.schedule !== schedule || state.wakeSchedule !== wakeSchedule)
    return { ...common, annotation };

  const slept = sleeps.lastWithin(state.until, now);
  const woke = wakes?.lastWithin(state.until, now);
  if (slept === undefined && woke === undefined) return common;
  // At the very same time, awake is the smaller harm.
  const hibernated = woke === undefined || (slept !== undefined && slept > woke);
  return { ...common, hibernated, annotation };
}

function named(field: string, text: string): Schedule {
  try {
    return parseSchedule(text);
  } catch (error) {
    throw new Error(`spec.autoHibernation.${field}: ${(error as Error).message}`);
  }
}

function readState(text: string | undefined): State | undefined {
  try {
    const state = JSON.parse(text ?? '') as State;
    return typeof state.until === 'number' ? state : undefined;
  } catch {
    return undefined;
  }
}

function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
