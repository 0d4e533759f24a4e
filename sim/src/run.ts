import type { PlantedBug } from '@kubelab/etcd-raft';
import { StoreError } from '@kubelab/store';
import { createSimulation, type Simulation } from '@kubelab/world';
import { checkLinearizable } from './checker/linearizability.js';
import { memberNames, SimulatedStore } from './cluster.js';
import { FaultSchedule } from './faults.js';
import { Violation } from './invariants.js';
import { History, runClient, WatchCheck } from './workload.js';

const clientCount = 2;
const faultsUntilMs = 9_000;
const quietMs = 12_000;
const settleMs = 25_000;

export interface RunResult {
  readonly seed: number;
  /** Of every event of the run: the same seed gives the same hash. */
  readonly hash: string;
  readonly events: number;
  readonly operations: number;
  readonly virtualMs: number;
  readonly violation: { readonly property: string; readonly message: string } | undefined;
  readonly story: readonly string[];
}

/**
 * One run: three members and their clients under the faults that the seed draws, then quiet, then everything
 * is looked at.
 */
export async function runSeed(seed: number, plantedBug: PlantedBug | undefined): Promise<RunResult> {
  const simulation = createSimulation({ seed });
  const store = new SimulatedStore(simulation, plantedBug);
  const history = new History();
  const watch = new WatchCheck();
  const faults = new FaultSchedule(simulation, store);
  store.start();
  let stopped = false;
  const run = (name: string, only?: string) =>
    runClient({ name, ...store.client(name, only), history, stop: () => stopped });
  const clients = [
    ...Array.from({ length: clientCount }, (_, at) => run(`client-${at}`)),
    // Those who know one member only ask a leader that was cut off, and its successor, at the same time.
    ...memberNames.map((member) => run(`client-of-${member}`, member)),
  ];
  void watch.run(store.client('watcher').store);
  faults.start(faultsUntilMs);
  const broken = () => store.violation !== undefined || watch.violation !== undefined;
  await simulation.run({ untilMs: faultsUntilMs, until: broken });
  faults.heal();
  await simulation.run({ untilMs: quietMs, until: broken });
  stopped = true;
  let done = false;
  void Promise.all(clients).then(() => {
    done = true;
  });
  await simulation.run({ untilMs: quietMs + 10_000, until: () => done || broken() });
  const violation =
    store.violation ??
    watch.violation ??
    (await settle(simulation, store, watch, history)) ??
    linearizability(history);
  return {
    seed,
    hash: simulation.hash(),
    events: simulation.events,
    operations: history.entries.length,
    virtualMs: simulation.nowMs,
    violation:
      violation === undefined ? undefined : { property: violation.property, message: violation.message },
    story: faults.story,
  };
}

/**
 * After the faults: a write goes through, all members come to the same state, and nothing acknowledged is
 * missing.
 */
async function settle(
  simulation: Simulation,
  store: SimulatedStore,
  watch: WatchCheck,
  history: History,
): Promise<Violation | undefined> {
  const untilMs = simulation.nowMs + settleMs;
  const last = store.client('last');
  let wrote = false;
  const write = async () => {
    while (!wrote && simulation.nowMs < untilMs) {
      try {
        const key = new TextEncoder().encode('key/last');
        await last.store.txn({
          compare: [],
          success: [{ type: 'put', key, value: new TextEncoder().encode('last') }],
          failure: [],
        });
        wrote = true;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    }
  };
  void write();
  await simulation.run({ untilMs, until: () => wrote || store.violation !== undefined });
  if (store.violation !== undefined) return store.violation;
  if (!wrote)
    return new Violation(
      'liveness',
      `no write went through in ${settleMs / 1000} s after everything was mended`,
    );
  const equal = () => {
    const states = store.states();
    return (
      states.every((state) => state.revision === states[0]?.revision && state.hash === states[0].hash) &&
      watch.missing(history.acknowledged).length === 0
    );
  };
  await simulation.run({ untilMs, until: () => equal() || store.violation !== undefined });
  if (store.violation !== undefined) return store.violation;
  const missing = watch.missing(history.acknowledged);
  if (missing.length > 0)
    return new Violation(
      'acknowledged writes',
      `not seen just once by the watch: ${missing.slice(0, 5).join(', ')}`,
    );
  if (!equal())
    return new Violation(
      'convergence',
      `members differ: ${store
        .states()
        .map((state) => `${state.name} at ${state.revision} ${state.hash}`)
        .join('; ')}`,
    );
  return undefined;
}

function linearizability(history: History): Violation | undefined {
  const { verdict, key, story = [] } = checkLinearizable(history.entries);
  if (verdict !== 'violation') return undefined;
  const lines = story
    .slice(-6)
    .map(
      (entry) =>
        `${entry.client} ${JSON.stringify(entry.operation)} ${entry.calledAtMs.toFixed(1)}..${entry.returnedAtMs.toFixed(1)}`,
    );
  return new Violation('linearizability', `no order explains ${key}; the last of it: ${lines.join(' | ')}`);
}
