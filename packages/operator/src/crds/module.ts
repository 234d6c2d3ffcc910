import { existingHelmRelease, helm } from './helm.ts';
import {
  conditions,
  definition,
  flag,
  freeForm,
  integer,
  listOf,
  object,
  reference,
  type Schema,
  text,
  typeMeta,
} from './schema.ts';

const required = flag('Must be given, even when a default exists.', false);
const editable = flag('May be given.', true);
const values = listOf({ type: 'string' }, 'What can be chosen.', { minItems: 1 });

/** The `config:` list of the inline generation: one entry for each setting, with exactly one type. */
const config: Schema = listOf(
  object('One setting.', {
    'name!': text('Name for people.'),
    'alias!': text('Key in spec.config.'),
    boolean: object('Yes or no.', {
      'default!': flag('When nothing is given.', false),
      'editable!': editable,
      'required!': required,
    }),
    integer: object('A whole number.', {
      'default!': integer('When nothing is given.', { default: 0 }),
      'editable!': editable,
      max: integer('The largest.'),
      min: integer('The smallest.'),
      'required!': required,
    }),
    string: object('Text.', {
      'default!': text('When nothing is given.', { default: '' }),
      'editable!': editable,
      regex: text('RE2 pattern that it must match.'),
      'required!': required,
    }),
    option: object('One of several.', {
      'default!': text('When nothing is given.', { default: '' }),
      'editable!': editable,
      'required!': required,
      'values!': values,
    }),
    multipleOptions: object('Some of several.', {
      default: listOf({ type: 'string' }, 'When nothing is given.'),
      'editable!': editable,
      max: integer('At most so many.'),
      min: integer('At least so many.'),
      'required!': required,
      'values!': values,
    }),
  }),
  'The settings that spec.config may hold.',
);

const source = object('Where the definition (kind: Custom) is.', {
  raw: freeForm('The definition itself.'),
  httpURL: text('The address of its YAML.'),
  configMap: reference('The ConfigMap that holds its YAML.', {
    key: text('Which key; module.yaml or the only one when left out.', { minLength: 1 }),
  }),
  github: object('Reserved.'),
  existingHelmRelease,
});

const custom = object('The container that does the work.', {
  'image!': text('Its image.'),
  imagePullSecrets: listOf({ type: 'string' }, "Secrets in the operator's namespace."),
  permissions: listOf(
    { type: 'string', enum: ['workspace', 'controller'] },
    "workspace: a kubeconfig of the workspace's cluster. controller: the operator's own rights.",
  ),
});

const status = object('What is.', {
  'phase!': text('In one word.', {
    enum: ['ready', 'installing', 'uninstalling', 'sleeping', 'sleeped', 'resuming', 'failed'],
  }),
  source: text('Where the definition came from.'),
  lastActivity: text('When something last happened.', { format: 'date-time' }),
  message: text('What a person should know.'),
  conditions,
});

/** The CustomResourceDefinition of Module (mo): every object that one of the three generations takes, it takes. */
export const moduleCrd = definition(
  { kind: 'Module', plural: 'modules', short: 'mo' },
  object('Something that is installed into a workspace, and sleeps and wakes with it.', {
    ...typeMeta,
    config,
    'spec!': object('What is wanted.', {
      'workspace!': reference('The workspace that it belongs to.'),
      'hibernated!': flag('Puts this Module to sleep whatever its workspace does.', false),
      config: freeForm('The settings, by alias.'),
      source,
      custom,
      helm,
      createNamespace: { type: 'boolean', description: 'For Helm releases.', default: false },
    }),
    status,
  }),
  [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Source', type: 'string', jsonPath: '.status.source' },
    { name: 'Workspace NS', type: 'string', jsonPath: '.spec.workspace.namespace' },
    { name: 'Workspace Name', type: 'string', jsonPath: '.spec.workspace.name' },
    { name: 'Last Activity', type: 'string', jsonPath: '.status.lastActivity' },
    { name: 'Message', type: 'string', jsonPath: '.status.message' },
  ],
);
