import type { Logger } from '@kubelab/telemetry';
import { DiskError, type Timer, type World } from '@kubelab/world';
import { type Machine, readSelf, readUse } from '../node/machine.adapter.js';
import type { ContainerRuntime } from '../runtime/cri.js';
import type { PodUse, StatsSnapshot } from './snapshot.js';

/** cAdvisor's housekeeping interval in Kubernetes' kubelet. */
export const lookEveryMs = 10_000;
/** Two looks that are closer tell nothing of a rate: the one before counts. */
const windowMinMs = 1_000;

interface Look {
  readonly atMs: number;
  readonly cpuNanoSeconds: number;
  readonly cpuNanoCores: number | undefined;
}

export interface StatsParts {
  readonly world: World;
  readonly log: Logger;
  readonly runtime: ContainerRuntime;
  readonly machine: Machine;
  readonly nodeName: string;
  readonly dataDirectory: string;
}

/** Looks at what runs every 10 s, so that there are rates; answers from the latest look. */
export class StatsCollector {
  readonly #parts: StatsParts;
  readonly #looks = new Map<string, Look>();
  readonly #startedAtMs: number;
  #latest: StatsSnapshot | undefined;
  #looking: Promise<StatsSnapshot> | undefined;
  #timer: Timer | undefined;

  constructor(parts: StatsParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.world.clock.nowMs();
  }

  start(): void {
    const { world, log } = this.#parts;
    this.#timer = world.timers.setInterval(() => {
      this.#look().catch((error: unknown) =>
        log.error({ error }, 'the look at what pods use failed; it is tried again'),
      );
    }, lookEveryMs);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** At most one look old. */
  async snapshot(): Promise<StatsSnapshot> {
    return this.#latest ?? this.#look();
  }

  #look(): Promise<StatsSnapshot> {
    this.#looking ??= this.#take().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #take(): Promise<StatsSnapshot> {
    const { world, runtime, machine, nodeName, dataDirectory } = this.#parts;
    const sandboxes = await runtime.ListPodSandbox();
    const stats = await runtime.ListContainerStats();
    const statuses = new Map((await runtime.ListContainers()).map((one) => [one.id, one]));
    const self = readSelf();
    const present = new Set(['', ...stats.map(({ id }) => id)]);
    for (const id of this.#looks.keys()) if (!present.has(id)) this.#looks.delete(id);
    const pods = sandboxes.map(({ id: uid, namespace, name, createdAtMs }): PodUse => {
      const containers = stats
        .filter(({ podSandboxId }) => podSandboxId === uid)
        .map(({ id, name: container, cpuNanoSeconds, memoryBytes, processes }) => ({
          id,
          name: container,
          image: statuses.get(id)?.image ?? '',
          startedAtMs: statuses.get(id)?.startedAtMs ?? createdAtMs,
          cpuNanoSeconds,
          cpuNanoCores: this.#rate(id, cpuNanoSeconds),
          memoryBytes,
          processes,
        }));
      return { namespace, name, uid, startedAtMs: createdAtMs, containers };
    });
    this.#latest = {
      nodeName,
      timeMs: world.clock.nowMs(),
      kubelet: { ...self, cpuNanoCores: this.#rate('', self.cpuNanoSeconds), startedAtMs: this.#startedAtMs },
      machine: {
        cpus: machine.cpus,
        memoryBytes: machine.memoryBytes,
        availableMemoryBytes: readUse().availableMemoryBytes,
        freeDiskBytes: await this.#freeDisk(dataDirectory),
      },
      pods,
    };
    return this.#latest;
  }

  #rate(id: string, cpuNanoSeconds: number): number | undefined {
    const nowMs = this.#parts.world.clock.monotonicMs();
    const before = this.#looks.get(id);
    const tookMs = nowMs - (before?.atMs ?? nowMs);
    if (before !== undefined && tookMs < windowMinMs) return before.cpuNanoCores;
    // A process that nobody waited for takes its time along: never less than nothing.
    const cpuNanoCores =
      before === undefined
        ? undefined
        : Math.max(0, Math.round(((cpuNanoSeconds - before.cpuNanoSeconds) * 1000) / tookMs));
    this.#looks.set(id, { atMs: nowMs, cpuNanoSeconds, cpuNanoCores });
    return cpuNanoCores;
  }

  async #freeDisk(directory: string): Promise<number | undefined> {
    try {
      return await this.#parts.world.disk.freeBytes(directory);
    } catch (error) {
      if (error instanceof DiskError) return undefined;
      throw error;
    }
  }
}
