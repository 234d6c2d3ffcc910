import type { KubeObject } from '../object.ts';
import type { Resource } from './resource.ts';

const group = 'authorization.k8s.io';

/** Whoever holds the client certificate may do everything: permissions are stored, and not enforced. */
const accessReviews: Resource[] = [
  review('SelfSubjectAccessReview', 'selfsubjectaccessreviews', false),
  review('SubjectAccessReview', 'subjectaccessreviews', false),
  review('LocalSubjectAccessReview', 'localsubjectaccessreviews', true),
  {
    group,
    version: 'v1',
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    namespaced: false,
    schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
    verbs: ['create'],
    answer: (object) => ({
      ...unnamed(object),
      status: {
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      },
    }),
  },
];

export default accessReviews;

function review(kind: string, plural: string, namespaced: boolean): Resource {
  return {
    group,
    version: 'v1',
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced,
    schema: `io.k8s.api.authorization.v1.${kind}`,
    verbs: ['create'],
    answer: (object) => ({ ...unnamed(object), status: { allowed: true } }),
  };
}

/** A review is never kept, so it has neither name nor uid. */
function unnamed(object: KubeObject): KubeObject {
  const { name: _, uid: __, creationTimestamp: ___, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
}
