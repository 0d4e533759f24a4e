/** What `import ... from 'kubelab'` gives a test suite: clusters within its own process (docs/testing-operators.md). */
export type { Cluster, Kubeconfig, KubeconfigObject } from './library/contract.js';
export { ClusterOptionError, type LogLevel, type StartOptions } from './library/options.js';
export { startCluster } from './library/start-cluster.adapter.js';
