export type { Client, DeleteOptions, ListQuery, PatchOptions, WatchEvent } from './client.ts';
export { type Clock, systemClock } from './clock.ts';
export { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
export type { Answer } from './http/answer.ts';
export type { Call } from './http/routes.ts';
export type { Interceptor } from './http/server.ts';
export type { KubeObject, ObjectMeta, ObjectRef, OwnerReference } from './object.ts';
