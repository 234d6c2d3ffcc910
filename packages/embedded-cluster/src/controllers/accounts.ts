import type { KubeObject } from '../object.ts';
import { clone } from '../store/freeze.ts';
import { type Controller, reconciler } from './controller.ts';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const ACCOUNT = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default' };
const CERTIFICATE = { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt' };

/** Keeps in each namespace the account that Pods run as and the authority that they trust. */
export const accounts: Controller = (options) => {
  const { client, authority } = options;
  const reconcile = ({ metadata }: KubeObject) => {
    if (metadata.deletionTimestamp !== undefined) return;
    const namespace = metadata.name;
    if (!client.find({ ...ACCOUNT, namespace })) {
      client.create({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: ACCOUNT.name, namespace },
      });
    }
    const existing = client.find({ ...CERTIFICATE, namespace });
    if (existing?.data?.['ca.crt'] === authority) return;
    if (existing) {
      const next = clone(existing);
      next.data = { 'ca.crt': authority };
      client.update(next);
      return;
    }
    const description =
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
    client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: CERTIFICATE.name,
        namespace,
        annotations: { 'kubernetes.io/description': description },
      },
      data: { 'ca.crt': authority },
    });
  };
  return reconciler(options, NAMESPACE, reconcile, (wake) =>
    [ACCOUNT, CERTIFICATE].map(({ name, ...kind }) =>
      client.watch({ ...kind, fieldSelector: `metadata.name=${name}` }, ({ type, object }) => {
        if (type !== 'ADDED') wake(undefined, object.metadata.namespace!);
      }),
    ),
  );
};
