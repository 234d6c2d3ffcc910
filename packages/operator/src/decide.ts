import type { ModulePhase, Verb } from '@forkspacer/contract';
import { readManagerData } from './manager-data.ts';
import {
  ABANDON,
  deleting,
  INSTALLED_SPEC,
  type ModuleObject,
  type WorkspaceObject,
  workspaceKeyOf,
} from './resources.ts';
import { specOf } from './spec-hash.ts';
import { conditionOf } from './status.ts';

/** The one thing to do next with a Module. */
export type Step =
  /** It is as it is to be; its phase says so. */
  | { do: 'rest'; phase: 'ready' | 'sleeped' }
  /** Something else comes first. */
  | { do: 'wait'; reason: string; message: string }
  | { do: 'call'; verb: Verb }
  /** Nothing is left to do for a Module that is to be deleted. */
  | { do: 'release'; why: 'never called' | 'abandoned' };

/** What is known of a Module's code. */
interface Known {
  /** A runner may have been called. */
  called: boolean;
  installed: boolean;
  /** `between`: a sleep or resume has begun and not succeeded. */
  state: 'awake' | 'asleep' | 'between';
}

/** Decides from the objects alone: what was decided before, or by another operator, is in them. */
export function decide(module: ModuleObject, workspace: WorkspaceObject | undefined): Step {
  if (deleting(module) && module.metadata.annotations?.[ABANDON] === 'true')
    return { do: 'release', why: 'abandoned' };
  const known = knownOf(module);
  if (deleting(module)) {
    if (!known.called) return { do: 'release', why: 'never called' };
    return { do: 'call', verb: 'uninstall' };
  }
  const name = workspaceKeyOf(module);
  const asleep = module.spec.hibernated === true || workspace?.spec.hibernated === true;
  const obstacle = whatIsMissing(name, workspace);
  if (!known.installed) {
    if (obstacle) return obstacle;
    if (workspace!.spec.hibernated)
      return waitFor('WorkspaceHibernated', `waits for Workspace ${name} to wake`);
    return { do: 'call', verb: 'install' };
  }
  if (asleep) {
    if (known.state === 'asleep') return { do: 'rest', phase: 'sleeped' };
    if (!workspace) return obstacle!;
    return { do: 'call', verb: 'sleep' };
  }
  if (known.state !== 'awake') return obstacle ?? { do: 'call', verb: 'resume' };
  const installed = module.metadata.annotations?.[INSTALLED_SPEC];
  // Without the annotation the real operator installed it: it is taken for what its spec says.
  if (installed !== undefined && installed !== specOf(module))
    return obstacle ?? { do: 'call', verb: 'install' };
  return { do: 'rest', phase: 'ready' };
}

function whatIsMissing(name: string, workspace: WorkspaceObject | undefined): Step | undefined {
  if (!workspace) return waitFor('WorkspaceNotFound', `waits for Workspace ${name}: there is none`);
  if (deleting(workspace))
    return waitFor('WorkspaceTerminating', `waits for Workspace ${name}: it is being deleted`);
  const { phase, message } = workspace.status ?? {};
  if (phase === 'ready' || phase === 'hibernated') return undefined;
  return waitFor(
    'WorkspaceNotReady',
    `waits for Workspace ${name}: ${message || phase || 'it has no status yet'}`,
  );
}

function waitFor(reason: string, message: string): Step {
  return { do: 'wait', reason, message };
}

const INSTALLED_PHASES: readonly (ModulePhase | undefined)[] = ['ready', 'sleeping', 'sleeped', 'resuming'];

/**
 * The phase is what both operators understand; where it leaves open what was (failed, uninstalling, a repeated
 * install), our conditions tell, and without them whether the module ever returned anything.
 */
export function knownOf(module: ModuleObject): Known {
  const phase = module.status?.phase;
  const data = readManagerData(module);
  const installedCondition = conditionOf(module, 'Installed');
  const installed =
    INSTALLED_PHASES.includes(phase) ||
    (phase !== undefined &&
      (installedCondition
        ? installedCondition.status === 'True'
        : phase !== 'installing' && Object.keys(data?.innerMetaData ?? {}).length > 0));
  return { called: installed || data !== undefined, installed, state: stateOf(module) };
}

function stateOf(module: ModuleObject): Known['state'] {
  switch (module.status?.phase) {
    case 'ready':
      return 'awake';
    case 'sleeped':
      return 'asleep';
    case 'sleeping':
    case 'resuming':
      return 'between';
  }
  const hibernated = conditionOf(module, 'Hibernated')?.status;
  return hibernated === 'False' ? 'awake' : hibernated === 'True' ? 'asleep' : 'between';
}
