import { type Pod, podKind } from '@kubelab/api';
import { Client, EventRecorder, Informer, keyOf, runWorkers, WorkQueue } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import { createSimulation, type Simulation, type World } from '@kubelab/world';
import { TimingWheel } from '../src/hollow/timing-wheel.js';
import { Backoff } from '../src/pod/backoff.js';
import { PodManager } from '../src/pod/manager.js';
import type { ExecResult } from '../src/runtime/cri.js';
import { HollowRuntime } from '../src/runtime/hollow/runtime.js';
import { MemoryApi } from './memory-api.js';

/** A hollow runtime whose commands a test answers, and which tells what was done to it and when. */
export class ScriptedRuntime extends HollowRuntime {
  readonly calls: string[] = [];
  /** By the command's first word; others go well. */
  readonly commands = new Map<string, () => ExecResult>();
  now: () => number = () => 0;

  override async StartContainer(id: string): Promise<void> {
    this.calls.push(`${this.now()} start ${shortOf(id)}`);
    await super.StartContainer(id);
  }

  override async StopContainer(id: string, timeoutMs: number): Promise<void> {
    this.calls.push(`${this.now()} stop ${shortOf(id)} ${timeoutMs}`);
    await super.StopContainer(id, timeoutMs);
  }

  override async ExecSync(id: string, command: readonly string[] = []): Promise<ExecResult> {
    this.calls.push(`${this.now()} exec ${shortOf(id)} ${command.join(' ')}`);
    const answer = this.commands.get(command[0] ?? '');
    return answer?.() ?? { exitCode: 0, output: '', timedOut: false };
  }
}

/** `uid_main_0` -> `main_0` */
const shortOf = (id: string) => id.slice(id.indexOf('_') + 1);

export interface VirtualKubelet {
  readonly simulation: Simulation;
  readonly world: World;
  readonly api: MemoryApi;
  readonly runtime: ScriptedRuntime;
  pod(name: string): Pod | undefined;
  add(name: string, spec: object, annotations?: Readonly<Record<string, string>>): void;
  remove(name: string, graceSeconds?: number): void;
  evict(name: string, message: string): void;
  /** `REASON: message`, of all pods, in the order of being written. */
  events(): string[];
  pass(ms: number): Promise<void>;
  stop(): void;
}

/** A kubelet's pod manager in virtual time. A container `{ name: 'main' }` runs for ever. */
export function virtualKubelet(): VirtualKubelet {
  const simulation = createSimulation({ seed: 1 });
  const world = simulation.world('node-1');
  const api = new MemoryApi(() => new Date(world.clock.nowMs()).toISOString());
  const { log } = silentTelemetry(world, 'kubelet', 'node-1');
  const client = new Client(api);
  const wheel = new TimingWheel(world);
  const queue = new WorkQueue(world);
  const runtime = new ScriptedRuntime({
    world,
    wheel,
    podCidr: '10.128.0.0/24',
    nodeIp: '127.0.0.1',
    changed: ({ namespace, name }) => queue.add(`${namespace}/${name}`),
  });
  runtime.now = () => simulation.nowMs;
  const pods = new Informer<Pod>(client, podKind, { world, log });
  pods.handle({ changed: (pod) => queue.add(keyOf(pod)), deleted: (pod) => queue.add(keyOf(pod)) });
  const events = new EventRecorder({ world, log, client, component: 'kubelet' });
  const backoff = new Backoff(10_000);
  const services = { list: () => [] };
  const shared = { world, log, client, runtime, events, pods, services, queue, backoff };
  const manager = new PodManager({ ...shared, nodeIp: '127.0.0.1', allocatable: { cpu: '2' } });
  pods.start();
  void runWorkers(queue, (key, context) => manager.reconcile(key, context), {
    workers: 8,
    log,
    name: 'test',
  });
  const path = (name: string) => `/api/v1/namespaces/default/pods/${name}`;
  return {
    simulation,
    world,
    api,
    runtime,
    pod: (name) => api.get<Pod>(path(name)),
    add: (name, spec, annotations = {}) => {
      const metadata = { name, namespace: 'default', uid: `uid-${name}`, annotations };
      const containers = [{ name: 'main', image: 'web' }];
      const body = { nodeName: 'node-1', containers, ...spec };
      api.put(path(name), { apiVersion: 'v1', kind: 'Pod', metadata, spec: body });
    },
    remove: (name, graceSeconds = 30) => api.remove(path(name), graceSeconds),
    evict: (name, message) => {
      const pod = api.get<Pod>(path(name));
      if (pod !== undefined) manager.evict(pod, message);
    },
    events: () =>
      api.list('events').map((event) => `${Reflect.get(event, 'reason')}: ${Reflect.get(event, 'message')}`),
    pass: async (ms) => {
      simulation.schedule(ms, () => {}); // Time goes by also when nothing is to happen.
      await simulation.run({ untilMs: simulation.nowMs + ms });
    },
    stop: () => {
      queue.stop();
      pods.stop();
      wheel.stop();
      events.stop();
    },
  };
}
