export {
  boolean,
  type ConfigDeclaration,
  type ConfigOf,
  type Field,
  float,
  integer,
  multipleOptions,
  option,
  type Problem,
  string,
} from '@forkspacer/contract';
export { type CreateAppOptions, createApp, type ModuleApp } from './create-app.ts';
export * from './define-module.ts';
export { ModuleError } from './module-error.ts';
export { DRAWS, TIMES, type Times } from './times.ts';
