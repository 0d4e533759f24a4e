import {
  judge,
  Recorder,
  runClient,
  runLeaseClient,
  runWatcher,
  type Workload,
  workloadDefault,
} from '@kubelab/sim/workload';
import { connectStore, prefixEnd, type Store, StoreError } from '@kubelab/store';
import { createSimulation, type TlsMaterial, type World } from '@kubelab/world';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { UsageError } from '../output.js';
import { connectSupervisor, type SupervisorClient } from '../supervisor/control.js';
import { type ComponentSpec, components } from '../topology.js';
import { type CheckReport, reportLines, reportOf } from './figures.js';
import { Injector } from './injector.js';
import { type FaultKind, planFaults } from './plan.js';

const leaseClientCount = 2;
const leaseTtlSeconds = 2;
/** An expiry is found by the leader's tick, replicated and then seen by a poll; members are killed and elected meanwhile. */
const leaseLateMs = 5_000;
/** Time to live is counted in whole seconds. */
const leaseEarlyMs = 1_100;
/** After the last fault: clients get their answers, the watches catch up. */
const settleMs = 20_000;
const pollMs = 50;

export interface CheckRequest {
  readonly durationMs: number;
  readonly faults: readonly FaultKind[];
  readonly clients: number;
  readonly seed: number | undefined;
  readonly output: 'text' | 'json';
  /** Where the picture of a counterexample goes. */
  readonly picture: string;
}

/**
 * A mixed workload against the running cluster while its members are killed, paused and cut off; then what the clients saw is
 * held to what the store promises. Gives the exit code: 0 all held, 1 something did not (or could not be mended), 2 undecided.
 */
export async function check(
  host: CommandHost,
  dataDirectory: string,
  request: CheckRequest,
): Promise<number> {
  const { cluster, tls } = await requireCluster(host.world, dataDirectory);
  const context = host.wireContext('kubelab-check');
  const supervisor = connectSupervisor(context, cluster, tls);
  const members = components(cluster).filter((spec) => spec.kind === 'etcd-raft');
  const stop = new AbortController();
  let finished: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    finished = resolve;
  });
  // A first Ctrl-C ends the faults and the work, mends, and judges what there is.
  host.onInterrupt(() => {
    stop.abort();
    return over;
  });
  try {
    await requireReady(supervisor);
    const seed = request.seed ?? host.world.random.int(2 ** 31);
    const report = await new Check({
      host,
      supervisor,
      members,
      tls,
      request,
      seed,
      stop: stop.signal,
    }).run();
    if (request.output === 'json') host.terminal.print(JSON.stringify(report, null, 2));
    else for (const line of reportLines(report)) host.terminal.print(line);
    if (report.verdict === 'violation' || report.notMended.length > 0) return 1;
    return report.verdict === 'undecided' ? 2 : 0;
  } finally {
    await supervisor.close();
    finished();
  }
}

async function requireReady(supervisor: SupervisorClient): Promise<void> {
  const { components: all } = await supervisor.status();
  const down = all.filter((one) => one.kind === 'etcd-raft' && !one.ready).map((one) => one.name);
  if (down.length > 0)
    throw new UsageError(
      `${down.join(' and ')} not ready: a check begins with all members up ('kubelab status')`,
    );
}

interface CheckParts {
  readonly host: CommandHost;
  readonly supervisor: SupervisorClient;
  readonly members: readonly ComponentSpec[];
  readonly tls: TlsMaterial;
  readonly request: CheckRequest;
  readonly seed: number;
  readonly stop: AbortSignal;
}

class Check {
  readonly #parts: CheckParts;
  readonly #world: World;
  readonly #recorder = new Recorder();
  readonly #stores: Store[] = [];
  readonly #prefix: string;

  constructor(parts: CheckParts) {
    this.#parts = parts;
    const { world } = parts.host;
    // Seeded: what is drawn (not when it happens) is the same with the same seed.
    this.#world = { ...world, random: createSimulation({ seed: parts.seed }).random };
    // The apiservers compact when they see fit.
    this.#recorder.compactedTo = Number.POSITIVE_INFINITY;
    this.#prefix = `/kubelab-check/${world.random.id(8)}/`;
  }

