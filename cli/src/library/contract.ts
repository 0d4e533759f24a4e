/** A cluster within this process; made by startCluster(). */
export interface Cluster {
  readonly name: string;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Of the administrator `kubernetes-admin` (group `system:masters`). */
  readonly kubeconfig: Kubeconfig;
  /** The cluster's own certificate authority, for clients that are not given a kubeconfig. */
  readonly caPem: string;
  /**
   * A kubeconfig for somebody else, to see what RBAC lets them do. A service account is
   * `{ user: 'system:serviceaccount:NAMESPACE:NAME', groups: ['system:serviceaccounts', 'system:serviceaccounts:NAMESPACE'] }`.
   * The file is removed by stop(). At most 1,000 a cluster.
   *
   * @throws {ClusterOptionError} for a name that is none
   */
  kubeconfigFor(who: { readonly user: string; readonly groups?: readonly string[] }): Promise<Kubeconfig>;
  /**
   * Ends everything: connections are cut, pods' processes killed, timers cancelled, the folder removed. When it resolves, nothing of
   * this cluster is left in the process or on the disk. Idempotent.
   */
  stop(): Promise<void>;
  /** For `await using cluster = await startCluster()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The same in three forms. It holds a private key. */
export interface Kubeconfig {
  /** A file (mode 0600), for KUBECONFIG. */
  readonly path: string;
  /** The file's text (YAML), for `KubeConfig.loadFromString`. */
  readonly text: string;
  /** For `KubeConfig.loadFromOptions` of @kubernetes/client-node. */
  readonly object: KubeconfigObject;
}

/** What @kubernetes/client-node calls Cluster, User and Context. Base64 where the field's name ends in `Data`. */
export interface KubeconfigObject {
  readonly clusters: {
    readonly name: string;
    readonly server: string;
    readonly caData: string;
    readonly skipTLSVerify: boolean;
  }[];
  readonly users: { readonly name: string; readonly certData: string; readonly keyData: string }[];
  readonly contexts: { readonly name: string; readonly cluster: string; readonly user: string }[];
  readonly currentContext: string;
}
