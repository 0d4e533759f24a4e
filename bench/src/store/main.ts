import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki, groups } from '@kubelab/pki';
import { createRealWorld } from '@kubelab/world';
import { machine } from '../machine.js';
import { drawChart } from './chart.js';
import { type BenchCluster, buildEtcdDriver, EtcdCluster, KubelabCluster, type Tls } from './clusters.js';
import { type Figure, failoverRow, type Row, rateRows, sizeRows, untilWritable } from './rows.js';

export interface StoreBenchOptions {
  readonly root: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Only rows whose name contains it. */
  readonly only: string | undefined;
  /** Keys of the restart and memory rows; none: they are left out. */
  readonly sizes: readonly number[];
  readonly json: boolean;
  /** Where to draw the table. */
  readonly chart: string | undefined;
  /** Of kubelab's members: memory or lmdb. */
  readonly backend: string;
}

export interface RowResult {
  readonly name: string;
  readonly unit: Row['unit'];
  readonly goal: number;
  readonly kubelab: Figure;
  readonly etcd: Figure;
  /** How many times better kubelab is. */
  readonly ratio: number;
}

/** Both stores side by side, in turn, on the same disk; prints the table. */
export async function benchStore(options: StoreBenchOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'kubelab-bench-store-'));
  const cache = join(options.root, 'node_modules/.cache/kubelab-bench');
  mkdirSync(cache, { recursive: true });
  const tlsOf = await certificates(directory);
  const etcd = new EtcdCluster(join(directory, 'etcd'), tlsOf, buildEtcdDriver(options.root, cache));
  const kubelab = new KubelabCluster(join(directory, 'kubelab'), tlsOf, options.root, options.backend);
  const clusters = [kubelab, etcd];
  const stop = () => Promise.all(clusters.map((cluster) => cluster.stop('SIGKILL')));
  process.once('SIGINT', () => void stop().finally(() => process.exit(130)));
  try {
    const results: RowResult[] = [];
    const rows = [...rateRows, failoverRow].filter(({ name }) => wanted(options, name));
    if (rows.length > 0) await fresh(clusters);
    for (const row of rows) results.push(await compare(row, kubelab, etcd, options));
    for (const size of options.sizes) {
      const { restart, memory, snapshot } = sizeRows(size);
      if (![restart, memory, snapshot].some(({ name }) => wanted(options, name))) continue;
      await fresh(clusters);
      results.push(await compare(restart, kubelab, etcd, { ...options, rounds: 1 }));
      results.push(await compare(memory, kubelab, etcd, { ...options, rounds: 1 }));
      results.push(await compare(snapshot, kubelab, etcd, { ...options, rounds: 1 }));
    }
    report(results, options, [kubelab, etcd]);
  } finally {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function wanted({ only }: StoreBenchOptions, name: string): boolean {
  return only === undefined || name.includes(only);
}

async function certificates(directory: string): Promise<(name: string) => Tls> {
  const pki = join(directory, 'pki');
  const world = createRealWorld({ host: 'bench' });
  const hosts = ['localhost', '127.0.0.1'];
  await ensurePki(world, pki, [
    ...[0, 1, 2].map((member) => ({
      name: `etcd-raft-${member}`,
      commonName: `etcd-raft-${member}`,
      organizations: [groups.etcdMembers],
      hosts,
    })),
    { name: 'driver', commonName: 'driver', organizations: [groups.operators], hosts },
  ]);
  return (name) => ({
    caFile: join(pki, 'ca.crt'),
    certFile: join(pki, `${name}.crt`),
    keyFile: join(pki, `${name}.key`),
  });
}

async function fresh(clusters: readonly BenchCluster[]): Promise<void> {
  for (const cluster of clusters) {
    await cluster.stop('SIGKILL');
    cluster.wipe();
    cluster.start();
    await untilWritable(cluster);
  }
}

async function compare(
  row: Row,
  kubelab: BenchCluster,
  etcd: BenchCluster,
  options: StoreBenchOptions,
): Promise<RowResult> {
  const figures: { kubelab: Figure[]; etcd: Figure[] } = { kubelab: [], etcd: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    figures.kubelab.push(await row.measure(kubelab, options));
    figures.etcd.push(await row.measure(etcd, options));
  }
  const [ours, theirs] = [median(figures.kubelab), median(figures.etcd)];
  const ratio = row.unit === '/s' ? ours.value / theirs.value : theirs.value / ours.value;
  const { name, unit, goal } = row;
  const result = { name, unit, goal, kubelab: ours, etcd: theirs, ratio };
  process.stderr.write(`${line(result)}\n`);
  return result;
}

function median(figures: readonly Figure[]): Figure {
  const sorted = [...figures].sort((a, b) => a.value - b.value);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('a row needs a round');
  return middle;
}

function shown({ value, p50Ms, p99Ms }: Figure, unit: Row['unit']): string {
  const number = Math.round(value).toLocaleString('en-US');
  const latency =
    p50Ms === undefined || p50Ms === 0 ? '' : `, p50 ${p50Ms.toFixed(1)} p99 ${p99Ms?.toFixed(1)} ms`;
  return `${number}${unit === '/s' ? '' : ' '}${unit}${latency}`;
}

function line({ name, unit, goal, kubelab, etcd, ratio }: RowResult): string {
  const met = ratio >= goal ? ' ' : '!';
  return `${met} ${name.padEnd(36)} ${ratio.toFixed(2).padStart(7)} (goal ${goal})  ${shown(kubelab, unit)}  |  ${shown(etcd, unit)}`;
}

function report(
  results: readonly RowResult[],
  options: StoreBenchOptions,
  clusters: readonly BenchCluster[],
): void {
  const versions = clusters.map(({ name, version }) => `${name} (${version})`).join(' and ');
  const about = { ...machine(options.root), versions, rounds: options.rounds, seconds: options.seconds };
  if (options.chart !== undefined) writeFileSync(options.chart, drawChart(results, about));
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ name: 'store', ...about, results }, undefined, 2)}\n`);
    return;
  }
  const table = [
    `${versions}, 3 members each, mutual TLS, 256-byte values`,
    `${about.machine}, commit ${about.commit}, median of ${options.rounds}`,
    '  ratio: how many times better kubelab is; ! behind its goal',
    ...results.map(line),
  ];
  process.stdout.write(`${table.join('\n')}\n`);
}