  async run(): Promise<CheckReport> {
    const { host, request, seed, supervisor, members, tls } = this.#parts;
    const startedAtMs = this.#world.clock.monotonicMs();
    const now = () => this.#world.clock.monotonicMs() - startedAtMs;
    const report = (line: string) =>
      host.terminal.progress(`${(now() / 1000).toFixed(1).padStart(6)} s  ${line}`);
    const context = host.wireContext('kubelab-check-faults');
    const injector = new Injector({ world: this.#world, context, tls, supervisor, members, now, report });
    report(`seed ${seed}, ${request.clients} clients, faults: ${request.faults.join(', ') || 'none'}`);
    const work = new AbortController();
    const watching = new AbortController();
    const clients = this.#clients(work.signal);
    const watchers = await this.#watchers(watching.signal);
    let notMended: string[] = [];
    try {
      await this.#breakThings(injector, now);
    } finally {
      notMended = await injector.mend();
      await injector.close();
    }
    const durationMs = now();
    report('everything is mended; clients finish');
    work.abort();
    await Promise.race([Promise.all(clients), this.#world.timers.sleep(settleMs)]);
    await this.#catchUp();
    watching.abort();
    await Promise.race([Promise.all(watchers), this.#world.timers.sleep(settleMs)]);
    await this.#cleanUp();
    report(`${this.#recorder.revisions.length} answers are checked`);
    const disturbedAtMs = injector.injected.flatMap((fault) => [
      fault.atMs + startedAtMs,
      fault.untilMs + startedAtMs,
    ]);
    const bounds = { lateMs: leaseLateMs, earlyMs: leaseEarlyMs, disturbedAtMs };
    const judgement = judge(this.#recorder, bounds);
    const picture = await this.#picture(judgement.finding?.page);
    const faults = injector.injected;
    return reportOf({
      recorder: this.#recorder,
      judgement,
      seed,
      startedAtMs,
      durationMs,
      faults,
      picture,
      notMended,
    });
  }

  async #breakThings(injector: Injector, now: () => number): Promise<void> {
    const { request, members, seed, stop } = this.#parts;
    const faults = planFaults(createSimulation({ seed }).random, {
      durationMs: request.durationMs,
      kinds: request.faults,
      members: members.map((member) => member.name),
    });
    const until = async (atMs: number) => {
      while (now() < atMs && !stop.aborted) await this.#world.timers.sleep(pollMs);
    };
    for (const fault of faults) {
      await until(fault.atMs);
      if (stop.aborted) return;
      await injector.inject(fault, stop);
    }
    await until(request.durationMs);
  }

  #clients(stop: AbortSignal): Promise<void>[] {
    const { request, members } = this.#parts;
    const recorder = this.#recorder;
    const workload: Workload = { ...workloadDefault, prefix: this.#prefix, thinkMsMax: 6, registers: 4 };
    const parts = { world: this.#world, recorder, workload, stop: () => stop.aborted };
    const client = (name: string, only?: ComponentSpec) =>
      runClient({ ...parts, name, store: this.#store(name, only) });
    const lease = (name: string) =>
      runLeaseClient({
        ...parts,
        name,
        store: this.#store(name),
        prefix: this.#prefix,
        ttlSeconds: leaseTtlSeconds,
        deadlineMs: workload.deadlineMs,
      });
    return [
      ...Array.from({ length: request.clients }, (_, at) => client(`client-${at}`)),
      // Those who know one member only ask a leader that was cut off, and its successor, at the same time.
      ...members.map((member) => client(`client-of-${member.name}`, member)),
      ...Array.from({ length: leaseClientCount }, (_, at) => lease(`lease-client-${at}`)),
    ];
  }

  /** One stays, one comes and goes, one sees a part. All begin with the first revision of this check. */
  async #watchers(stop: AbortSignal): Promise<Promise<void>[]> {
    const first = this.#store('first');
    const { header } = await first.range({ key: new TextEncoder().encode(this.#prefix), countOnly: true });
    const parts = {
      world: this.#world,
      recorder: this.#recorder,
      prefix: this.#prefix,
      startRevision: header.revision + 1,
      stop,
    };
    const watcher = (name: string, more: { watched?: string; leaveAfterMsMax?: number }) =>
      runWatcher({ ...parts, watched: this.#prefix, ...more, name, store: this.#store(name) });
    return [
      watcher('watcher-0', {}),
      watcher('watcher-1', { leaveAfterMsMax: 2_000 }),
      watcher('watcher-2', { watched: `${this.#prefix}register/` }),
    ];
  }

  /** A last write; the watches are level when they have seen it. */
  async #catchUp(): Promise<void> {
    const { timers, clock } = this.#world;
    const untilMs = clock.monotonicMs() + settleMs;
    const store = this.#store('last');
    const key = new TextEncoder().encode(`${this.#prefix}register/last`);
    let revision: number | undefined;
    while (revision === undefined && clock.monotonicMs() < untilMs) {
      try {
        const put = { type: 'put' as const, key, value: key };
        revision = (await store.txn({ compare: [], success: [put], failure: [] })).header.revision;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        await timers.sleep(pollMs);
      }
    }
    if (revision === undefined)
      return this.#recorder.fail(
        'liveness',
        `no write went through in ${settleMs / 1000} s after all was mended`,
      );
    const behind = () => this.#recorder.watches.filter((watch) => watch.complete < (revision ?? 0));
    // Watches that ended by compaction were continued under another name: the last ones count.
    while (behind().length > 0 && clock.monotonicMs() < untilMs) await timers.sleep(pollMs);
    const late = behind().filter((watch) => watch.compactRevision === undefined);
    if (late.length > 0)
      this.#recorder.fail(
        'watch',
        `${late[0]?.options.name} has not come to revision ${revision} in ${settleMs / 1000} s`,
      );
  }

  async #cleanUp(): Promise<void> {
    const store = this.#store('clean-up');
    const key = new TextEncoder().encode(this.#prefix);
    const success = [{ type: 'deleteRange' as const, key, rangeEnd: prefixEnd(key) }];
    try {
      await store.txn({ compare: [], success, failure: [] });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#parts.host.terminal.progress(`keys below ${this.#prefix} are left: ${error.message}`);
    }
    await Promise.all(this.#stores.map((one) => one.close()));
  }

  async #picture(page: ((notes: readonly string[]) => string) | undefined): Promise<string | undefined> {
    if (page === undefined) return undefined;
    const { request, seed } = this.#parts;
    const faults = request.faults.length === 0 ? '' : ` --faults ${request.faults.join(',')}`;
    const again = `kubelab check --duration ${request.durationMs / 1000}s${faults} --seed ${seed}`;
    await this.#world.disk.writeFileAtomic(request.picture, page([`Found by: ${again}`]));
    return request.picture;
  }

  #store(name: string, only?: ComponentSpec): Store {
    const { host, members, tls } = this.#parts;
    const addresses = (only === undefined ? members : [only]).map((member) => member.listen);
    const store = connectStore(host.wireContext(`kubelab-check-${name}`), { addresses, tls });
    this.#stores.push(store);
    return store;
  }
}
