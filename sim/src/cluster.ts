import { debugService } from '@kubelab/component';
import { type EtcdServer, type PlantedBug, type ReplicatedState, startEtcdRaft } from '@kubelab/etcd-raft';
import { connectStore, type Store } from '@kubelab/store';
import { createTelemetry, formatLogLine, silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { DiskError, type Simulation, type TlsMaterial, type World } from '@kubelab/world';
import { DurableBackend, emptyPlatter, type Platter } from './durable-backend.js';
import { initialMembers } from './faults.js';
import { RaftInvariants, Violation } from './invariants.js';
import type { Settings } from './settings.js';

const port = 2380;
const restartRetryMs = 200;
/** Clients know them all, though some may never be there. */
export const membersMax = 5;
export const nameOf = (number: number) => `etcd-raft-${number}`;
export const peerUrlOf = (name: string) => `https://${name}:${port}`;
const addressOf = (host: string) => ({ host, port });

/** The simulated network presents the identity; there is no cryptography to do. */
function tlsOf(commonName: string, organization: string): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations: [organization] } };
}

/** One host of the cluster, in whatever state it is. */
interface Member {
  readonly name: string;
  /** Started since it last crashed. */
  started: boolean;
  server: EtcdServer | undefined;
  state: ReplicatedState | undefined;
  role: string;
  /** Not 0: a newcomer, the so manieth; it asks the others who it is. */
  readonly joined: number;
  readonly platter: Platter;
  /** As far as is known: a newcomer learns first. */
  votes: boolean;
  /** Bits of its log have flipped, or are about to: it is right to refuse. */
  rotten: boolean;
}

/** Members of the real store, in simulated worlds, that can be crashed, started again, added and removed. */
export class SimulatedStore {
  readonly #simulation: Simulation;
  readonly #plantedBug: PlantedBug | undefined;
  readonly #settings: Settings;
  readonly #withLogs: boolean;
  readonly #initialNames: readonly string[];
  readonly #timing: { readonly electionTimeoutMs: number; readonly heartbeatIntervalMs: number };
  readonly #invariants = new RaftInvariants();
  readonly #members = new Map<string, Member>();
  /** Of each host, also over the members that it was. */
  readonly #starts = new Map<string, number>();
  #joined = 0;
  /** Of the replicated state, by applied index: all members must come to the same. */
  readonly #hashes = new Map<number, { readonly hash: string; readonly by: string }>();
  readonly story: string[] = [];
  readonly electedAtMs: number[] = [];
  /** The first property that did not hold. */
  violation: Violation | undefined;

  constructor(
    simulation: Simulation,
    options: {
      readonly plantedBug: PlantedBug | undefined;
      readonly settings: Settings;
      /** What members log is part of the story. */
      readonly withLogs: boolean;
      /** To begin with. */
      readonly members?: number;
      readonly timing?: { readonly electionTimeoutMs: number; readonly heartbeatIntervalMs: number };
    },
  ) {
    this.#initialNames = Array.from({ length: options.members ?? initialMembers }, (_, at) => nameOf(at));
    this.#timing = options.timing ?? { electionTimeoutMs: 300, heartbeatIntervalMs: 50 };
    this.#simulation = simulation;
    this.#plantedBug = options.plantedBug;
    this.#settings = options.settings;
    this.#withLogs = options.withLogs;
  }

  start(): void {
    for (const name of this.#initialNames) {
      this.#members.set(name, newMember(name, 0));
      this.restart(name);
    }
  }

  note(what: string): void {
    this.story.push(`${(this.#simulation.nowMs / 1000).toFixed(3).padStart(8)} s  ${what}`);
  }

  fail(violation: Violation): void {
    this.violation ??= violation;
  }

  /* ------------------------------------------------------------ members */

