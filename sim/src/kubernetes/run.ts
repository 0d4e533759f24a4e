import { createSimulation, type Simulation } from '@kubelab/world';
import { Violation } from '../invariants.js';
import type { Schedule } from '../shrink.js';
import { complaints, holderOf } from './converged.js';
import { ClusterFaultRunner } from './fault-runner.js';
import { type ClusterFault, drawClusterFaults } from './faults.js';
import { History } from './history.js';
import { SimulatedCluster } from './hosts.js';
import { ClusterInvariants, checkIdentities } from './invariants.js';
import type { ClusterBug } from './planted.js';
import { type ClusterSettings, describeClusterSettings, drawClusterSettings } from './settings.js';
import { Watcher, watcherHosts } from './watchers.js';
import { type Action, drawActions, Person } from './workload.js';

const readyMs = 60_000;
const calmMs = 60_000;
export const faultMinutesDefault = 2;
/** Taints, tolerations, back-offs and budgets take their time. */
const settleMs = 180_000;
const quietMs = 60_000;
/** In the quiet minute, beside Leases and the nodes' own status. */
const quietWritesMax = 20;
const lookMs = 500;
/** Of one virtual second: more is two components that undo each other's work. */
const eventsPerSecondMax = 50_000;

export interface ClusterRunOptions {
  readonly seed: number;
  readonly plantedBug?: ClusterBug | undefined;
  /** How long faults go on, in virtual minutes. */
  readonly minutes?: number;
  /** A part of the seed's faults and actions: shrinking. */
  readonly schedule?: Schedule | undefined;
  readonly withLogs?: boolean;
}

export interface ClusterRunResult {
  readonly seed: number;
  readonly violation: { readonly property: string; readonly message: string } | undefined;
  readonly story: readonly string[];
  readonly hash: string;
  readonly events: number;
  readonly writes: number;
  readonly virtualMs: number;
  readonly schedule: Schedule;
}

/** A whole cluster in virtual time: under faults, mended, at rest. The same seed takes the same way to the last byte. */
export function runClusterSeed(options: ClusterRunOptions): Promise<ClusterRunResult> {
  return new Run(options).run();
}

class Run {
  readonly #options: ClusterRunOptions;
  readonly #simulation: Simulation;
  readonly #settings: ClusterSettings;
  readonly #cluster: SimulatedCluster;
  readonly #history = new History();
  readonly #story: string[] = [];
  readonly #faults: readonly ClusterFault[];
  readonly #actions: readonly Action[];
  readonly #faultMs: number;
  #violation: Violation | undefined;
  #watchers: readonly Watcher[] = [];

