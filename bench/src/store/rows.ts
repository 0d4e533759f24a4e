import type { BenchCluster } from './clusters.js';
import type { Job } from './job.js';

/** One figure of one cluster. */
export interface Figure {
  readonly value: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

export interface Row {
  readonly name: string;
  readonly unit: '/s' | 'ms' | 'MiB';
  /** kubelab / etcd, in the better direction, that docs/performance.md promises. */
  readonly goal: number;
  measure(cluster: BenchCluster, options: RowOptions): Promise<Figure>;
}

export interface RowOptions {
  readonly seconds: number;
}

const valueBytes = 256;
const keys = 10_000;
const warmUpSeconds = 0.7;
const driverStartMs = 2_000;

function rate(
  name: string,
  goal: number,
  operation: Job['operation'],
  clients: number,
  connections: number,
  keyCount = keys,
): Row {
  return {
    name,
    unit: '/s',
    goal,
    measure: async (cluster, { seconds }) => {
      const job = { operation, clients, connections, warmUpSeconds, seconds, valueBytes, keys: keyCount };
      const { operations, seconds: took, p50Ms, p99Ms } = await cluster.job(job);
      return { value: operations / took, p50Ms, p99Ms };
    },
  };
}

/** Rows of a running cluster that holds little. */
export const rateRows: readonly Row[] = [
  rate('put, 1 client', 1.5, 'put', 1, 1),
  rate('put, 10 clients', 2.5, 'put', 10, 10),
  rate('put, 100 on 10 connections', 4, 'put', 100, 10),
  rate('put, 100 connections', 3, 'put', 100, 100),
  rate('put, 1,000 on 10 connections', 5, 'put', 1_000, 10),
  rate('put, 1,000 connections', 4, 'put', 1_000, 1_000),
  rate('linearizable get, 1', 2, 'get', 1, 1),
  rate('linearizable get, 100 on 10', 8, 'get', 100, 10),
  rate('serializable get, 1', 2, 'serializableGet', 1, 1),
  rate('serializable get, 100 on 10', 10, 'serializableGet', 100, 10),
  rate('range of 1,000 keys, 10', 4, 'range', 10, 10),
  rate('txn, 100 on 10', 2.5, 'txn', 100, 10),
  rate('lease keep-alive, 100 on 10', 1.5, 'keepAlive', 100, 10),
  rate('watch events, 1,000 on 10', 5, 'watch', 1_000, 10),
  rate('watch events, 1,000 connections', 2, 'watch', 1_000, 1_000),
];

export const failoverRow: Row = {
  name: 'leader killed to next write',
  unit: 'ms',
  goal: 1,
  measure: async (cluster) => {
    const seconds = 6;
    const writing = cluster.job({
      operation: 'longestGap',
      clients: 1,
      connections: 1,
      warmUpSeconds: 0,
      seconds,
      valueBytes,
      keys: 1,
    });
    await sleep(1_500);
    const leader = cluster.leader();
    await cluster.stop('SIGKILL', leader);
    const { p50Ms } = await writing;
    cluster.start(leader);
    await untilWritable(cluster);
    return { value: p50Ms };
  },
};

/** Filled with `count` keys: how long a restart of all members takes, and how much memory one takes then. */
export function sizeRows(count: number): {
  readonly restart: Row;
  readonly memory: Row;
  readonly snapshot: Row;
} {
  const text = count >= 1_000_000 ? `${count / 1_000_000} M` : `${count / 1_000}k`;
  const restart: Row = {
    name: `restart with ${text} keys`,
    unit: 'ms',
    goal: 1,
    measure: async (cluster) => {
      await cluster.job({
        operation: 'fill',
        clients: 20,
        connections: 4,
        warmUpSeconds: 0,
        seconds: 0,
        valueBytes,
        keys: count,
      });
      await cluster.stop();
      const written = cluster.job({
        ...{ operation: 'untilWritten', clients: 1, connections: 1, warmUpSeconds: 0, seconds: 0 },
        ...{ valueBytes: 1, keys: 1 },
      });
      // The driver's own start is not the members'.
      await sleep(driverStartMs);
      const startedMs = Date.now();
      cluster.start();
      const { p50Ms } = await written;
      return { value: p50Ms - startedMs };
    },
  };
  const memory: Row = {
    name: `memory of a member with ${text} keys`,
    unit: 'MiB',
    goal: 1,
    measure: (cluster) => Promise.resolve({ value: cluster.residentBytes() / 2 ** 20 }),
  };
  const snapshot: Row = {
    name: `snapshot saved by etcdctl, ${text} keys`,
    unit: 'ms',
    goal: 1,
    measure: async (cluster) => ({ value: await cluster.saveSnapshot() }),
  };
  return { restart, memory, snapshot };
}

/** A write goes through: started, elected, recovered. */
export async function untilWritable(cluster: BenchCluster): Promise<void> {
  const deadlineMs = performance.now() + 180_000;
  const probe = { operation: 'fill', clients: 1, connections: 1, warmUpSeconds: 0, seconds: 0 } as const;
  for (;;) {
    try {
      await cluster.job({ ...probe, valueBytes: 1, keys: 1 });
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await sleep(50);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