  members(): string[] {
    return [...this.#members.keys()].sort();
  }

  /** A host for a new member of the group, which exists there already; it starts with an empty directory. */
  join(name: string): void {
    this.#joined += 1;
    this.#members.set(name, newMember(name, this.#joined));
    this.restart(name);
  }

  /** It is no member any more. */
  leave(name: string): void {
    this.crash(name);
    this.#members.delete(name);
  }

  crash(name: string): void {
    const member = this.#members.get(name);
    if (member !== undefined)
      Object.assign(member, { started: false, server: undefined, state: undefined, role: '' });
    this.#simulation.crash(name);
  }

  isServing(name: string): boolean {
    return this.#members.get(name)?.server !== undefined;
  }

  /** Changes when the member starts again; undefined while it does not serve. */
  incarnation(name: string): string | undefined {
    return this.isServing(name) ? `${name}#${this.#starts.get(name)}` : undefined;
  }

  /** Whoever said last that it leads and has not crashed since. */
  leader(): string | undefined {
    return this.members().find((name) => this.isServing(name) && this.#members.get(name)?.role === 'leader');
  }

  server(name: string): EtcdServer | undefined {
    return this.#members.get(name)?.server;
  }

  isRotten(name: string): boolean {
    return this.#members.get(name)?.rotten === true;
  }

  promoted(name: string): void {
    const member = this.#members.get(name);
    if (member !== undefined) member.votes = true;
  }

  /** Voters whose disks are whole are a majority without it. */
  canSpare(name: string): boolean {
    const voters = [...this.#members.values()].filter((member) => member.votes);
    const whole = voters.filter((member) => member.name !== name && !member.rotten);
    return whole.length > voters.length / 2;
  }

  /** Nobody else is to be taken away from now on. */
  condemn(name: string): void {
    const member = this.#members.get(name);
    if (member !== undefined) member.rotten = true;
  }

  /** Where a bit flipped, for the story; undefined when the log is too short for it to be noticed. */
  rot(name: string, at: number): string | undefined {
    const member = this.#members.get(name);
    if (member === undefined) return undefined;
    const flipped = this.#simulation.rot(name, `${directoryOf(member)}/wal`, at);
    member.rotten = flipped !== undefined;
    return flipped && `a bit of ${flipped.path} at byte ${flipped.position} of ${name} flipped`;
  }

  /* ------------------------------------------------------------ clients */

  /** `only`: knows no other member; it is refused where that member does not lead. */
  client(name: string, only?: string): { readonly world: World; readonly store: Store } {
    const world = this.#simulation.world(name);
    const telemetry = silentTelemetry(world, 'client', name);
    const hosts = Array.from({ length: membersMax }, (_, at) => nameOf(at));
    const addresses = hosts.filter((host) => only === undefined || host === only).map(addressOf);
    return {
      world,
      store: connectStore(
        { world, telemetry, links: createLinks() },
        { addresses, tls: tlsOf(name, 'kubelab:apiservers') },
      ),
    };
  }

  /* ------------------------------------------------------------ states */

  #states(): { readonly name: string; readonly appliedIndex: number; readonly hash: string }[] {
    return this.members().flatMap((name) => {
      const state = this.#members.get(name)?.state;
      const hash = state?.fingerprint();
      return state === undefined || hash === undefined
        ? []
        : [{ name, appliedIndex: state.appliedIndex, hash }];
    });
  }

  /** Who has applied as much has the same state, whenever it got there. */
  compareStates(): void {
    for (const { name, appliedIndex, hash } of this.#states()) {
      const known = this.#hashes.get(appliedIndex);
      if (known === undefined) this.#hashes.set(appliedIndex, { hash, by: name });
      else if (known.hash !== hash) {
        const what = `after entry ${appliedIndex} ${name} has ${hash} and ${known.by} has ${known.hash}`;
        this.fail(new Violation('same state', what));
      }
    }
  }

  /** All members that can be there are, and have come to one state. */
  areEqual(): boolean {
    const states = this.#states();
    const expected = this.members().filter((name) => !this.isRotten(name)).length;
    return (
      states.length >= expected &&
      new Set(states.map(({ appliedIndex, hash }) => `${appliedIndex} ${hash}`)).size === 1
    );
  }

  describeStates(): string {
    const states = this.#states().map(({ name, appliedIndex, hash }) => `${name} ${appliedIndex} ${hash}`);
    const absent = this.members().filter((name) => !states.some((state) => state.startsWith(`${name} `)));
    return [...states, ...absent.map((name) => `${name} does not serve`)].join(', ');
  }

  /* ------------------------------------------------------------ starting */

  restart(name: string): void {
    const member = this.#members.get(name);
    if (member === undefined || member.started) return;
    member.started = true;
    const starts = (this.#starts.get(name) ?? 0) + 1;
    this.#starts.set(name, starts);
    this.#invariants.restarted(name);
    const isCurrent = () =>
      this.#members.get(name) === member && this.#starts.get(name) === starts && member.started;
    this.#start(member, isCurrent).then(
      (server) => {
        if (isCurrent()) member.server = server;
      },
      (error: unknown) => {
        if (isCurrent()) this.#cannotStart(member, error);
      },
    );
  }

  async #start(member: Member, isCurrent: () => boolean): Promise<EtcdServer | undefined> {
    const { name } = member;
    const { leaseReads, durableState, snapshotEntries, snapshotKeepEntries } = this.#settings;
    const world = this.#simulation.world(name);
    const telemetry = this.#withLogs
      ? createTelemetry({
          ...{ component: 'etcd-raft', instance: name, world },
          destination: { write: (line) => this.note(formatLogLine(line, { colour: false })) },
        })
      : silentTelemetry(world, 'etcd-raft', name);
    const links = createLinks();
    const processInfo = () => ({ pid: 0, memoryBytes: 0 });
    const debug = debugService({
      ...{ world, name, component: 'etcd-raft', telemetry, links, processInfo },
      running: () => undefined,
    });
    const cluster = member.joined > 0 ? this.members() : this.#initialNames;
    let server: EtcdServer | undefined;
    await startEtcdRaft(world, {
      ...{ name, telemetry, links, debug, dataDirectory: directoryOf(member) },
      listen: addressOf(name),
      openBackend: durableState ? async () => this.#backend(member, world) : undefined,
      tls: tlsOf(name, 'kubelab:etcd-members'),
      initialCluster: Object.fromEntries(cluster.map((host) => [host, addressOf(host)])),
      initialClusterState: member.joined > 0 ? 'existing' : 'new',
      ...{
        ...this.#timing,
        leaseReads,
        snapshotEntries,
        snapshotKeepEntries,
      },
      plantedBug: this.#plantedBug,
      observe: (observation) => {
        if (!isCurrent()) return;
        const { role } = observation.status;
        if (role === 'leader' && member.role !== 'leader') this.electedAtMs.push(this.#simulation.nowMs);
        member.role = role;
        try {
          this.#invariants.observe(name, observation);
        } catch (error) {
          if (!(error instanceof Violation)) throw error;
          this.fail(error);
        }
      },
      observeServer: (started, state) => {
        server = started;
        if (isCurrent()) member.state = state;
      },
    });
    return server;
  }

  #backend(member: Member, world: World): DurableBackend {
    return new DurableBackend(world, member.platter, () => this.#simulation.diskFaults(member.name));
  }

  /**
   * A disk that fails or is full keeps a member down until it is mended, and one whose log is rotten stays down; anything else it
   * refuses to start with is a fault of its own.
   */
  #cannotStart({ name, rotten }: Member, error: unknown): void {
    if (rotten) {
      this.note(`${name} refuses to start: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    if (isDiskTrouble(error) || isUnreachable(error)) {
      this.#simulation.schedule(restartRetryMs, () => {
        if (this.isServing(name) || !this.#simulation.isUp(name) || !this.#members.has(name)) return;
        this.crash(name);
        this.restart(name);
      });
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    this.fail(new Violation('recovery', `${name} does not start again: ${why}`));
  }
}

function newMember(name: string, joined: number): Member {
  const votes = joined === 0;
  const nothing = { started: false, server: undefined, state: undefined, role: '', rotten: false };
  return { name, joined, votes, platter: emptyPlatter(), ...nothing };
}

/** Each member that a host was has a directory of its own: what was removed does not come back with a crash. */
function directoryOf({ joined }: Member): string {
  return `/data/${joined}`;
}

function isDiskTrouble(error: unknown): boolean {
  if (error instanceof DiskError) return true;
  return (
    error instanceof Error &&
    (error.cause instanceof DiskError || /simulated|space|input\/output/i.test(error.message))
  );
}

/** A newcomer that finds nobody to ask. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Error && /^no member of the existing cluster tells/.test(error.message);
}
