import type { Kube } from '../../connect.ts';
import type { KubeObject, ObjectRef } from '../../object.ts';
import type { Path } from '../fields.ts';
import type { Requests } from '../requests.ts';

/** A field that parking changes. */
export interface Field {
  path: Path;
  /** What it is while the object sleeps; undefined: not there. An object that has it so already is at rest. */
  asleep(value: unknown): unknown;
  /**
   * What it most likely was, from what it is asleep: for an object whose baseline someone took away. Not there, unless
   * told.
   */
  guess?(value: unknown): unknown;
  /** A number of replicas: not there means 1, and the label keeps it as well as the baseline. */
  isCount?: true;
  /** What it was can always be read from what it is, whoever else changed it meanwhile. */
  isReadable?: true;
}

/**
 * In which turn kinds go to sleep; they wake the other way round. What watches over others rests first and comes back
 * last: a GitOps controller, and then an autoscaler, would lift what has just been put down.
 *
 * A crash in between leaves reconciliation or scaling paused over workloads that still run, or run again. That costs
 * nothing at once, and the next sleep or wake goes on from there.
 */
export type Turn = 'reconciler' | 'autoscaler' | 'workload';

/** What a call wants of the kinds; see SleepOptions and WakeOptions. */
export interface Wishes {
  cronJobs: 'skip' | 'run-once';
  jobs: 'finish' | 'suspend';
  allowClaimDeletion: boolean;
}

/** Between these an autoscaler keeps its target. */
export interface Limits {
  min: number;
  max: number;
}

/** How one kind of object is put to sleep, and how it comes back. */
export interface Kind {
  /** '' is the core group. */
  group: string;
  /** The versions that have the fields used here, the best one first. */
  versions: readonly string[];
  kind: string;
  /** Every cluster serves it; other kinds are looked up. */
  builtin?: true;
  turn: Turn;
  /** What parking changes; every field of one object in one write. */
  fields(object: KubeObject): Field[];
  /** How an object at rest is told: `at zero already, by its owner`. */
  rests: string;
  /** It has ended for good: not even worth a line in a report. */
  isOver?(object: KubeObject): boolean;
  /** Why an object that is not at rest is left alone. */
  leaves?(object: KubeObject, wishes: Wishes): string | undefined;
  /** Why parking would do harm: a failure. */
  refuses?(object: KubeObject, wishes: Wishes): string | undefined;
  /** Whether it has come to rest, of one that was parked. */
  isAsleep(object: KubeObject): boolean;
  /** What is waited for until then. */
  awaits?: string;
  /** Whether it is up, of one that was woken. */
  isReady(object: KubeObject): boolean;
  /** A write that has to come before the one that wakes. Gives back the object as it is then. */
  beforeWake?(kube: Kube, ref: ObjectRef, object: KubeObject, wishes: Wishes): Promise<KubeObject>;
  /** Takes away what its controller made because it slept, of objects that are awake and seen to be. */
  sweep?(kube: Kube, objects: KubeObject[], leaving: boolean): Promise<void>;
  /** What its Pods ask for while it is awake. */
  requests?(object: KubeObject): Requests | undefined;
  /** Of an autoscaler: whose replicas it sets. One without a target stands for itself. */
  targetOf?(object: KubeObject): { group: string; kind: string; name: string } | undefined;
  limitsOf?(object: KubeObject): Limits | undefined;
}
