export interface KubeconfigOptions {
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  readonly clusterName: string;
  readonly userName: string;
}

/**
 * A kubeconfig with everything inside it (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/).
 * Holds a key: write it with mode 0600.
 */
export function kubeconfig(options: KubeconfigOptions): string {
  const { server, clusterName, userName } = options;
  const context = `${userName}@${clusterName}`;
  return `apiVersion: v1
kind: Config
clusters:
- name: ${clusterName}
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(options.caPem)}
users:
- name: ${userName}
  user:
    client-certificate-data: ${base64(options.certPem)}
    client-key-data: ${base64(options.keyPem)}
contexts:
- name: ${context}
  context:
    cluster: ${clusterName}
    user: ${userName}
current-context: ${context}
`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
