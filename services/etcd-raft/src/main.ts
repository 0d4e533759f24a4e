import { runComponent } from '@kubelab/component';
import { startEtcdRaft } from './server/start.js';

await runComponent({
  component: 'etcd-raft',
  about: 'A member of the replicated key-value store that keeps the cluster state.',
  flags: {
    'data-dir': { kind: 'path', description: 'folder of its log and snapshots' },
    'initial-cluster': { kind: 'members', description: 'all members: NAME=HOST:PORT,...' },
    'election-timeout-ms': { kind: 'int', description: 'wait for a leader, at least', default: '300' },
    'heartbeat-interval-ms': {
      kind: 'int',
      description: 'between signs of life of a leader',
      default: '50',
    },
    'snapshot-entries': { kind: 'int', description: 'log entries between snapshots', default: '10000' },
  },
  example: '--data-dir data --initial-cluster etcd-raft-0=127.0.0.1:7000',
  start: (world, config, flags) =>
    startEtcdRaft(world, {
      ...config,
      dataDirectory: flags['data-dir'],
      initialCluster: flags['initial-cluster'],
      electionTimeoutMs: flags['election-timeout-ms'],
      heartbeatIntervalMs: flags['heartbeat-interval-ms'],
      snapshotEntries: flags['snapshot-entries'],
    }),
});