  constructor(options: ClusterRunOptions) {
    this.#options = options;
    this.#simulation = createSimulation({ seed: options.seed });
    const { random } = this.#simulation;
    this.#settings = drawClusterSettings(random);
    this.#cluster = new SimulatedCluster(this.#simulation, {
      settings: this.#settings,
      plantedBug: options.plantedBug,
      withLogs: options.withLogs === true,
      note: (what) => this.#note(what),
      fail: (property, message) => this.#fail(new Violation(property, message)),
    });
    this.#faultMs = (options.minutes ?? faultMinutesDefault) * 60_000;
    const span = { fromMs: 0, untilMs: this.#faultMs };
    const { nodes, members, faultEveryMsMax } = this.#settings;
    const all = [
      ...Array.from({ length: members }, (_, at) => `etcd-raft-${at}`),
      ...[0, 1].flatMap((at) => [`apiserver-${at}`, `controller-manager-${at}`, `scheduler-${at}`]),
      ...Array.from({ length: nodes }, (_, at) => `node-${at + 1}`),
    ];
    const hosts = { all, watchers: watcherHosts };
    const { schedule } = options;
    this.#faults = drawClusterFaults(random, hosts, { ...span, everyMsMax: faultEveryMsMax }).filter(
      ({ id }) => schedule === undefined || schedule.faults.includes(id),
    );
    this.#actions = drawActions(random, this.#cluster.nodeNames, span).filter(
      ({ id }) => schedule === undefined || schedule.clients.includes(String(id)),
    );
  }

  #note(what: string): void {
    this.#story.push(`${(this.#simulation.nowMs / 1000).toFixed(3).padStart(9)} s  ${what}`);
  }

  #fail(violation: Violation): void {
    if (this.#violation !== undefined) return;
    this.#violation = violation;
    this.#note(`VIOLATION ${violation.message}`);
  }

  async run(): Promise<ClusterRunResult> {
    this.#note(describeClusterSettings(this.#settings));
    await this.#phases();
    const { seed } = this.#options;
    const { events, nowMs } = this.#simulation;
    const violation = this.#violation;
    return {
      seed,
      violation: violation && { property: violation.property, message: plain(violation) },
      story: this.#story,
      hash: this.#simulation.hash(),
      events,
      writes: this.#history.writes,
      virtualMs: nowMs,
      schedule: {
        faults: this.#faults.map(({ id }) => id),
        clients: this.#actions.map(({ id }) => String(id)),
      },
    };
  }

  async #phases(): Promise<void> {
    const simulation = this.#simulation;
    const cluster = this.#cluster;
    cluster.watchContainers(() => {
      const twice = checkIdentities(cluster.machines);
      if (twice !== undefined) this.#fail(twice);
    });
    cluster.start();
    new ClusterInvariants({
      history: this.#history,
      nowMs: () => simulation.nowMs,
      fail: (violation) => this.#fail(violation),
    });
    const judge = cluster.store.client('judge');
    void this.#history.follow(judge.world, judge.store);
    if (!(await this.#until(readyMs, () => cluster.ready())))
      return this.#late('ready', readyMs, [`not ready: ${cluster.describeUnready()}`]);
    const person = new Person({ ...cluster.person('person'), note: (what) => this.#note(what) });
    this.#watchers = watcherHosts.map(
      (host) => new Watcher(cluster.person(host), (violation) => this.#fail(violation)),
    );
    await this.#settled(person.prepare(), readyMs);
    if (!(await this.#until(calmMs, () => this.#complaints().length === 0)))
      return this.#late('calm', calmMs, this.#complaints());
    this.#note('the cluster is at rest; faults begin');
    const runner = new ClusterFaultRunner(simulation, cluster, watcherHosts, (what) => this.#note(what));
    runner.start(this.#faults);
    for (const action of this.#actions) simulation.schedule(action.atMs, () => person.act(action));
    await this.#until(this.#faultMs, () => false);
    runner.heal();
    return this.#rest(person);
  }

  /** After the mending: everything as asked for, and then nothing happens. */
  async #rest(person: Person): Promise<void> {
    const atRest = () => person.busy === 0 && this.#complaints().length === 0;
    if (!(await this.#until(settleMs, atRest)))
      return this.#late('convergence', settleMs, this.#complaints());
    this.#note('the cluster is at rest again');
    const writes = new Map<string, number>();
    this.#history.onChange(({ key, object, old }) => {
      const kind = (object ?? old)?.kind ?? '';
      if (kind !== 'Lease' && kind !== 'Node' && kind !== 'Event')
        writes.set(key, (writes.get(key) ?? 0) + 1);
    });
    await this.#until(quietMs, () => false);
    if (this.#violation !== undefined) return;
    const sum = [...writes.values()].reduce((all, count) => all + count, 0);
    if (sum > quietWritesMax) {
      const most = [...writes].sort((a, b) => b[1] - a[1]).slice(0, 5);
      const told = most.map(([key, count]) => `${key} ${count}`).join(', ');
      this.#fail(new Violation('livelock', `${sum} writes in a quiet minute: ${told}`));
    }
    const left = this.#complaints();
    if (left.length > 0)
      this.#fail(new Violation('convergence', `not at rest any more: ${left.slice(0, 5).join('; ')}`));
  }

  #complaints(): string[] {
    const cluster = this.#cluster;
    const holders = (['controller-manager', 'scheduler'] as const).flatMap((name) => {
      const active = [0, 1].map((at) => `${name}-${at}`).filter((host) => cluster.role(host) === 'active');
      const holder = holderOf(this.#history, `kube-${name}`);
      return active.length === 1 && active[0] === holder
        ? []
        : [`the Lease kube-${name} is held by '${holder}', and [${active}] lead`];
    });
    return [
      ...(cluster.ready() ? [] : [`not ready: ${cluster.describeUnready()}`]),
      ...holders,
      ...complaints(this.#history, cluster.machines),
      ...this.#watchers.flatMap((watcher) => watcher.complaints(this.#history)),
      ...(cluster.store.areEqual() ? [] : [`the store's members differ: ${cluster.store.describeStates()}`]),
    ];
  }

  #late(property: string, ms: number, what: readonly string[]): void {
    this.#fail(new Violation(property, `not within ${ms / 1000} s: ${what.slice(0, 8).join('; ')}`));
  }

  async #settled(promise: Promise<void>, withinMs: number): Promise<void> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    await this.#simulation.run({ untilMs: this.#simulation.nowMs + withinMs, until: () => settled });
    if (settled) await promise;
  }

  /** Looks now and then, until it holds; a violation ends it. */
  async #until(ms: number, holds: () => boolean): Promise<boolean> {
    const simulation = this.#simulation;
    const endMs = simulation.nowMs + ms;
    while (simulation.nowMs < endMs && this.#violation === undefined) {
      const most = simulation.events + (eventsPerSecondMax * lookMs) / 1_000;
      await simulation.run({
        untilMs: Math.min(endMs, simulation.nowMs + lookMs),
        until: () => simulation.events > most || this.#violation !== undefined,
      });
      const { violation } = this.#cluster.store;
      if (violation !== undefined) this.#fail(violation);
      if (simulation.events > most)
        this.#fail(new Violation('livelock', `more than ${eventsPerSecondMax} events in a second`));
      if (this.#violation === undefined && holds()) return true;
    }
    return false;
  }
}

/** Without the property, which is said beside. */
function plain({ message, property }: Violation): string {
  return message.startsWith(`${property}: `) ? message.slice(property.length + 2) : message;
}
