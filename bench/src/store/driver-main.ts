import { loadTls } from '@kubelab/pki/load';
import { connectStore, prefixEnd, type Store, StoreError, type TxnRequest } from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { createRealWorld, type World } from '@kubelab/world';
import type { Job, JobReport } from './job.js';

/** Watched puts under way at most beyond what the watchers have seen: the rate is theirs, not the writer's. */
const aheadMax = 100;
const fillBatch = 100;
const gapTryMs = 100;
const probeTryMs = 500;
const leaseSeconds = 3_600;

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

class Driver {
  readonly #world: World;
  readonly #job: Job;
  readonly #stores: readonly Store[];
  readonly #value: Uint8Array;
  #next = 0;

  constructor(world: World, job: Job, stores: readonly Store[]) {
    this.#world = world;
    this.#job = job;
    this.#stores = stores;
    this.#value = new Uint8Array(job.valueBytes).fill(118);
  }

  run(): Promise<JobReport> {
    switch (this.#job.operation) {
      case 'watch':
        return this.#watch();
      case 'fill':
        return this.#fill();
      case 'longestGap':
        return this.#longestGap();
      case 'untilWritten':
        return this.#untilWritten();
      default:
        return this.#loops();
    }
  }

  #store(loop: number): Store {
    const store = this.#stores[loop % this.#stores.length];
    if (store === undefined) throw new Error('a job needs a connection');
    return store;
  }

  #key(n: number): Uint8Array {
    return bytes(`bench/${String(n % this.#job.keys).padStart(8, '0')}`);
  }

  #put(key: Uint8Array): TxnRequest {
    return { compare: [], success: [{ type: 'put', key, value: this.#value }], failure: [] };
  }

  async #operate(store: Store, lease: bigint): Promise<void> {
    const key = this.#key(this.#next);
    this.#next += 1;
    switch (this.#job.operation) {
      case 'put':
        await store.txn(this.#put(key));
        return;
      case 'txn':
        await store.txn({
          ...this.#put(key),
          compare: [{ key, target: 'version', result: 'greater', number: -1 }],
          failure: [{ type: 'range', key }],
        });
        return;
      case 'get':
        await store.range({ key });
        return;
      case 'serializableGet':
        await store.range({ key, serializable: true });
        return;
      case 'range': {
        const prefix = bytes('bench/');
        await store.range({ key: prefix, rangeEnd: prefixEnd(prefix), limit: 1_000 });
        return;
      }
      case 'keepAlive':
        await store.leaseKeepAlive(lease);
        return;
      default:
        throw new Error(`no loop does ${this.#job.operation}`);
    }
  }

  async #loops(): Promise<JobReport> {
    const { operation, clients, warmUpSeconds, seconds } = this.#job;
    const now = () => this.#world.clock.monotonicMs();
    const leases = await Promise.all(
      Array.from({ length: clients }, async (_, n) => {
        const store = this.#store(n);
        const lease =
          operation === 'keepAlive' ? (await store.leaseGrant({ id: 0n, ttl: leaseSeconds })).id : 0n;
        // Connected before the clock runs.
        await this.#operate(store, lease);
        return lease;
      }),
    );
    const fromMs = now() + warmUpSeconds * 1_000;
    const untilMs = fromMs + seconds * 1_000;
    const latenciesMs: number[] = [];
    const loop = async (store: Store, lease: bigint) => {
      for (let beganMs = now(); beganMs < untilMs; beganMs = now()) {
        await this.#operate(store, lease);
        if (beganMs > fromMs) latenciesMs.push(now() - beganMs);
      }
    };
    await Promise.all(leases.map((lease, n) => loop(this.#store(n), lease)));
    return summary(latenciesMs, (now() - fromMs) / 1_000);
  }

  /** Every watcher sees every put under its prefix. */
  async #watch(): Promise<JobReport> {
    const { clients, warmUpSeconds, seconds } = this.#job;
    const { clock, timers } = this.#world;
    let received = 0;
    const prefix = bytes('watched/');
    const ready = Array.from({ length: clients }, (_, n) => {
      const watch = this.#store(n).watch({ key: prefix, rangeEnd: prefixEnd(prefix) });
      return new Promise<void>((told) => {
        const follow = async () => {
          for await (const { events } of watch) {
            told();
            received += events.length;
          }
        };
        void follow();
      });
    });
    await Promise.all(ready);
    const fromMs = clock.monotonicMs() + warmUpSeconds * 1_000;
    const untilMs = fromMs + seconds * 1_000;
    let before: number | undefined;
    for (let puts = 0; clock.monotonicMs() < untilMs; puts += 1) {
      if (clock.monotonicMs() > fromMs) before ??= received;
      while (puts - received / clients > aheadMax && clock.monotonicMs() < untilMs) await timers.sleep(0);
      await this.#store(0).txn(this.#put(bytes(`watched/${puts % 100}`)));
    }
    const operations = received - (before ?? 0);
    return { operations, seconds: (clock.monotonicMs() - fromMs) / 1_000, p50Ms: 0, p99Ms: 0 };
  }

  async #fill(): Promise<JobReport> {
    const { clients, keys } = this.#job;
    const { clock } = this.#world;
    const startedMs = clock.monotonicMs();
    const loop = async (store: Store) => {
      for (let first = this.#next; first < keys; first = this.#next) {
        this.#next += fillBatch;
        const count = Math.min(fillBatch, keys - first);
        const success = Array.from({ length: count }, (_, n) => ({
          type: 'put' as const,
          key: this.#key(first + n),
          value: this.#value,
        }));
        await store.txn({ compare: [], success, failure: [] });
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, n) => loop(this.#store(n))));
    return { operations: keys, seconds: (clock.monotonicMs() - startedMs) / 1_000, p50Ms: 0, p99Ms: 0 };
  }

  async #untilWritten(): Promise<JobReport> {
    for (;;) {
      try {
        await this.#store(0).txn(this.#put(bytes('probe')), { deadlineMs: probeTryMs });
        const nowMs = this.#world.clock.nowMs();
        return { operations: 1, seconds: 0, p50Ms: nowMs, p99Ms: nowMs };
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    }
  }

  /** Writes on, through whatever befalls the cluster: the longest time without an acknowledged write, as both quantiles. */
  async #longestGap(): Promise<JobReport> {
    const { clock } = this.#world;
    const untilMs = clock.monotonicMs() + this.#job.seconds * 1_000;
    let lastMs: number | undefined;
    let gapMs = 0;
    let done = 0;
    while (clock.monotonicMs() < untilMs) {
      const acknowledged = await this.#store(0)
        .txn(this.#put(bytes('gap')), { deadlineMs: gapTryMs })
        .then(
          () => true,
          () => false,
        );
      if (!acknowledged) continue;
      const nowMs = clock.monotonicMs();
      if (lastMs !== undefined) gapMs = Math.max(gapMs, nowMs - lastMs);
      lastMs = nowMs;
      done += 1;
    }
    return { operations: done, seconds: this.#job.seconds, p50Ms: gapMs, p99Ms: gapMs };
  }
}

function summary(latenciesMs: number[], seconds: number): JobReport {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (quantile: number) => sorted[Math.floor(quantile * (sorted.length - 1))] ?? 0;
  return { operations: sorted.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const job: Job = JSON.parse(process.argv[2] ?? '');
const world = createRealWorld({ host: 'driver' });
const tls = await loadTls(world, job);
const context = { world, telemetry: silentTelemetry(world, 'bench', 'driver'), links: createLinks() };
const addresses = job.endpoints.map((endpoint) => {
  const [host = '', port = ''] = endpoint.split(':');
  return { host, port: Number(port) };
});
const stores = Array.from({ length: job.connections }, () => connectStore(context, { addresses, tls }));
const report = await new Driver(world, job, stores).run();
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
