import { timestamp } from '@kubelab/api';
import { nodeUse, type StatsSnapshot, total, type Use } from './snapshot.js';

/** `/stats/summary` (k8s.io/kubelet stats/v1alpha1), of what is measured: absent fields are not known. */
export function statsSummary(snapshot: StatsSnapshot): object {
  const { nodeName, machine, kubelet, pods, timeMs } = snapshot;
  const time = timestamp(timeMs);
  const cpu = ({ cpuNanoCores, cpuNanoSeconds }: Use) => ({
    time,
    ...(cpuNanoCores === undefined ? {} : { usageNanoCores: cpuNanoCores }),
    usageCoreNanoSeconds: cpuNanoSeconds,
  });
  const memory = ({ memoryBytes }: Use) => ({
    time,
    usageBytes: memoryBytes,
    workingSetBytes: memoryBytes,
    rssBytes: memoryBytes,
  });
  const of = (use: Use) => ({ cpu: cpu(use), memory: memory(use) });
  const all = nodeUse(snapshot);
  const availableBytes = machine.freeDiskBytes;
  return {
    node: {
      nodeName,
      startTime: timestamp(kubelet.startedAtMs),
      systemContainers: [{ name: 'kubelet', startTime: timestamp(kubelet.startedAtMs), ...of(kubelet) }],
      cpu: cpu(all),
      memory: { ...memory(all), availableBytes: machine.availableMemoryBytes },
      ...(availableBytes === undefined ? {} : { fs: { time, availableBytes } }),
    },
    pods: pods.map(({ namespace, name, uid, startedAtMs, containers }) => ({
      podRef: { name, namespace, uid },
      startTime: timestamp(startedAtMs),
      containers: containers.map((one) => ({
        name: one.name,
        startTime: timestamp(one.startedAtMs),
        ...of(one),
      })),
      ...of(total(containers)),
      process_stats: { process_count: containers.reduce((sum, { processes }) => sum + processes, 0) },
    })),
  };
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus' text format. */
function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string[] {
  const line = ({ labels, value }: Sample) => {
    const inner = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}${inner.length === 0 ? '' : `{${inner.join(',')}}`} ${value}`;
  };
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(line)];
}

const seconds = (nanos: number) => nanos / 1e9;

/** `/metrics/resource`: what autoscaling needs (KEP-1916). */
export function resourceMetrics(snapshot: StatsSnapshot): string {
  const containers = snapshot.pods.flatMap(({ namespace, name, containers: all }) =>
    all.map((one) => ({ labels: { container: one.name, namespace, pod: name }, one })),
  );
  const pods = snapshot.pods.map(({ namespace, name, containers: all }) => ({
    labels: { namespace, pod: name },
    one: total(all),
  }));
  const node = [{ labels: {}, one: nodeUse(snapshot) }];
  const cpu = (all: readonly { labels: Sample['labels']; one: Use }[]) =>
    all.map(({ labels, one }) => ({ labels, value: seconds(one.cpuNanoSeconds) }));
  const memory = (all: readonly { labels: Sample['labels']; one: Use }[]) =>
    all.map(({ labels, one }) => ({ labels, value: one.memoryBytes }));
  const starts = containers.map(({ labels, one }) => ({ labels, value: one.startedAtMs / 1000 }));
  return [
    ...family('container_cpu_usage_seconds_total', 'counter', 'CPU time of a container.', cpu(containers)),
    ...family('container_memory_working_set_bytes', 'gauge', 'Memory of a container.', memory(containers)),
    ...family('container_start_time_seconds', 'gauge', 'When a container started.', starts),
    ...family('node_cpu_usage_seconds_total', 'counter', 'CPU time of the node.', cpu(node)),
    ...family('node_memory_working_set_bytes', 'gauge', 'Memory of the node.', memory(node)),
    ...family('pod_cpu_usage_seconds_total', 'counter', 'CPU time of a pod.', cpu(pods)),
    ...family('pod_memory_working_set_bytes', 'gauge', 'Memory of a pod.', memory(pods)),
    ...family('resource_scrape_error', 'gauge', '1 when the figures could not be had.', [
      { labels: {}, value: 0 },
    ]),
    '',
  ].join('\n');
}

/** `/metrics/cadvisor`: of cAdvisor's names those that are measured. */
export function cadvisorMetrics({ pods, machine }: StatsSnapshot): string {
  const all = pods.flatMap(({ namespace, name, containers }) =>
    containers.map((one) => ({
      labels: { container: one.name, id: `/${one.id}`, image: one.image, name: one.id, namespace, pod: name },
      one,
    })),
  );
  const each = (value: (one: (typeof all)[number]['one']) => number) =>
    all.map(({ labels, one }) => ({ labels, value: value(one) }));
  const alone = (value: number) => [{ labels: {}, value }];
  return [
    ...family(
      'container_cpu_usage_seconds_total',
      'counter',
      'CPU time used.',
      each((one) => seconds(one.cpuNanoSeconds)),
    ),
    ...family(
      'container_memory_rss',
      'gauge',
      'Resident memory.',
      each((one) => one.memoryBytes),
    ),
    ...family(
      'container_memory_working_set_bytes',
      'gauge',
      'Memory in use.',
      each((one) => one.memoryBytes),
    ),
    ...family(
      'container_processes',
      'gauge',
      'Processes that run.',
      each((one) => one.processes),
    ),
    ...family(
      'container_start_time_seconds',
      'gauge',
      'When it started.',
      each((one) => one.startedAtMs / 1000),
    ),
    ...family('machine_cpu_cores', 'gauge', 'Cores of the machine.', alone(machine.cpus)),
    ...family('machine_memory_bytes', 'gauge', 'Memory of the machine.', alone(machine.memoryBytes)),
    '',
  ].join('\n');
}

/** `/metrics`: of the kubelet itself. */
export function kubeletMetrics({ nodeName, kubelet, pods }: StatsSnapshot): string {
  const running = pods.filter(({ containers }) => containers.length > 0).length;
  const containers = pods.reduce((sum, pod) => sum + pod.containers.length, 0);
  const alone = (value: number, labels = {}) => [{ labels, value }];
  return [
    ...family('kubelet_node_name', 'gauge', "The node's name.", alone(1, { node: nodeName })),
    ...family('kubelet_running_pods', 'gauge', 'Pods with a running container.', alone(running)),
    ...family(
      'kubelet_running_containers',
      'gauge',
      'Containers by state.',
      alone(containers, { container_state: 'running' }),
    ),
    ...family(
      'process_cpu_seconds_total',
      'counter',
      'CPU time of the kubelet.',
      alone(seconds(kubelet.cpuNanoSeconds)),
    ),
    ...family('process_resident_memory_bytes', 'gauge', 'Memory of the kubelet.', alone(kubelet.memoryBytes)),
    ...family(
      'process_start_time_seconds',
      'gauge',
      'When the kubelet started.',
      alone(kubelet.startedAtMs / 1000),
    ),
    '',
  ].join('\n');
}
