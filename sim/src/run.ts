import type { PlantedBug } from '@kubelab/etcd-raft';
import { type Store, StoreError } from '@kubelab/store';
import { createSimulation, type Simulation } from '@kubelab/world';
import { SimulatedStore } from './cluster.js';
import { FaultRunner } from './fault-runner.js';
import { drawFaults, initialMembers } from './faults.js';
import { Violation } from './invariants.js';
import { Operator } from './operator.js';
import { describeSettings, drawSettings, type Settings } from './settings.js';
import type { Schedule } from './shrink.js';
import {
  type Finding,
  judge,
  Recorder,
  runClient,
  runCompactor,
  runLeaseClient,
  runWatcher,
  type Workload,
  workloadDefault,
} from './workload/index.js';

const faultsUntilMs = 9_000;
const quietMs = 10_500;
const finishMs = 10_000;
const settleMs = 25_000;
const compareEveryMs = 400;
const prefix = 'key/';
const deadlineMs = 3_000;
const impatientMs = 400;
const leaseTtlSeconds = 1;
/**
 * An election counts a lease's time anew; then the leader's tick finds it expired, and its revocation is replicated. Once all
 * is quiet that takes so long at most.
 */
const leaseBounds = { lateMs: 4_000, earlyMs: 5 };

export interface RunOptions {
  readonly seed: number;
  readonly plantedBug?: PlantedBug | undefined;
  /** What members log is part of the story. */
  readonly withLogs?: boolean;
  /** A part of the seed's own schedule; absent: all of it. */
  readonly schedule?: Partial<Schedule>;
}

export interface RunResult {
  readonly seed: number;
  /** Of every event of the run: the same seed gives the same hash. */
  readonly hash: string;
  readonly events: number;
  readonly operations: number;
  readonly virtualMs: number;
  readonly violation: Pick<Finding, 'property' | 'message' | 'story'> | undefined;
  /** Parts of the history that the checker gave up on. */
  readonly undecided: readonly string[];
  readonly story: readonly string[];
  /** What was run: shrinking begins with this. */
  readonly schedule: Schedule;
  /** The page of a counterexample. */
  readonly page: string | undefined;
}

/** Runs a seed: members and clients under the faults that it draws, then quiet, then everything is looked at. */
export async function runSeed(options: RunOptions): Promise<RunResult> {
  return new Run(options).run();
}

type ClientKind = (name: string) => Promise<void>;

