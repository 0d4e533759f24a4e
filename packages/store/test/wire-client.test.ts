import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks, serveWire, type WireService } from '@kubelab/wire';
import { createSimulation, type Simulation, type TlsMaterial } from '@kubelab/world';
import t from 'tap';
import {
  connectStore,
  encodeRangeResponse,
  encodeTxnResponse,
  encodeWatchResponse,
  type ResponseHeader,
  type Store,
  StoreError,
  storeError,
  toWireError,
} from '../src/index.js';

const port = 2380;
const hosts = ['a', 'b', 'c'];
const bytes = (text: string) => Buffer.from(text);
const put = { type: 'put', key: bytes('k'), value: bytes('v') } as const;
const write = { compare: [], success: [put], failure: [] };

function tlsOf(commonName: string): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations: [] } };
}

/** Three members that answer as the store does, without a store: who leads and what happened is told to them. */
class Cluster {
  readonly simulation: Simulation;
  leader: string | undefined = 'b';
  /** From the other members: it does not know who leads. */
  cutOff: string | undefined;
  revision = 1;
  /** A follower does what the leader would, and says who that is. */
  forwards = false;
  /** Under which name a member introduces itself and is named as leader. */
  readonly nameOf: (host: string) => string;
  /** Hosts to which connections were asked for, by any client. */
  readonly dialed: string[] = [];
  /** By which member each request was answered. */
  readonly answered: string[] = [];

  constructor(seed: number, nameOf: (host: string) => string = (host) => host) {
    this.simulation = createSimulation({ seed });
    this.nameOf = nameOf;
  }

  header(): ResponseHeader {
    return { clusterId: '', memberId: '', revision: this.revision, raftTerm: 1 };
  }

  async start(host: string): Promise<void> {
    const world = this.simulation.world(host);
    const telemetry = silentTelemetry(world, 'etcd-raft', this.nameOf(host));
    const context = { world, telemetry, links: createLinks() };
    const address = { host, port };
    await serveWire(context, { address, tls: tlsOf(host), services: [this.#service(host)] });
  }

  #service(host: string): WireService {
    return {
      unary: {
        'store.range': () => {
          this.answered.push(host);
          const response = { header: this.header(), kvs: [], more: false, count: 0 };
          return { head: null, payload: encodeRangeResponse(response) };
        },
        'store.txn': () => {
          const leader = this.cutOff === host ? undefined : this.leader;
          const named = leader === undefined ? undefined : this.nameOf(leader);
          if (leader !== host && !(this.forwards && leader !== undefined))
            throw toWireError(storeError('noLeader'), named);
          this.answered.push(host);
          this.revision += 1;
          const response = { header: this.header(), succeeded: true, responses: [] };
          return { head: leader === host ? null : { leader: named }, payload: encodeTxnResponse(response) };
        },
      },
      stream: {
        'store.watch': async (stream) => {
          this.answered.push(host);
          stream.send({ head: null, payload: encodeWatchResponse({ header: this.header(), events: [] }) });
          await new Promise((resolve) => stream.signal.addEventListener('abort', resolve));
        },
      },
    };
  }

  client(name: string): Store {
    const world = this.simulation.world(name);
    const network = {
      listen: world.network.listen,
      connect: (options: Parameters<typeof world.network.connect>[0]) => {
        this.dialed.push(options.address.host);
        return world.network.connect(options);
      },
    };
    const telemetry = silentTelemetry(world, 'client', name);
    const addresses = hosts.map((host) => ({ host, port }));
    return connectStore(
      { world: { ...world, network }, telemetry, links: createLinks() },
      { addresses, tls: tlsOf(name) },
    );
  }

  /** All members are up, and `body` is run in virtual time. */
  async run(body: () => Promise<void>): Promise<void> {
    let over = false;
    const done = (async () => {
      for (const host of hosts) await this.start(host);
      await body();
    })().finally(() => {
      over = true;
    });
    done.catch(() => undefined);
    const finished = await this.simulation.run({ untilMs: 120_000, until: () => over });
    if (!finished) throw new Error('not done in two virtual minutes');
    await done;
  }

  block(host: string, client: string): void {
    for (const [from, to] of [
      [host, client],
      [client, host],
    ] as const)
      this.simulation.network.setFaults(from, to, { blocked: true });
  }
}

async function timed(cluster: Cluster, call: () => Promise<unknown>): Promise<number> {
  const sinceMs = cluster.simulation.nowMs;
  await call();
  return cluster.simulation.nowMs - sinceMs;
}

const range = { key: bytes('k') };
const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

t.test('a client has one connection while that serves it, and clients spread', async (t) => {
  const homes = new Set<string>();
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    await cluster.run(async () => {
      const store = cluster.client('client');
      await Promise.all(Array.from({ length: 50 }, () => store.range(range)));
      const watch = store.watch(range)[Symbol.asyncIterator]();
      await watch.next();
      await store.range(range);
      t.equal(cluster.dialed.length, 1);
      t.same(new Set(cluster.answered), new Set(cluster.dialed));
      homes.add(cluster.dialed[0] ?? '');
      await store.close();
    });
  }
  t.same([...homes].sort(), hosts);
});

t.test('it goes to the leader that is named: at once where the name is an address', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    await cluster.run(async () => {
      const store = cluster.client('client');
      await store.txn(write);
      t.equal(cluster.dialed.length, cluster.dialed[0] === 'b' ? 1 : 2);
      await Promise.all(Array.from({ length: 20 }, () => store.txn(write)));
      t.same(new Set(cluster.answered), new Set(['b']));
      t.equal(cluster.dialed.length, cluster.dialed[0] === 'b' ? 1 : 2);
      await store.close();
    });
  }
});

