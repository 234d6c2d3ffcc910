export { differences, type Snapshot } from './cluster/snapshot.ts';
export { type OperatorAnswer, type OperatorClient, operatorClient } from './operator/client.ts';
export { type Service, startService } from './operator/draw.ts';
export type { ModuleTestOptions, RawConfig } from './options.ts';
export { type ProcessRunner, startProcessRunner } from './runner/process.ts';
export { type Runner, type RunnerOptions, startRunner } from './runner/runner.ts';
export { type Actor, type ActorOptions, refused, type Stage, succeed } from './stage.ts';
export { testModule } from './test-module.ts';
