export { describeOnClusters, type TestCluster } from './clusters.ts';
export { type Fault, type FaultProxy, type FaultRule, faultProxy, type RecordedCall } from './fault-proxy.ts';
