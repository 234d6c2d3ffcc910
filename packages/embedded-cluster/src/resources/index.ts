import accessReviews from './access-reviews.ts';
import clusterrolebindings from './clusterrolebindings.ts';
import clusterroles from './clusterroles.ts';
import configmaps from './configmaps.ts';
import controllerrevisions from './controllerrevisions.ts';
import coreEvents from './core-events.ts';
import cronjobs from './cronjobs.ts';
import customresourcedefinitions from './customresourcedefinitions.ts';
import daemonsets from './daemonsets.ts';
import deployments from './deployments.ts';
import endpoints from './endpoints.ts';
import endpointslices from './endpointslices.ts';
import events from './events.ts';
import horizontalpodautoscalers from './horizontalpodautoscalers.ts';
import ingresses from './ingresses.ts';
import jobs from './jobs.ts';
import leases from './leases.ts';
import limitranges from './limitranges.ts';
import namespaces from './namespaces.ts';
import networkpolicies from './networkpolicies.ts';
import nodes from './nodes.ts';
import persistentvolumeclaims from './persistentvolumeclaims.ts';
import persistentvolumes from './persistentvolumes.ts';
import poddisruptionbudgets from './poddisruptionbudgets.ts';
import pods from './pods.ts';
import podtemplates from './podtemplates.ts';
import priorityclasses from './priorityclasses.ts';
import replicasets from './replicasets.ts';
import replicationcontrollers from './replicationcontrollers.ts';
import type { Resource } from './resource.ts';
import resourcequotas from './resourcequotas.ts';
import rolebindings from './rolebindings.ts';
import roles from './roles.ts';
import secrets from './secrets.ts';
import serviceaccounts from './serviceaccounts.ts';
import services from './services.ts';
import statefulsets from './statefulsets.ts';
import storageclasses from './storageclasses.ts';

/** All built-in kinds. Custom ones come from their CustomResourceDefinitions. */
export const resources: readonly Resource[] = [
  clusterrolebindings,
  clusterroles,
  configmaps,
  controllerrevisions,
  cronjobs,
  daemonsets,
  deployments,
  endpoints,
  endpointslices,
  events,
  horizontalpodautoscalers,
  ingresses,
  jobs,
  leases,
  limitranges,
  namespaces,
  networkpolicies,
  nodes,
  persistentvolumeclaims,
  persistentvolumes,
  poddisruptionbudgets,
  pods,
  podtemplates,
  priorityclasses,
  replicasets,
  replicationcontrollers,
  resourcequotas,
  rolebindings,
  roles,
  secrets,
  serviceaccounts,
  services,
  statefulsets,
  storageclasses,
  coreEvents,
  ...accessReviews,
  customresourcedefinitions,
];
