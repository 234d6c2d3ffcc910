import { anything, flag, freeForm, listOf, looseReference, object, reference, text } from './schema.ts';

const key = (preset: string) => text('Which key.', { default: preset, minLength: 1 });
const chartName = text('Name of the chart.', { minLength: 1 });
const chartUrl = text('Address of the repository.', { minLength: 1 });

/** `spec.helm`: accepted so that Modules of the Helm kind can live beside ours; this operator does not run them. */
export const helm = object(
  'A Helm release. This operator runs custom modules only and says so in the status.',
  {
    'chart!': object('Where the chart is.', {
      configMap: looseReference('A packed chart.', { 'key!': key('chart.tgz') }),
      git: object('A chart in a Git repository.', {
        auth: object('How to log in.', { httpsSecretRef: looseReference('A Secret with the credentials.') }),
        'path!': text('Folder of the chart.', { default: '/', minLength: 1 }),
        'repo!': text('Address of the repository.', { minLength: 1 }),
        'revision!': text('Branch, tag or commit.', { default: 'main' }),
      }),
      repo: object('A chart in a Helm repository.', {
        auth: looseReference('A Secret with the credentials.'),
        'chart!': chartName,
        'url!': chartUrl,
        version: text('Version of the chart.'),
      }),
    }),
    'cleanup!': object(
      'What else goes when the release does.',
      {
        'removeNamespace!': flag('The namespace too.', false),
        'removePVCs!': flag('The volume claims too.', false),
      },
      { default: { removeNamespace: false, removePVCs: false } },
    ),
    existingRelease: looseReference('A release that is taken over.'),
    migration: object('What a fork copies.', {
      configMaps: listOf({ type: 'string' }, 'Names of ConfigMaps.'),
      pvcs: listOf({ type: 'string' }, 'Names of volume claims.'),
      secrets: listOf({ type: 'string' }, 'Names of Secrets.'),
    }),
    'namespace!': text('Namespace of the release.', { default: 'default' }),
    outputs: listOf(
      object('One output.', {
        'name!': text('Its name.'),
        value: anything('Its value.'),
        valueFrom: object('Where its value is.', {
          secret: looseReference('A Secret.', { 'key!': text('Which key.', { minLength: 1 }) }),
        }),
      }),
      'What the release tells.',
    ),
    releaseName: text('Name of the release.', {
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$',
    }),
    values: listOf(
      object('One layer of values.', {
        configMap: looseReference('Values in a ConfigMap.', { 'key!': key('values.yaml') }),
        file: text('A file in the chart.'),
        raw: freeForm('The values themselves.'),
      }),
      'Values, later layers win.',
    ),
  },
);

/** `spec.source.existingHelmRelease`, the same of the generations before. */
export const existingHelmRelease = reference('A Helm release that is taken over.', {
  chartSource: object('Where the chart is.', {
    configMap: reference('A packed chart.', { key: text('Which key.', { minLength: 1 }) }),
    git: object('A chart in a Git repository.', {
      auth: object('How to log in.', { httpsSecretRef: reference('A Secret with the credentials.') }),
      'path!': text('Folder of the chart.', { minLength: 1 }),
      'repo!': text('Address of the repository.', { minLength: 1 }),
      'revision!': text('Branch, tag or commit.', { default: 'main' }),
    }),
    repository: object('A chart in a Helm repository.', {
      auth: object('How to log in.', { 'secretRef!': reference('A Secret with the credentials.') }),
      'chart!': chartName,
      'url!': chartUrl,
      version: text('Version of the chart.'),
    }),
  }),
  values: freeForm('Values of the release.'),
});
