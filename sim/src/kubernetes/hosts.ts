import { ownTokenConfig, type RunningApiserver, startApiserver } from '@kubelab/apiserver';
import { Client, connectApiserver } from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { startControllerManager } from '@kubelab/controller-manager';
import { startScheduler } from '@kubelab/scheduler';
import { createTelemetry, formatLogLine, silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import type { Address, Simulation, TlsMaterial, World } from '@kubelab/world';
import { nameOf, SimulatedStore } from '../cluster.js';
import { type Machine, startHollowKubelet } from './hollow-kubelet.js';
import type { ClusterBug } from './planted.js';
import type { ClusterSettings } from './settings.js';

const wirePort = 6_444;
const nodeMonitorGraceMs = 20_000;
const defaultTolerationSeconds = 30;

/** There is no cryptography: the simulated network presents the identity. */
export function tlsOf(commonName: string, organizations: readonly string[] = []): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations } };
}

type Start = (world: World) => Promise<RunningComponent>;

/** One host beside the store's: what runs there, and whether it does. */
interface Host {
  readonly start: Start;
  starts: number;
  running: RunningComponent | undefined;
}

export interface ClusterOptions {
  readonly settings: ClusterSettings;
  readonly plantedBug: ClusterBug | undefined;
  /** What components log is part of the story. */
  readonly withLogs: boolean;
  readonly note: (what: string) => void;
  readonly fail: (property: string, message: string) => void;
}

/** Token keys that nobody uses: making some takes longer than a run's first virtual minute. */
let tokens: ReturnType<typeof ownTokenConfig> | undefined;

/** The control plane and its nodes: every component the real one, each on a simulated host of its own. */
export class SimulatedCluster {
  readonly store: SimulatedStore;
  readonly machines = new Map<string, Machine>();
  readonly #simulation: Simulation;
  readonly #options: ClusterOptions;
  readonly #hosts = new Map<string, Host>();
  #containerStarted: () => void = () => undefined;

