import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.js';

const resolutionMs = 10;

/** Prometheus' usual metrics of a process, and how late its event loop is: percentiles since the last time somebody asked. */
export function processMetrics(metrics: Metrics): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const gauge = (name: string, help: string) => metrics.gauge(name, help);
  const cpu = metrics.counter('process_cpu_seconds_total', 'User and system CPU time spent in seconds.');
  const resident = gauge('process_resident_memory_bytes', 'Resident memory size in bytes.');
  const started = gauge('process_start_time_seconds', 'Start of the process in seconds since the epoch.');
  const heap = gauge('nodejs_heap_size_used_bytes', 'Used memory of the JavaScript heap.');
  const external = gauge('nodejs_external_memory_bytes', 'Memory of buffers outside of the heap.');
  const lag = metrics.gauge('nodejs_eventloop_lag_seconds', 'Delay of the event loop.', ['quantile']);
  const startedSeconds = Date.now() / 1000 - process.uptime();
  metrics.collect(() => {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage();
    cpu.set({}, (user + system) / 1e6);
    resident.set({}, memory.rss);
    started.set({}, startedSeconds);
    heap.set({}, memory.heapUsed);
    external.set({}, memory.external);
    // What is measured is the time between two looks: the wanted pause is part of it.
    const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
    lag.set({ quantile: '0.5' }, seconds(delay.percentile(50)));
    lag.set({ quantile: '0.99' }, seconds(delay.percentile(99)));
    lag.set({ quantile: '1' }, seconds(delay.max));
    delay.reset();
  });
  return { stop: () => delay.disable() };
}
