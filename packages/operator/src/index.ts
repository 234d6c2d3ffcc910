export type { Clock } from './clock.ts';
export { type InstallCrdsOptions, installCrds } from './crds/install.ts';
export { moduleCrd } from './crds/module.ts';
export { workspaceCrd } from './crds/workspace.ts';
export { type Operator, startOperator } from './operator.ts';
export {
  type CallReport,
  type Log,
  type OperatorOptions,
  PATIENCE,
  type Patience,
  type PhaseReport,
} from './options.ts';
export { ABANDON, CONFIG_OVERRIDES } from './resources.ts';
