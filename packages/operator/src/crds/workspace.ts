import { conditions, definition, flag, object, reference, text, typeMeta } from './schema.ts';

const connection = object(
  "How the workspace's cluster is reached.",
  {
    secretReference: object('The Secret that holds the kubeconfig, for type kubeconfig.', {
      key: text("The Secret's key.", { default: 'kubeconfig', minLength: 1 }),
      'name!': text('Name of the Secret.', { minLength: 1, maxLength: 253 }),
      'namespace!': text('Namespace of the Secret.', { default: 'default', minLength: 1, maxLength: 63 }),
    }),
    'type!': text(
      "in-cluster: the operator's own cluster. local: the operator's kubeconfig file. kubeconfig: a Secret.",
      {
        default: 'in-cluster',
        enum: ['local', 'in-cluster', 'kubeconfig'],
      },
    ),
  },
  { default: { type: 'in-cluster' } },
);

const spec = object('What is wanted.', {
  'type!': text('kubernetes: an existing cluster. managed: a cluster that the operator makes.', {
    default: 'kubernetes',
    enum: ['kubernetes', 'managed'],
  }),
  'connection!': connection,
  'hibernated!': flag('Puts every Module of the workspace to sleep.', false),
  autoHibernation: object('Hibernates and wakes by the clock, in UTC.', {
    'enabled!': flag('Whether the schedules are followed.', false),
    'schedule!': text('When to hibernate: cron with five or six fields, or a descriptor such as @daily.', {
      minLength: 0,
    }),
    wakeSchedule: text('When to wake, in the same form.', { minLength: 0 }),
  }),
  from: reference('The workspace whose Modules are copied into this one, once.', {
    'migrateData!': flag('Also copies data, where a Module knows how.', false),
  }),
  managedCluster: object('The cluster to make, for type managed.', {
    backend: text('What makes it.', { default: 'vcluster', enum: ['vcluster', 'k3d', 'kind'] }),
    distro: text('Its Kubernetes distribution.', { default: 'k3s', enum: ['k3s', 'k0s', 'k8s', 'eks'] }),
  }),
});

const status = object('What is.', {
  'phase!': text('In one word.', { enum: ['ready', 'installing', 'hibernated', 'failed', 'terminating'] }),
  'ready!': flag('Whether Modules can be used now.', false),
  lastActivity: text('When something last happened.', { format: 'date-time' }),
  hibernatedAt: text('Since when everything sleeps.', { format: 'date-time' }),
  message: text('What a person should know.'),
  conditions,
});

/** The CustomResourceDefinition of Workspace (ws). */
export const workspaceCrd = definition(
  { kind: 'Workspace', plural: 'workspaces', short: 'ws' },
  object('A cluster, or a part of one, whose Modules sleep and wake together.', {
    ...typeMeta,
    'spec!': spec,
    status,
  }),
  [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Ready', type: 'boolean', jsonPath: '.status.ready' },
    { name: 'Last Activity', type: 'string', jsonPath: '.status.lastActivity' },
    { name: 'Hibernated At', type: 'string', jsonPath: '.status.hibernatedAt' },
    { name: 'Message', type: 'string', jsonPath: '.status.message' },
  ],
);
