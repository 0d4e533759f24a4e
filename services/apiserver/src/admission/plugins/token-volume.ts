import { generateName, type PodSpec, type ServiceAccount, type Volume } from '@kubelab/api';
import type { Random } from '@kubelab/world';

/** Where every client library looks for its pod's credentials. */
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
/** An hour and a bit, as Kubernetes asks for: renewed before it is out. */
const expirationSeconds = 3_607;
/** 0644 */
const defaultMode = 420;
const fieldRef = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };

/**
 * Gives a pod a token of its account, the cluster's CA and the namespace (KEP-2907), in every container that has nothing
 * there yet; not where pod or account do without. In place, before anything has been validated.
 */
export function mountToken(spec: PodSpec, account: ServiceAccount, random: Random): void {
  if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) === false) return;
  const { containers = [], initContainers = [] } = spec;
  const without = [...containers, ...initContainers].filter(
    ({ volumeMounts = [] }) => !volumeMounts.some((mount) => mount.mountPath === mountPath),
  );
  if (without.length === 0) return;
  const name = generateName('kube-api-access-', random);
  for (const container of without)
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
  const volume: Volume = {
    name,
    projected: {
      defaultMode,
      sources: [
        { serviceAccountToken: { expirationSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef }] } },
      ],
    },
  };
  spec.volumes = [...(spec.volumes ?? []), volume];
}