  constructor(simulation: Simulation, options: ClusterOptions) {
    this.#simulation = simulation;
    this.#options = options;
    const { settings, withLogs } = options;
    this.store = new SimulatedStore(simulation, {
      plantedBug: undefined,
      settings: { ...settings.store, faultEveryMsMax: 0, lastCrash: 0 },
      withLogs,
      members: settings.members,
      timing: { electionTimeoutMs: 1_000, heartbeatIntervalMs: 200 },
    });
    for (const index of [0, 1]) {
      this.#add(`apiserver-${index}`, (world) => this.#startApiserver(world));
      this.#add(`controller-manager-${index}`, (world) => this.#startControllerManager(world));
      this.#add(`scheduler-${index}`, (world) => this.#startScheduler(world));
    }
    for (const name of this.nodeNames) {
      const machine: Machine = { name, containers: new Map(), started: () => this.#containerStarted() };
      this.machines.set(name, machine);
      this.#add(name, (world) => this.#startKubelet(world, machine));
    }
  }

  /** Called when something begins to run on a machine. */
  watchContainers(started: () => void): void {
    this.#containerStarted = started;
  }

  get nodeNames(): string[] {
    return Array.from({ length: this.#options.settings.nodes }, (_, at) => `node-${at + 1}`);
  }

  /** Every host that faults may come to. */
  hosts(): string[] {
    return [...this.store.members(), ...this.#hosts.keys()];
  }

  start(): void {
    this.store.start();
    for (const name of this.#hosts.keys()) this.restart(name);
  }

  crash(name: string): void {
    const host = this.#hosts.get(name);
    if (host === undefined) {
      this.store.crash(name);
      return;
    }
    host.running = undefined;
    this.#simulation.crash(name);
  }

  restart(name: string): void {
    const host = this.#hosts.get(name);
    if (host === undefined) {
      this.store.restart(name);
      return;
    }
    host.starts += 1;
    const { starts } = host;
    const world = this.#simulation.world(name);
    host.start(world).then(
      (running) => {
        if (host.starts === starts && this.#simulation.isUp(name)) host.running = running;
      },
      (error: unknown) => {
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        if (host.starts === starts) this.#options.fail('start', `${name} does not start: ${why}`);
      },
    );
  }

  isUp(name: string): boolean {
    return this.#simulation.isUp(name);
  }

  /** All that there are serve, and have what they need. */
  ready(): boolean {
    return [...this.#hosts.values()].every(({ running }) => running?.ready() === true);
  }

  describeUnready(): string {
    const unready = [...this.#hosts].filter(([, { running }]) => running?.ready() !== true);
    return unready.map(([name]) => name).join(', ');
  }

  role(name: string): string {
    return this.#hosts.get(name)?.running?.role() ?? '';
  }

  /** Somebody outside the cluster who may do everything. */
  person(name: string): { readonly world: World; readonly client: Client } {
    const world = this.#simulation.world(name);
    const tls = tlsOf('kubernetes-admin', ['system:masters']);
    return { world, client: this.#client(world, tls, this.#apiservers()) };
  }

  #add(name: string, start: Start): void {
    this.#hosts.set(name, { start, starts: 0, running: undefined });
  }

  #apiservers(): Address[] {
    return [0, 1].map((index) => ({ host: `apiserver-${index}`, port: wirePort }));
  }

  #client(world: World, tls: TlsMaterial, addresses: Address[]): Client {
    const telemetry = silentTelemetry(world, 'client', world.host);
    return new Client(connectApiserver({ world, telemetry, links: createLinks() }, { addresses, tls }));
  }

  #config(world: World, component: string, tls: TlsMaterial): ComponentConfig {
    const { withLogs, note } = this.#options;
    const name = world.host;
    const telemetry = withLogs
      ? createTelemetry({
          ...{ component, instance: name, world },
          destination: { write: (line) => note(formatLogLine(line, { colour: false })) },
        })
      : silentTelemetry(world, component, name);
    return { name, listen: { host: name, port: wirePort }, tls, telemetry, links: createLinks(), debug: {} };
  }

  #startApiserver(world: World): Promise<RunningApiserver> {
    tokens ??= ownTokenConfig();
    const tls = tlsOf(world.host, ['kubelab:apiservers']);
    const secureListen = { host: world.host, port: 6_443 };
    return startApiserver(world, {
      ...this.#config(world, 'apiserver', tls),
      ...{ secureListen, advertise: secureListen, serviceCidr: '10.96.0.0/16', defaultTolerationSeconds },
      tokens,
      serveSecure: async () => ({ address: secureListen, close: async () => undefined }),
      store: {
        type: 'kubelab',
        tls,
        servers: Array.from({ length: this.#options.settings.members }, (_, at) => ({
          host: nameOf(at),
          port: 2_380,
        })),
      },
    });
  }

  #startControllerManager(world: World): Promise<RunningComponent> {
    return startControllerManager(world, {
      ...this.#config(world, 'controller-manager', tlsOf('system:kube-controller-manager')),
      apiservers: this.#apiservers(),
      controllers: ['*'],
      nodeMonitorGraceMs,
      localVolumeDir: '/volumes',
      plantedBug: this.#options.plantedBug,
    });
  }

  #startScheduler(world: World): Promise<RunningComponent> {
    return startScheduler(world, {
      ...this.#config(world, 'scheduler', tlsOf('system:kube-scheduler')),
      apiservers: this.#apiservers(),
    });
  }

  async #startKubelet(world: World, machine: Machine): Promise<RunningComponent> {
    const tls = tlsOf(`system:node:${world.host}`, ['system:nodes']);
    const { telemetry } = this.#config(world, 'kubelet', tls);
    const client = this.#client(world, tls, this.#apiservers());
    return startHollowKubelet({ world, log: telemetry.log, client, machine });
  }
}