t.test('a leader known by name alone is found by asking who they are', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed, (host) => `member-${host}`);
    await cluster.run(async () => {
      const store = cluster.client('client');
      t.ok((await timed(cluster, () => store.txn(write))) < 1_000);
      t.equal(new Set(cluster.dialed).size, cluster.dialed.length, 'none is dialled twice');
      t.same(cluster.answered, ['b']);
      await store.close();
    });
  }
});

t.test('a member that forwards serves until the leader that it names is connected', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed, (host) => `member-${host}`);
    cluster.forwards = true;
    await cluster.run(async () => {
      const store = cluster.client('client');
      await store.txn(write);
      const [home = ''] = cluster.answered;
      // The way to the leader takes long: nothing waits for it.
      cluster.simulation.network.setFaults('client', 'b', { delayMs: home === 'b' ? 0 : 200 });
      t.ok((await timed(cluster, () => store.txn(write))) < 100);
      const { timers } = cluster.simulation.world('other');
      for (let n = 0; n < 20; n += 1) {
        t.ok((await timed(cluster, () => store.txn(write))) < 500);
        await timers.sleep(100);
      }
      t.same(new Set(cluster.answered), new Set([home, 'b']));
      t.equal(cluster.answered.at(-1), 'b');
      await store.close();
    });
  }
});

t.test('a leader that cannot be reached is left to the members that forward to it', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    cluster.forwards = true;
    await cluster.run(async () => {
      cluster.block('b', 'client');
      const store = cluster.client('client');
      t.ok((await timed(cluster, () => store.txn(write))) < 2_000);
      for (let n = 0; n < 10; n += 1) t.ok((await timed(cluster, () => store.txn(write))) < 100);
      t.notOk(cluster.answered.includes('b'));
      await store.close();
    });
  }
});

t.test('when its member dies it is with another within two seconds, and a watch goes along', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    await cluster.run(async () => {
      const store = cluster.client('client');
      const watch = store.watch({ ...range, startRevision: 1 })[Symbol.asyncIterator]();
      await watch.next();
      const [home = ''] = cluster.answered;
      cluster.simulation.crash(home);
      if (cluster.leader === home) cluster.leader = hosts.find((host) => host !== home);
      const goesOn = watch.next();
      t.ok((await timed(cluster, () => store.range(range))) < 2_000);
      t.ok((await timed(cluster, () => store.txn(write))) < 2_000);
      await goesOn;
      t.not(cluster.answered.at(-1), home);
      await store.close();
    });
  }
});

t.test('a member that says nothing any more is left within two seconds', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    await cluster.run(async () => {
      const store = cluster.client('client');
      await store.range(range);
      const [home = ''] = cluster.answered;
      if (cluster.leader === home) cluster.leader = hosts.find((host) => host !== home);
      cluster.block(home, 'client');
      const lost = store.txn(write).catch((error: unknown) => error);
      t.ok((await timed(cluster, () => store.range(range))) < 2_000, 'a read is asked again elsewhere');
      t.ok((await timed(cluster, () => store.txn(write))) < 2_000, 'the next write goes elsewhere');
      const error = await lost;
      t.ok(
        error instanceof StoreError && error.mayHaveExecuted,
        'the fate of the write under way is unknown',
      );
      await store.close();
    });
  }
});

t.test('a member that cannot be reached from the start costs less than two seconds', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    await cluster.run(async () => {
      cluster.leader = 'c';
      cluster.block('a', 'client');
      cluster.simulation.crash('b');
      const store = cluster.client('client');
      t.ok((await timed(cluster, () => store.range(range))) < 2_500);
      t.ok((await timed(cluster, () => store.txn(write))) < 2_000);
      await store.close();
    });
  }
});

t.test('in an election it waits where it is; a member that stays leaderless is left', async (t) => {
  for (const seed of seeds) {
    const cluster = new Cluster(seed);
    await cluster.run(async () => {
      cluster.leader = undefined;
      const store = cluster.client('client');
      cluster.simulation.schedule(700, () => {
        cluster.leader = cluster.dialed[0];
      });
      await store.txn(write);
      t.equal(cluster.dialed.length, 1);
      cluster.cutOff = cluster.dialed[0];
      cluster.leader = hosts.find((host) => host !== cluster.cutOff);
      t.ok((await timed(cluster, () => store.txn(write))) < 2_000);
      t.equal(cluster.answered.at(-1), cluster.leader);
      await store.close();
    });
  }
});

t.test('with all members gone it says so at the deadline, and goes on when one is back', async (t) => {
  const cluster = new Cluster(7);
  await cluster.run(async () => {
    const store = cluster.client('client');
    await store.range(range);
    const watch = store.watch({ ...range, startRevision: 1 })[Symbol.asyncIterator]();
    await watch.next();
    for (const host of hosts) cluster.simulation.crash(host);
    await t.rejects(store.txn(write, { deadlineMs: 3_000 }), { code: /timeout|unavailable/ });
    await t.rejects(store.txn(write, { deadlineMs: 3_000 }), { code: 'timeout', mayHaveExecuted: false });
    const gone = new AbortController();
    const given = store.range(range, { signal: gone.signal });
    gone.abort();
    await t.rejects(given, { code: 'timeout' });
    const goesOn = watch.next();
    await cluster.start('c');
    cluster.leader = 'c';
    t.ok((await timed(cluster, () => store.txn(write))) < 5_000);
    await goesOn;
    await store.close();
    await t.rejects(store.range(range), { code: 'unavailable' });
  });
});
