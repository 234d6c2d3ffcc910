import { describe, expect, test } from 'vitest';
import { planHibernation } from './auto-hibernation.ts';
import { SCHEDULE_STATE, type WorkspaceObject } from './resources.ts';

const at = (hour: number, day = 1) => Date.UTC(2025, 5, day, hour);

function workspace(autoHibernation: object | undefined, annotation?: string): WorkspaceObject {
  return {
    apiVersion: 'batch.forkspacer.com/v1',
    kind: 'Workspace',
    metadata: {
      name: 'home',
      namespace: 'default',
      ...(annotation ? { annotations: { [SCHEDULE_STATE]: annotation } } : {}),
    },
    spec: { hibernated: false, ...(autoHibernation ? { autoHibernation } : {}) } as WorkspaceObject['spec'],
  };
}

const nightly = { enabled: true, schedule: '0 22 * * *', wakeSchedule: '0 6 * * *' };
const since = (until: number, of = nightly) =>
  JSON.stringify({ schedule: of.schedule, wakeSchedule: of.wakeSchedule, until });

describe('automatic hibernation', () => {
  test('a new schedule begins now and changes nothing yet', () => {
    const plan = planHibernation(workspace(nightly), at(12));
    expect(plan).toEqual({
      state: 'on',
      annotation: since(at(12)),
      next: at(22),
      message: 'hibernates at 2025-06-01T22:00:00Z, wakes at 2025-06-02T06:00:00Z',
    });
  });

  test('hibernates when its time has come', () => {
    expect(planHibernation(workspace(nightly, since(at(12))), at(22))).toMatchObject({
      hibernated: true,
      annotation: since(at(22)),
      next: at(6, 2),
    });
  });

  test('wakes when its time has come', () => {
    expect(planHibernation(workspace(nightly, since(at(22))), at(6, 2))).toMatchObject({ hibernated: false });
  });

  test('a time that the operator slept through is caught up on, the last one only', () => {
    expect(planHibernation(workspace(nightly, since(at(12))), at(23, 5))).toMatchObject({ hibernated: true });
    expect(planHibernation(workspace(nightly, since(at(12))), at(9, 5))).toMatchObject({ hibernated: false });
  });

  test('what a person did since the last time stays', () => {
    const plan = planHibernation(workspace(nightly, since(at(22))), at(23));
    expect(plan).not.toHaveProperty('hibernated');
    expect(plan).not.toHaveProperty('annotation');
  });

  test('a changed schedule does not reach back', () => {
    const changed = { ...nightly, schedule: '0 8 * * *' };
    expect(planHibernation(workspace(changed, since(at(6))), at(12))).not.toHaveProperty('hibernated');
  });

  test('disabled, what was remembered is forgotten', () => {
    expect(planHibernation(workspace({ ...nightly, enabled: false }, since(at(6))), at(12))).toEqual({
      state: 'off',
      annotation: null,
    });
    expect(planHibernation(workspace(undefined), at(12))).toEqual({ state: 'off' });
  });

  test('a schedule that cannot be read names its field', () => {
    expect(planHibernation(workspace({ enabled: true, schedule: 'soon' }), at(12))).toMatchObject({
      state: 'invalid',
      message: expect.stringContaining('spec.autoHibernation.schedule'),
    });
    expect(planHibernation(workspace({ ...nightly, wakeSchedule: '99 * * * *' }), at(12))).toMatchObject({
      state: 'invalid',
      message: expect.stringContaining('spec.autoHibernation.wakeSchedule'),
    });
  });
});
