import { Client } from '@kubelab/client';
import { defaultConfiguration, MemoryApi, Scheduler } from '@kubelab/scheduler';
import { silentTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import { machine } from '../machine.js';
import { hollowNode, type Workload, workloads } from './workloads.js';

/** A workload that takes longer is reported as it stands. */
const patienceMs = 120_000;
const pollMs = 5;

export interface SchedulerBenchOptions {
  readonly root: string;
  readonly nodes: number;
  readonly pods: number;
  readonly only: string | undefined;
  readonly json: boolean;
}

interface Figures {
  readonly workload: string;
  readonly nodes: number;
  readonly pods: number;
  readonly scheduled: number;
  readonly seconds: number;
  readonly podsPerSecond: number;
  /** Of processor time: what it would be on a machine that has nothing else to do. */
  readonly podsPerCpuSecond: number;
  readonly cycleP50Ms: number;
  readonly cycleP99Ms: number;
  readonly preempted: number;
}

const wait = () => new Promise<void>((resolve) => setTimeout(resolve, pollMs));
const round = (value: number, digits: number) => Number(value.toFixed(digits));

/**
 * A scheduler with its informers, queue and bindings in this process, against an apiserver's stand-in in memory that
 * encodes every object as JSON. From the first pod's creation to the last binding that came back by the watch.
 */
async function measure(workload: Workload, options: SchedulerBenchOptions): Promise<Figures> {
  const world = createRealWorld({ host: 'bench' });
  const api = new MemoryApi();
  const { log } = silentTelemetry(world, 'scheduler', 'bench');
  for (let at = 0; at < options.nodes; at += 1) api.put('nodes', hollowNode(at));
  for (const { resource, object } of workload.objects) api.put(resource, object);
  for (const pod of workload.before(options.nodes, options.pods)) api.put('pods', pod);
  const scheduler = new Scheduler({
    world,
    log,
    client: new Client(api),
    configuration: defaultConfiguration,
  });
  const stop = new AbortController();
  const cycles: number[] = [];
  scheduler.onDecision = ({ tookMs }) => cycles.push(tookMs);
  scheduler.start();
  const leading = scheduler.lead(stop.signal);
  while (!scheduler.leads) await wait();
  const pods = workload.pods(options.pods);
  const startedMs = performance.now();
  const startedCpu = process.cpuUsage();
  for (const pod of pods) api.put('pods', pod);
  const bound = () => api.writes.get('POST pods/binding') ?? 0;
  while (bound() < pods.length && performance.now() - startedMs < patienceMs) await wait();
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(startedCpu);
  stop.abort();
  scheduler.stop();
  await leading;
  cycles.sort((a, b) => a - b);
  const quantile = (share: number) =>
    cycles[Math.min(cycles.length - 1, Math.floor(cycles.length * share))] ?? 0;
  return {
    workload: workload.name,
    nodes: options.nodes,
    pods: pods.length,
    scheduled: bound(),
    seconds: round(seconds, 2),
    podsPerSecond: Math.round(bound() / seconds),
    podsPerCpuSecond: Math.round(bound() / ((cpu.user + cpu.system) / 1e6)),
    cycleP50Ms: round(quantile(0.5), 3),
    cycleP99Ms: round(quantile(0.99), 3),
    preempted: api.writes.get('DELETE pods') ?? 0,
  };
}

export async function benchScheduler(options: SchedulerBenchOptions): Promise<void> {
  const about = machine(options.root);
  const rows: Figures[] = [];
  for (const workload of workloads) {
    if (options.only !== undefined && !workload.name.includes(options.only)) continue;
    const figures = await measure(workload, options);
    rows.push(figures);
    if (!options.json)
      process.stdout.write(
        `${figures.workload.padEnd(14)} ${figures.podsPerSecond} pods/s, ${figures.podsPerCpuSecond} per CPU second (${figures.scheduled} of ${figures.pods} on ${figures.nodes} nodes, ${figures.seconds} s), cycle p50 ${figures.cycleP50Ms} ms, p99 ${figures.cycleP99Ms} ms, ${figures.preempted} preempted\n`,
      );
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ ...about, rows })}\n`);
  else process.stdout.write(`${about.machine}, commit ${about.commit}\n`);
}
