import { apply, type NewObject } from '@forkspacer/kube';
import { type ConfigOf, defineModule, string } from '@forkspacer/sdk';

const DNS_NAME = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

const config = {
  namespace: string({ default: 'default', regex: DNS_NAME, description: 'Where the ConfigMap lives.' }),
  name: string({ default: 'hello', regex: DNS_NAME, description: 'The name of the ConfigMap.' }),
  greeting: string({ default: 'Hello, world!', description: 'What the ConfigMap says while it is awake.' }),
};

/** Makes one ConfigMap that says hello by day and nothing by night: the smallest whole module, and the one to copy. */
export default defineModule({
  name: 'hello',
  description: 'Makes one ConfigMap with a greeting.',
  category: 'Examples',
  identity: ['namespace', 'name'],
  config,

  // Each verb says what should be there. Called twice, or after a crash, it ends in the same state.
  async install({ config, kube }) {
    await apply(kube, configMap(config, config.greeting));
  },
  async sleep({ config, kube }) {
    await apply(kube, configMap(config, ''));
  },
  async resume({ config, kube }) {
    await apply(kube, configMap(config, config.greeting));
  },
  // No uninstall: what install made is removed anyway.
});

function configMap({ namespace, name }: ConfigOf<typeof config>, greeting: string): NewObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: { greeting } };
}
