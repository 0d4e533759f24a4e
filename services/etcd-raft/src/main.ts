import { runComponent } from '@kubelab/component';
import type { Address, World } from '@kubelab/world';
import type { Backend } from './mvcc/backend.js';
import { LmdbBackend } from './mvcc/lmdb-backend.adapter.js';
import { readAutoCompaction, readDuration } from './server/auto-compaction.js';
import { initialClusterTokenDefault } from './server/new-cluster.js';
import { serverDefaults } from './server/open-state.js';
import { startEtcdRaft } from './server/start.js';

await runComponent({
  component: 'etcd-raft',
  about:
    'A member of the replicated key-value store that keeps the cluster state. To begin with a saved snapshot, of kubelab ' +
    'or of etcd, make its --data-dir first: restore-main.js beside this file, see its --help.',
  flags: {
    'data-dir': { kind: 'path', description: 'folder of its log, snapshots and state' },
    'initial-cluster': { kind: 'members', description: 'all members: NAME=HOST:PORT,...' },
    'initial-cluster-state': {
      kind: 'string',
      description: 'new, or existing: this member was added to a running cluster',
      default: 'new',
    },
    'initial-cluster-token': {
      kind: 'string',
      description: 'tells clusters with the same members apart',
      default: initialClusterTokenDefault,
    },
    'listen-client': { kind: 'addresses', description: "where to serve etcd's gRPC: HOST:PORT", default: '' },
    backend: { kind: 'string', description: 'where the state lives: memory or lmdb', default: 'memory' },
    'election-timeout': { kind: 'int', description: 'ms to wait for a leader, at least', default: '300' },
    'heartbeat-interval': {
      kind: 'int',
      description: 'ms between signs of life of a leader',
      default: '50',
    },
    'snapshot-count': { kind: 'int', description: 'log entries between snapshots', default: '10000' },
    'lease-reads': {
      kind: 'boolean',
      description: 'the leader answers reads by its lease: relies on clocks that run at about one speed',
    },
    'quota-backend-bytes': {
      kind: 'int',
      description: 'size of the state from which puts are refused; 0: 2 GiB, negative: none',
      default: '0',
    },
    'max-request-bytes': {
      kind: 'int',
      description: 'largest request',
      default: `${serverDefaults.maxRequestBytes}`,
    },
    'auto-compaction-mode': { kind: 'string', description: 'periodic or revision', default: 'periodic' },
    'auto-compaction-retention': {
      kind: 'string',
      description: 'history that is kept: 1h, 30m, or a number of hours or revisions; 0: all of it',
      default: '0',
    },
    'watch-progress-notify-interval': {
      kind: 'string',
      description: 'between progress notices to idle watches that want them',
      default: '10s',
    },
  },
  example: '--data-dir data --initial-cluster etcd-raft-0=127.0.0.1:7000',
  start: (world, config, flags) =>
    startEtcdRaft(world, {
      ...config,
      dataDirectory: flags['data-dir'],
      initialCluster: flags['initial-cluster'],
      initialClusterState: clusterState(flags['initial-cluster-state']),
      initialClusterToken: flags['initial-cluster-token'],
      listenClient: oneAddress(flags['listen-client']),
      openBackend: backendOf(world, flags.backend),
      electionTimeoutMs: flags['election-timeout'],
      heartbeatIntervalMs: flags['heartbeat-interval'],
      snapshotEntries: flags['snapshot-count'],
      leaseReads: flags['lease-reads'],
      quotaBackendBytes: flags['quota-backend-bytes'],
      maxRequestBytes: flags['max-request-bytes'],
      autoCompaction: readAutoCompaction(flags['auto-compaction-mode'], flags['auto-compaction-retention']),
      watchProgressNotifyIntervalMs: duration(
        'watch-progress-notify-interval',
        flags['watch-progress-notify-interval'],
      ),
    }),
});

function clusterState(text: string): 'new' | 'existing' {
  if (text === 'new' || text === 'existing') return text;
  throw new Error(`--initial-cluster-state is new or existing, not '${text}'`);
}

function oneAddress(addresses: readonly Address[]): Address | undefined {
  if (addresses.length > 1) throw new Error('--listen-client is one address');
  return addresses[0];
}

function duration(flag: string, text: string): number {
  const ms = readDuration(text);
  if (ms === undefined || ms <= 0) throw new Error(`--${flag} is a time such as 10s or 10m, not '${text}'`);
  return ms;
}

function backendOf(world: World, kind: string): ((directory: string) => Promise<Backend>) | undefined {
  if (kind === 'memory') return undefined;
  if (kind !== 'lmdb') throw new Error(`--backend is memory or lmdb, not '${kind}'`);
  return async (directory) => {
    await world.disk.makeDirectory(directory);
    return new LmdbBackend({ path: `${directory}/state.mdb` });
  };
}
