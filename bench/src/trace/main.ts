import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiCluster } from '../api/server.js';
import { machine } from '../machine.js';

export interface TraceBenchOptions {
  readonly root: string;
  /** Slices of each; the figures are medians over them. */
  readonly rounds: number;
  readonly json: boolean;
}

/** Short, and one after the other: what else the machine does hits all alike. */
const sliceMs = 1_000;
/** Compiled, and caches warm: fewer leave one side half-compiled. */
const warmSlices = 3;
const clients = 8;
const portsApart = 10;
const firstPort = 19_530;

const variants = [
  { name: 'off', perMillion: 0 },
  { name: 'default (1 of 100)', perMillion: 10_000 },
  { name: 'every trace', perMillion: 1_000_000 },
] as const;

const rows = [
  { name: 'create ConfigMap', call: createConfigMap },
  { name: 'get ConfigMap', call: getConfigMap },
] as const;

interface Side {
  readonly cluster: ApiCluster;
  readonly perSecond: number[];
  made: number;
  calls: number;
  cpuMs: number;
}

interface Figure {
  readonly row: string;
  readonly variant: string;
  readonly perSecond: number;
  /** Of what is lost against `off`: the median over rounds, each against its own neighbour. */
  readonly lostPercent: number;
  /** Of the apiserver's processor, a request: what a busy machine does not blur. */
  readonly cpuMs: number;
  readonly cpuMorePercent: number;
}

/** The same requests at apiservers side by side that differ in their sampling only. */
export async function benchTrace(options: TraceBenchOptions): Promise<void> {
  const main = join(options.root, 'services/apiserver/dist/src/main.js');
  const directories: string[] = [];
  const sides: Side[] = [];
  try {
    for (const [at, { perMillion }] of variants.entries()) {
      const directory = mkdtempSync(join(tmpdir(), 'kubelab-bench-trace-'));
      directories.push(directory);
      const flags = ['--tracing-sampling-rate-per-million', String(perMillion)];
      const port = firstPort + at * portsApart;
      const cluster = await ApiCluster.create({ root: options.root, directory, main, flags, port });
      sides.push({ cluster, perSecond: [], made: 0, calls: 0, cpuMs: 0 });
      await cluster.start();
    }
    const figures: Figure[] = [];
    for (const row of rows) figures.push(...(await measureRow(row, sides, options.rounds)));
    report(options, figures);
  } finally {
    await Promise.all(sides.map(({ cluster }) => cluster.stop()));
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  }
}

async function measureRow(
  row: (typeof rows)[number],
  sides: readonly Side[],
  rounds: number,
): Promise<Figure[]> {
  for (const side of sides) {
    side.perSecond.length = 0;
    for (let warm = 0; warm < warmSlices; warm += 1) await slice(side, row.call);
    side.calls = 0;
    side.cpuMs = 0;
  }
  for (let round = 0; round < rounds; round += 1) {
    // Who comes first changes: an order has its own winners.
    const order = sides
      .map((_, at) => sides[(at + round) % sides.length])
      .filter((side) => side !== undefined);
    for (const side of order) side.perSecond.push(await slice(side, row.call));
  }
  const [off] = sides;
  const cpuOf = ({ cpuMs, calls }: Side) => cpuMs / Math.max(1, calls);
  return sides.map((side, at) => ({
    row: row.name,
    variant: variants[at]?.name ?? '',
    perSecond: median(side.perSecond),
    lostPercent: median(
      side.perSecond.map((rate, round) => 100 * (1 - rate / (off?.perSecond[round] ?? rate))),
    ),
    cpuMs: cpuOf(side),
    cpuMorePercent: 100 * (cpuOf(side) / cpuOf(off ?? side) - 1),
  }));
}

async function slice(side: Side, call: (side: Side) => Promise<void>): Promise<number> {
  const startMs = performance.now();
  const startCpuMs = side.cluster.cpuMs();
  let calls = 0;
  const client = async () => {
    while (performance.now() - startMs < sliceMs) {
      await call(side);
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  side.calls += calls;
  side.cpuMs += side.cluster.cpuMs() - startCpuMs;
  return (calls * 1000) / (performance.now() - startMs);
}

const path = '/api/v1/namespaces/default/configmaps';

async function createConfigMap(side: Side): Promise<void> {
  side.made += 1;
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `c-${side.made}` },
    data: { a: 'b' },
  };
  expectCode((await side.cluster.call('POST', path, body)).code, 201);
}

async function getConfigMap({ cluster }: Side): Promise<void> {
  expectCode((await cluster.call('GET', `${path}/c-1`)).code, 200);
}

function expectCode(code: number, wanted: number): void {
  if (code !== wanted) throw new Error(`answered ${code}, not ${wanted}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function report({ root, rounds, json }: TraceBenchOptions, figures: readonly Figure[]): void {
  const about = { ...machine(root), rounds };
  if (json) {
    process.stdout.write(`${JSON.stringify({ name: 'trace', ...about, figures }, undefined, 2)}\n`);
    return;
  }
  const lines = figures.map(
    ({ row, variant, perSecond, lostPercent, cpuMs, cpuMorePercent }) =>
      `${row.padEnd(18)} ${variant.padEnd(20)} ${perSecond.toFixed(0).padStart(6)}/s  ${lostPercent.toFixed(1).padStart(5)} % less  ${cpuMs.toFixed(2)} ms of processor, ${cpuMorePercent.toFixed(1).padStart(5)} % more`,
  );
  const head = `${about.machine}, commit ${about.commit}, medians of ${rounds} slices of ${sliceMs} ms, ${clients} clients`;
  process.stdout.write(`${[head, ...lines].join('\n')}\n`);
}
