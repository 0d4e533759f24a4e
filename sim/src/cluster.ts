import { debugService } from '@kubelab/component';
import { type MvccStore, type PlantedBug, startEtcdRaft } from '@kubelab/etcd-raft';
import { connectStore, type Store } from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { DiskError, type Simulation, type TlsMaterial, type World } from '@kubelab/world';
import { RaftInvariants, Violation } from './invariants.js';

export const memberNames = ['etcd-raft-0', 'etcd-raft-1', 'etcd-raft-2'] as const;
const port = 2380;
const restartRetryMs = 200;

/** The simulated network presents the identity; there is no cryptography to do. */
function tlsOf(commonName: string, organization: string): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations: [organization] } };
}

/** Three members of the real store, in simulated worlds, that can be crashed and started again. */
export class SimulatedStore {
  readonly #simulation: Simulation;
  readonly #plantedBug: PlantedBug | undefined;
  readonly #invariants = new RaftInvariants();
  readonly #stores = new Map<string, MvccStore>();
  /** Started since they last crashed, and of those the ones that serve. */
  readonly #started = new Set<string>();
  readonly #serving = new Set<string>();
  readonly #roles = new Map<string, string>();
  /** The first property that did not hold. */
  violation: Violation | undefined;

  constructor(simulation: Simulation, plantedBug: PlantedBug | undefined) {
    this.#simulation = simulation;
    this.#plantedBug = plantedBug;
  }

  start(): void {
    for (const name of memberNames) this.#startMember(name);
  }

  crash(name: string): void {
    this.#serving.delete(name);
    this.#started.delete(name);
    this.#simulation.crash(name);
  }

  restart(name: string): void {
    this.#startMember(name);
  }

  isServing(name: string): boolean {
    return this.#serving.has(name);
  }

  /** Whoever said last that it leads and has not crashed since. */
  leader(): string | undefined {
    return memberNames.find((name) => this.#serving.has(name) && this.#roles.get(name) === 'leader');
  }

  /** `only`: knows no other member; it is refused where that member does not lead. */
  client(name: string, only?: string): { readonly world: World; readonly store: Store } {
    const world = this.#simulation.world(name);
    const telemetry = silentTelemetry(world, 'client', name);
    const addresses = memberNames
      .filter((host) => only === undefined || host === only)
      .map((host) => ({ host, port }));
    return {
      world,
      store: connectStore(
        { world, telemetry, links: createLinks() },
        { addresses, tls: tlsOf(name, 'kubelab:apiservers') },
      ),
    };
  }

  /** Every member's state at its revision; equal states have equal texts. */
  states(): { readonly name: string; readonly revision: number; readonly hash: string }[] {
    return memberNames.flatMap((name) => {
      const store = this.#stores.get(name);
      return store === undefined ? [] : [{ name, revision: store.revision, hash: String(store.hash()) }];
    });
  }

  #fail(violation: Violation): void {
    this.violation ??= violation;
  }

  #startMember(name: string): void {
    if (this.#started.has(name)) return;
    this.#started.add(name);
    const world = this.#simulation.world(name);
    this.#invariants.restarted(name);
    const telemetry = silentTelemetry(world, 'etcd-raft', name);
    const links = createLinks();
    const processInfo = () => ({ pid: 0, memoryBytes: 0 });
    const debug = debugService({
      world,
      name,
      component: 'etcd-raft',
      telemetry,
      links,
      running: () => undefined,
      processInfo,
    });
    const started = startEtcdRaft(world, {
      name,
      listen: { host: name, port },
      tls: tlsOf(name, 'kubelab:etcd-members'),
      telemetry,
      links,
      debug,
      dataDirectory: '/data',
      initialCluster: Object.fromEntries(memberNames.map((host) => [host, { host, port }])),
      electionTimeoutMs: 300,
      heartbeatIntervalMs: 50,
      snapshotEntries: 60,
      snapshotKeepEntries: 20,
      plantedBug: this.#plantedBug,
      observe: (observation) => {
        this.#roles.set(name, observation.status.role);
        try {
          this.#invariants.observe(observation);
        } catch (error) {
          if (!(error instanceof Violation)) throw error;
          this.#fail(error);
        }
      },
      observeStore: (store) => void this.#stores.set(name, store),
    });
    started.then(
      () => void this.#serving.add(name),
      (error: unknown) => this.#cannotStart(name, error),
    );
  }

  /**
   * A disk that fails or is full keeps a member down until it is mended; anything else it refuses to start
   * with is a fault of its own.
   */
  #cannotStart(name: string, error: unknown): void {
    if (
      error instanceof DiskError ||
      (error instanceof Error && error.cause instanceof DiskError) ||
      isFull(error)
    ) {
      this.#simulation.schedule(restartRetryMs, () => {
        if (this.#serving.has(name) || !this.#simulation.isUp(name)) return;
        this.crash(name);
        this.#startMember(name);
      });
      return;
    }
    this.#fail(
      new Violation(
        'recovery',
        `${name} does not start again: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /simulated|space|input\/output/i.test(error.message);
}