class Run {
  readonly #options: RunOptions;
  readonly #simulation: Simulation;
  readonly #settings: Settings;
  readonly #store: SimulatedStore;
  readonly #recorder = new Recorder();
  readonly #faults: FaultRunner;
  readonly #operator: Operator;
  readonly #watching = new AbortController();
  #stopped = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#simulation = createSimulation({ seed: options.seed });
    this.#settings = drawSettings(this.#simulation.random);
    this.#store = new SimulatedStore(this.#simulation, {
      plantedBug: options.plantedBug,
      settings: this.#settings,
      withLogs: options.withLogs === true,
    });
    this.#operator = new Operator(this.#simulation, this.#store);
    this.#faults = new FaultRunner(this.#simulation, this.#store, this.#operator);
  }

  async run(): Promise<RunResult> {
    const { seed, schedule } = this.#options;
    const drawn = drawFaults(this.#simulation.random, this.#settings.faultEveryMsMax, faultsUntilMs);
    const faults = drawn.filter((fault) => schedule?.faults?.includes(fault.id) ?? true);
    const kinds = this.#clientKinds();
    const clients = [...kinds.keys()].filter((name) => schedule?.clients?.includes(name) ?? true);
    this.#store.note(describeSettings(this.#settings));
    this.#store.start();
    const working = clients.map((name) => kinds.get(name)?.(name));
    const watchers = this.#watchers();
    this.#faults.start(faults);
    this.#compareStates();
    await this.#until(faultsUntilMs);
    this.#operator.stop();
    this.#faults.heal();
    await this.#until(quietMs);
    this.#stopped = true;
    await this.#until(quietMs + finishMs, Promise.all(working));
    const settled = this.#broken() ? undefined : await this.#settle();
    this.#watching.abort();
    await this.#until(this.#simulation.nowMs + 1_000, Promise.all(watchers));
    const disturbedAtMs = [...this.#faults.disturbedAtMs, ...this.#store.electedAtMs];
    const { finding, undecided } = judge(this.#recorder, { ...leaseBounds, disturbedAtMs });
    const violation = this.#store.violation ?? settled;
    const found: Finding | undefined =
      violation === undefined
        ? finding
        : { property: violation.property, message: plain(violation), story: [] };
    const page = found?.page?.([`npm run sim -- --seed ${seed}`]);
    return {
      seed,
      hash: this.#simulation.hash(),
      events: this.#simulation.events,
      operations: this.#recorder.answered + this.#recorder.unknown,
      virtualMs: this.#simulation.nowMs,
      violation:
        found === undefined
          ? undefined
          : { property: found.property, message: found.message, story: found.story },
      undecided,
      story: this.#store.story,
      schedule: { faults: faults.map((fault) => fault.id), clients },
      page,
    };
  }

  #broken(): boolean {
    return this.#store.violation !== undefined || this.#recorder.violation !== undefined;
  }

  async #until(untilMs: number, work?: Promise<unknown>): Promise<void> {
    let done = false;
    void work?.then(() => {
      done = true;
    });
    try {
      await this.#simulation.run({ untilMs, until: () => done || this.#broken() });
    } catch (error) {
      // The core asserts what it relies on; a member would end here.
      if (!(error instanceof Error)) throw error;
      this.#store.note(error.stack ?? error.message);
      this.#store.fail(new Violation('assertion', error.message));
    }
  }

  /** By name: each can be left out without shifting what the others draw. */
  #clientKinds(): ReadonlyMap<string, ClientKind> {
    const stop = () => this.#stopped;
    const recorder = this.#recorder;
    const workload: Workload = { ...workloadDefault, prefix, deadlineMs };
    const general: ClientKind = (name) =>
      runClient({ name, ...this.#store.client(name), recorder, workload, stop });
    // Those who know one member only ask a leader that was cut off, and its successor, at the same time; they do not wait for long.
    const impatient: Workload = { ...workload, deadlineMs: impatientMs };
    const reading: Workload = {
      ...impatient,
      thinkMsMax: 30,
      mix: { register: 0, read: 5, set: 0, txn: 0, serializable: 1 },
    };
    const ofOne =
      (member: string, workload: Workload): ClientKind =>
      (name) =>
        runClient({
          name,
          ...this.#store.client(name, member),
          recorder,
          workload,
          stop,
          session: () => this.#store.incarnation(member),
        });
    const lease: ClientKind = (name) =>
      runLeaseClient({
        name,
        ...this.#store.client(name),
        recorder,
        prefix,
        ttlSeconds: leaseTtlSeconds,
        deadlineMs,
        stop,
      });
    const compactor: ClientKind = (name) =>
      runCompactor({ name, ...this.#store.client(name), recorder, prefix, everyMs: 1_200, keep: 30, stop });
    return new Map([
      ['client-0', general],
      ['client-1', general],
      ...Array.from({ length: initialMembers }, (_, at): [string, ClientKind] => {
        const member = `etcd-raft-${at}`;
        return [`client-of-${member}`, ofOne(member, impatient)];
      }),
      ...Array.from({ length: initialMembers }, (_, at): [string, ClientKind] => {
        const member = `etcd-raft-${at}`;
        return [`reader-of-${member}`, ofOne(member, reading)];
      }),
      ['lease-client', lease],
      ['compactor', compactor],
    ]);
  }

  /** They judge, and so are never left out: one stays, one comes and goes, one sees a part. */
  #watchers(): Promise<void>[] {
    const watcher = (
      name: string,
      more: { watched?: string; leaveAfterMsMax?: number; startRevision?: number },
    ) =>
      runWatcher({
        name,
        ...this.#store.client(name),
        recorder: this.#recorder,
        prefix,
        watched: prefix,
        startRevision: 1,
        stop: this.#watching.signal,
        ...more,
      });
    return [
      watcher('watcher', {}),
      watcher('coming-and-going', { leaveAfterMsMax: 800 }),
      watcher('of-registers', { watched: `${prefix}register/`, leaveAfterMsMax: 4_000 }),
    ];
  }

  #compareStates(): void {
    this.#simulation.schedule(compareEveryMs, () => {
      this.#store.compareStates();
      if (!this.#stopped) this.#compareStates();
    });
  }

  /** After the faults: a write goes through, leases end, all members come to the same state, every watch to its end. */
  async #settle(): Promise<Violation | undefined> {
    const untilMs = this.#simulation.nowMs + settleMs;
    const { store } = this.#store.client('last');
    const revision = await this.#answer(untilMs, async () => {
      const key = new TextEncoder().encode(`${prefix}register/last`);
      return (await store.txn({ compare: [], success: [{ type: 'put', key, value: key }], failure: [] }))
        .header.revision;
    });
    const late = (property: string, what: string) =>
      new Violation(property, `${what} in ${settleMs / 1000} s after everything was mended`);
    if (this.#broken()) return undefined;
    if (revision === undefined) return late('liveness', 'no write went through');
    const leases = await this.#answer(untilMs, () => this.#leaseKeys(store));
    if (this.#broken()) return undefined;
    if (leases === undefined) return late('leases', 'a lease that nobody renews did not end');
    // A watch that was compacted away was continued under another name.
    const behind = () =>
      this.#recorder.watches.filter(
        (watch) => watch.compactRevision === undefined && watch.complete < revision,
      );
    const level = () => behind().length === 0 && this.#store.areEqual();
    await this.#simulation.run({ untilMs, until: () => level() || this.#broken() });
    if (this.#broken() || level()) return undefined;
    const [watch] = behind();
    if (watch !== undefined)
      return late('watch', `${watch.options.name} came to ${watch.complete}, not to ${revision},`);
    return late('convergence', `members did not come to one state (${this.#store.describeStates()})`);
  }

  async #leaseKeys(store: Store): Promise<true> {
    const key = new TextEncoder().encode(`${prefix}lease/`);
    const rangeEnd = new TextEncoder().encode(`${prefix}lease0`);
    const { count } = await store.range({ key, rangeEnd, countOnly: true });
    if (count > 0) throw new StoreError('unavailable', `${count} leases are left`, { retryable: true });
    return true;
  }

  async #answer<T>(untilMs: number, ask: () => Promise<T>): Promise<T | undefined> {
    const { world } = this.#store.client('last');
    let answer: T | undefined;
    const turn = async () => {
      while (answer === undefined && this.#simulation.nowMs < untilMs) {
        try {
          answer = await ask();
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          await world.timers.sleep(100);
        }
      }
    };
    await this.#until(untilMs, turn());
    return answer;
  }
}

function plain({ message, property }: Violation): string {
  return message.startsWith(`${property}: `) ? message.slice(property.length + 2) : message;
}
