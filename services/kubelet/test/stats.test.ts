import t from 'tap';
import { parseStat } from '../src/runtime/process/proc.adapter.js';
import { useOf } from '../src/runtime/process/stats.js';
import { cadvisorMetrics, kubeletMetrics, resourceMetrics, statsSummary } from '../src/stats/pages.js';
import { type StatsSnapshot, usageReport } from '../src/stats/snapshot.js';
import { eventually, freshDirectory, main, PodApi, shellPod, startKubelet } from './cluster.js';

t.test("a line of proc's stat, whatever the command is called", async (t) => {
  const fields = ['S', 7, 42, 42, 0, -1, 0, 0, 0, 0, 0, 150, 50, 30, 20, 20, 0, 1, 0, 9, 1e6, 256, 1];
  const row = { pid: 42, parent: 7, session: 42, cpuNanoSeconds: 2.5e9, rssBytes: 2 ** 20 };
  for (const name of ['sh', 'a b', ') (', ''])
    t.same(parseStat(`42 (${name}) ${fields.join(' ')}`), row, name);
  t.equal(parseStat(''), undefined);
});

t.test('a container uses what its sessions and their descendants use', async (t) => {
  const row = (pid: number, parent: number, session: number) => ({
    pid,
    parent,
    session,
    cpuNanoSeconds: 10 ** (pid % 10),
    rssBytes: 1,
  });
  // 11 is the shim, 12 its command, 13 began a session of its own; 14 outlived its parent; 15 is somebody else's.
  const table = [row(11, 1, 11), row(12, 11, 11), row(13, 12, 13), row(14, 1, 11), row(15, 1, 15)];
  t.same(useOf(table, [11]), { cpuNanoSeconds: 11_110, rssBytes: 4, processes: 4 });
  t.same(useOf(table, [15]), { cpuNanoSeconds: 100_000, rssBytes: 1, processes: 1 });
  t.same(useOf(table, [99]), { cpuNanoSeconds: 0, rssBytes: 0, processes: 0 });
});

const web = { id: 'u_web_0', name: 'web', image: 'web', startedAtMs: 60_000, processes: 2 };
const snapshot: StatsSnapshot = {
  nodeName: 'node-1',
  timeMs: Date.UTC(2026, 0, 1),
  kubelet: { cpuNanoSeconds: 4e9, cpuNanoCores: 100, memoryBytes: 1_000, startedAtMs: 0 },
  machine: { cpus: 2, memoryBytes: 8_000, availableMemoryBytes: 5_000, freeDiskBytes: undefined },
  pods: [
    {
      namespace: 'default',
      name: 'web',
      uid: 'u',
      startedAtMs: 0,
      containers: [
        { ...web, cpuNanoSeconds: 2e9, cpuNanoCores: 50, memoryBytes: 300 },
        { ...web, id: 'u_new_0', name: 'new', cpuNanoSeconds: 1e9, cpuNanoCores: undefined, memoryBytes: 7 },
      ],
    },
  ],
};

t.test('the pages tell one snapshot', async (t) => {
  t.match(statsSummary(snapshot), {
    node: { nodeName: 'node-1', cpu: { usageNanoCores: 150, usageCoreNanoSeconds: 7e9 } },
    pods: [
      {
        podRef: { name: 'web', namespace: 'default', uid: 'u' },
        cpu: { usageCoreNanoSeconds: 3e9 },
        memory: { workingSetBytes: 307 },
        process_stats: { process_count: 4 },
      },
    ],
  });
  const labels = 'container="web",namespace="default",pod="web"';
  t.match(resourceMetrics(snapshot), `\ncontainer_cpu_usage_seconds_total{${labels}} 2\n`);
  t.match(resourceMetrics(snapshot), '\nnode_memory_working_set_bytes 1307\n');
  t.match(resourceMetrics(snapshot), '\npod_cpu_usage_seconds_total{namespace="default",pod="web"} 3\n');
  t.match(cadvisorMetrics(snapshot), 'container_processes{container="web",id="/u_web_0"');
  t.match(kubeletMetrics(snapshot), '\nkubelet_running_containers{container_state="running"} 2\n');
});

t.test('what was looked at once has no rate yet, and is not told', async (t) => {
  t.same(usageReport(snapshot, 10_000), {
    timeMs: snapshot.timeMs,
    windowMs: 10_000,
    nodes: [{ name: 'node-1', cpuNanoCores: 150, memoryBytes: 1_307 }],
    pods: [
      {
        namespace: 'default',
        name: 'web',
        containers: [{ name: 'web', cpuNanoCores: 50, memoryBytes: 300 }],
      },
    ],
  });
});

t.test('real processes are measured, with what they have started', async (t) => {
  const api = new PodApi();
  const kubelet = await startKubelet(freshDirectory(), api);
  t.teardown(() => kubelet.destroy());
  api.put(
    shellPod('busy', 'sleep 60 & sleep 60 & i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 60'),
  );
  api.put(shellPod('idle', 'exec sleep 60'));
  for (const name of ['busy', 'idle'])
    await eventually(`${name} runs`, () => main(api.pod(name))?.state?.running);
  let found = await kubelet.runtime.ListContainerStats();
  const of = (name: string) => found.find(({ podSandboxId }) => podSandboxId === `uid-${name}`);
  for (let look = 0; look < 100 && (of('busy')?.cpuNanoSeconds ?? 0) < 1e8; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    found = await kubelet.runtime.ListContainerStats();
  }
  const [busy, idle] = [of('busy'), of('idle')];
  t.ok((busy?.cpuNanoSeconds ?? 0) >= 1e8, 'a loop uses time');
  t.ok((idle?.cpuNanoSeconds ?? 0) < (busy?.cpuNanoSeconds ?? 0));
  t.ok((idle?.memoryBytes ?? 0) > 100_000);
  t.ok((busy?.processes ?? 0) > (idle?.processes ?? 0), 'children count');
});
