import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from '../machine.js';
import { type ApiFigure, type ApiRow, apiRows } from './rows.js';
import { ApiCluster, sleep } from './server.js';

export interface ApiBenchOptions {
  readonly root: string;
  readonly seconds: number;
  /** Only rows whose name contains it (and those that make the pods). */
  readonly only: string | undefined;
  readonly json: boolean;
  /** The apiserver's main.js; undefined: this one's. */
  readonly apiserver: string | undefined;
}

interface Result extends ApiFigure {
  readonly name: string;
  /** The longest answer to a question after health while the row ran: what anybody else waited. */
  readonly othersWaitedMs: number;
  readonly eventLoopLagMs: number | undefined;
  readonly residentMiB: number;
}

const pingEveryMs = 5;

/** One store member, one apiserver, one client process; prints the table. */
export async function benchApi(options: ApiBenchOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'kubelab-bench-api-'));
  const main = options.apiserver ?? join(options.root, 'services/apiserver/dist/src/main.js');
  const cluster = await ApiCluster.create({ root: options.root, directory, main });
  process.once('SIGINT', () => void cluster.stop().finally(() => process.exit(130)));
  try {
    const started = await cluster.start();
    process.stderr.write(`${startText(started)}\n`);
    const results: Result[] = [];
    const isWanted = ({ name }: ApiRow) => options.only === undefined || name.includes(options.only);
    // The first rows make what the others read: a namespace, and pods.
    const needsPods = apiRows.some((row) => isWanted(row) && row.name.includes('pod'));
    for (const [at, row] of apiRows.entries()) {
      const wanted = isWanted(row);
      const makes = at === 0 || (at === 1 && needsPods);
      if (!wanted && !makes) continue;
      const result = await measured(row, cluster, options.seconds);
      if (wanted) results.push(result);
      process.stderr.write(`${line(result)}\n`);
    }
    report(options, started, results);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measured(row: ApiRow, cluster: ApiCluster, seconds: number): Promise<Result> {
  await cluster.vitals();
  let over = false;
  let othersWaitedMs = 0;
  const pings = (async () => {
    while (!over) {
      const startedMs = performance.now();
      await cluster.call('GET', '/livez');
      othersWaitedMs = Math.max(othersWaitedMs, performance.now() - startedMs);
      await sleep(pingEveryMs);
    }
  })();
  const found = await row.measure(cluster, seconds);
  over = true;
  await pings;
  const { lagMs, residentMiB } = await cluster.vitals();
  return { name: row.name, ...found, othersWaitedMs, eventLoopLagMs: lagMs, residentMiB };
}

function line(result: Result): string {
  const { name, perSecond, p50Ms, p99Ms, othersWaitedMs, eventLoopLagMs, residentMiB, note } = result;
  const rate = perSecond >= 10 ? Math.round(perSecond).toLocaleString('en-US') : perSecond.toFixed(2);
  const lag = eventLoopLagMs === undefined ? '?' : eventLoopLagMs.toFixed(0);
  const figures = `${rate}/s, p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`;
  const others = `loop ${lag} ms, others ${othersWaitedMs.toFixed(0)} ms, ${residentMiB.toFixed(0)} MiB`;
  return `${name.padEnd(56)} ${figures.padEnd(40)} ${others}${note === undefined ? '' : ` (${note})`}`;
}

interface Started {
  readonly readyMs: number;
  readonly cpuMs: number;
}

function startText({ readyMs, cpuMs }: Started): string {
  return `apiserver ready after ${readyMs.toFixed(0)} ms, ${cpuMs} ms of them its own work`;
}

function report(options: ApiBenchOptions, started: Started, results: readonly Result[]): void {
  const about = { ...machine(options.root), seconds: options.seconds };
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ name: 'api', ...about, ...started, results }, undefined, 2)}\n`);
    return;
  }
  const table = [
    'one apiserver, one member of the store, HTTPS, one client process',
    `${about.machine}, commit ${about.commit}, ${options.seconds} s a rate; ${startText(started)}`,
    '  loop: longest delay of the event loop; others: longest answer to /livez meanwhile, the client’s own delay included',
    ...results.map(line),
  ];
  process.stdout.write(`${table.join('\n')}\n`);
}
