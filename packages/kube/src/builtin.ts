/**
 * Kinds whose plural and scope never change within their API version (Kubernetes API conventions): knowing them saves
 * one discovery call per group in every fresh process. Any other kind is asked from the server.
 */
const NAMESPACED: Record<string, Record<string, string>> = {
  v1: {
    ConfigMap: 'configmaps',
    Endpoints: 'endpoints',
    Event: 'events',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    Pod: 'pods',
    ReplicationController: 'replicationcontrollers',
    Secret: 'secrets',
    Service: 'services',
    ServiceAccount: 'serviceaccounts',
  },
  'apps/v1': {
    ControllerRevision: 'controllerrevisions',
    DaemonSet: 'daemonsets',
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
  },
  'batch/v1': { CronJob: 'cronjobs', Job: 'jobs' },
  'autoscaling/v2': { HorizontalPodAutoscaler: 'horizontalpodautoscalers' },
  'rbac.authorization.k8s.io/v1': { Role: 'roles', RoleBinding: 'rolebindings' },
};

const CLUSTER_SCOPED: Record<string, Record<string, string>> = {
  v1: { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' },
  'apiextensions.k8s.io/v1': { CustomResourceDefinition: 'customresourcedefinitions' },
  'rbac.authorization.k8s.io/v1': { ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings' },
};

export function builtin(apiVersion: string, kind: string): { name: string; namespaced: boolean } | undefined {
  const namespaced = NAMESPACED[apiVersion]?.[kind];
  if (namespaced) return { name: namespaced, namespaced: true };
  const clusterScoped = CLUSTER_SCOPED[apiVersion]?.[kind];
  return clusterScoped ? { name: clusterScoped, namespaced: false } : undefined;
}
