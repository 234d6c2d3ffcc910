import type { Json } from './client.ts';
/** Objects that several stories begin with. */

export function configMap(name: string, data: Record<string, string> = { colour: 'red' }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export function podTemplate(name: string, image = 'example.com/pause:1') {
  return {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image }] },
  };
}

export function pod(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'main', image: 'example.com/pause:1' }] },
  };
}

export function deployment(name: string, spec: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      ...spec,
    },
  };
}

export function statefulSet(name: string, spec: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      replicas: 2,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      ...spec,
    },
  };
}

export function job(name: string, spec: object = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.com/pause:1' }] },
      },
      ...spec,
    },
  };
}

/** A claim template for a StatefulSet, and the volume that uses it. */
export function claim(name: string, spec: object = {}) {
  return {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  };
}

/** A kind of its own for one story, in a group named after the story's namespace. */
export function widgets(namespace: string, version: object = {}, spec: object = {}) {
  const group = `${namespace}.example.com`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        plural: 'widgets',
        singular: 'widget',
        kind: 'Widget',
        listKind: 'WidgetList',
        shortNames: ['wd'],
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  required: ['size'],
                  properties: {
                    size: { type: 'integer', minimum: 1, maximum: 10 },
                    colour: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                    name: { type: 'string', pattern: '^[a-z]+$', maxLength: 8 },
                    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
                    replicas: { type: 'integer' },
                    nested: {
                      type: 'object',
                      properties: { on: { type: 'boolean', default: true }, level: { type: 'number' } },
                    },
                  },
                },
                status: {
                  type: 'object',
                  properties: {
                    phase: { type: 'string' },
                    replicas: { type: 'integer' },
                    selector: { type: 'string' },
                  },
                },
              },
            },
          },
          ...version,
        },
      ],
      ...spec,
    },
  };
}

export const crds = 'apiextensions.k8s.io/v1/customresourcedefinitions';

/** Whether a CRD can be used; for `until`. */
export function isEstablished(crd: Json): boolean {
  return crd.status?.conditions?.some((c: Json) => c.type === 'Established' && c.status === 'True');
}

/** Whether a Deployment's controller has seen the newest spec and made all Pods of it; for `until`. */
export function isRolledOut(d: Json): boolean {
  return (
    d.status?.observedGeneration === d.metadata.generation &&
    (d.status.updatedReplicas ?? 0) === d.spec.replicas &&
    (d.status.replicas ?? 0) === d.spec.replicas
  );
}
