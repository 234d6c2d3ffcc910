import type { NewObject } from '../object.ts';

/*
 * Kinds of others, with the facts that parking rests on, and where each is from. Of their definitions only names,
 * versions, subresources and the fields used here are kept; everything else of their specs is let through.
 */

interface Facts {
  group: string;
  version: string;
  kind: string;
  plural: string;
  /** JSON paths of the scale subresource. */
  scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  /** Fields of the spec that have a type of their own. */
  spec?: Record<string, object>;
}

const SUSPEND = { suspend: { type: 'boolean' } };

const KINDS: Facts[] = [
  // argo-rollouts v1.8, manifests/crds/rollout-crd.yaml
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Rollout',
    plural: 'rollouts',
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.HPAReplicas',
      labelSelectorPath: '.status.selector',
    },
    spec: { replicas: { type: 'integer', format: 'int32' } },
  },
  // argo-cd v3.3, manifests/crds/application-crd.yaml: no subresources at all
  { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application', plural: 'applications' },
  // kustomize-controller v1.7, config/crd/bases
  {
    group: 'kustomize.toolkit.fluxcd.io',
    version: 'v1',
    kind: 'Kustomization',
    plural: 'kustomizations',
    spec: SUSPEND,
  },
  // helm-controller v1.4, config/crd/bases
  {
    group: 'helm.toolkit.fluxcd.io',
    version: 'v2',
    kind: 'HelmRelease',
    plural: 'helmreleases',
    spec: SUSPEND,
  },
  // keda v2.18, config/crd/bases
  {
    group: 'keda.sh',
    version: 'v1alpha1',
    kind: 'ScaledObject',
    plural: 'scaledobjects',
    spec: {
      minReplicaCount: { type: 'integer', format: 'int32' },
      maxReplicaCount: { type: 'integer', format: 'int32' },
    },
  },
  { group: 'keda.sh', version: 'v1alpha1', kind: 'ScaledJob', plural: 'scaledjobs' },
  // cloudnative-pg v1.29, config/crd/bases: a scale subresource, which its operator's own hibernation stands before
  {
    group: 'postgresql.cnpg.io',
    version: 'v1',
    kind: 'Cluster',
    plural: 'clusters',
    scale: { specReplicasPath: '.spec.instances', statusReplicasPath: '.status.instances' },
    spec: { instances: { type: 'integer', minimum: 1 } },
  },
  // knative serving v1.19, config/core/300-resources/service.yaml
  { group: 'serving.knative.dev', version: 'v1', kind: 'Service', plural: 'services' },
  // None of anyone's: replicas where no other kind has them.
  {
    group: 'example.test',
    version: 'v1',
    kind: 'Fleet',
    plural: 'fleets',
    scale: { specReplicasPath: '.spec.ships.wanted', statusReplicasPath: '.status.ships' },
    spec: { ships: { type: 'object', properties: { wanted: { type: 'integer' } } } },
  },
];

/** The CustomResourceDefinitions, to be created on a cluster. */
export const thirdPartyKinds: NewObject[] = KINDS.map(({ group, version, kind, plural, scale, spec }) => {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { ...open, properties: spec ?? {} }, status: open },
            },
          },
          ...(kind !== 'Application' && { subresources: { status: {}, ...(scale && { scale }) } }),
        },
      ],
    },
  };
});
