import { type Logger, silentTelemetry } from '@kubelab/telemetry';
import { createLinks, serveWire } from '@kubelab/wire';
import { createSimulation, type Simulation, type TlsMaterial } from '@kubelab/world';
import t from 'tap';
import type { Configuration, RaftNode, StateMachine } from '../src/contract.js';
import { startRaftNode } from '../src/server/raft-node.js';
import { createRaftTransport, membersGroup, type Peer, raftService } from '../src/server/raft-transport.js';

const port = 2380;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const tlsOf = (commonName: string): TlsMaterial => ({
  ...{ caPem: '', certPem: '', keyPem: '' },
  identity: { commonName, organizations: [membersGroup] },
});

/** Remembers what it applied; as large as its entries. */
class Journal implements StateMachine {
  lines: string[] = [];
  configuration: Configuration | undefined;
  readonly durable = undefined;

  apply(index: number, data: Uint8Array): string {
    this.lines.push(text(data));
    return `${index}`;
  }
  applyConfiguration(_index: number, configuration: Configuration, context: Uint8Array): string {
    this.configuration = configuration;
    return text(context);
  }
  applied(): void {}
  *snapshot(): Iterable<Uint8Array> {
    for (const line of [...this.lines]) yield Buffer.from(line);
  }
  async restore(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    this.lines = [];
    for await (const chunk of chunks) this.lines.push(text(chunk));
  }
}

interface Running {
  readonly node: RaftNode;
  readonly journal: Journal;
}

/** Members of one group in virtual time. Ids are names here. */
class Group {
  readonly simulation: Simulation;
  readonly running = new Map<string, Running>();
  readonly #log: Logger | undefined;

  constructor(seed: number, log?: Logger) {
    this.simulation = createSimulation({ seed });
    this.#log = log;
  }

  async start(id: string, initial: readonly string[]): Promise<Running> {
    const world = this.simulation.world(id);
    const telemetry = silentTelemetry(world, 'etcd-raft', id);
    const context = {
      world,
      telemetry: this.#log ? { ...telemetry, log: this.#log } : telemetry,
      links: createLinks(),
    };
    const transport = createRaftTransport(context, { id, tls: tlsOf(id) });
    const peers = ['a', 'b', 'c', 'd'].map((name): [string, Peer] => [
      name,
      { name, address: { host: name, port } },
    ]);
    transport.setPeers(new Map(peers));
    const journal = new Journal();
    const configuration = { voters: initial, votersOutgoing: [], learners: [] };
    const { node, receiver } = await startRaftNode(world, {
      ...{ id, dataDirectory: '/data', stateMachine: journal, transport, telemetry: context.telemetry },
      bootstrap: initial.length > 0 ? { configuration, context: Buffer.from('begin') } : undefined,
      ...{ electionTimeoutMs: 300, heartbeatIntervalMs: 50, leaseReads: false, learnerReadyEntries: 100 },
      ...{ snapshotEntries: 10, snapshotKeepEntries: 5, logBytesMax: 64 << 20 },
    });
    await serveWire(context, {
      address: { host: id, port },
      tls: tlsOf(id),
      services: [raftService(receiver)],
    });
    const member = { node, journal };
    this.running.set(id, member);
    return member;
  }

  /** Until `work` is done, in virtual time. */
  async run<T>(work: () => Promise<T>, withinMs = 60_000): Promise<T> {
    let result: { readonly value: T } | { readonly error: unknown } | undefined;
    work().then(
      (value) => {
        result = { value };
      },
      (error: unknown) => {
        result = { error };
      },
    );
    await this.simulation.run({
      untilMs: this.simulation.nowMs + withinMs,
      until: () => result !== undefined,
    });
    if (result === undefined) throw new Error('the work did not end');
    if ('error' in result) throw result.error;
    return result.value;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.simulation.schedule(ms, resolve));
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.wait(10);
  }

  leader(): Running {
    const found = [...this.running.values()].find(({ node }) => node.status().role === 'leader');
    if (found === undefined) throw new Error('nobody leads');
    return found;
  }

  hasLeader(): boolean {
    return [...this.running.values()].some(({ node }) => node.status().role === 'leader');
  }

  of(id: string): Running {
    const found = this.running.get(id);
    if (found === undefined) throw new Error(id);
    return found;
  }

  crash(id: string): void {
    this.running.delete(id);
    this.simulation.crash(id);
  }

  /** Nothing passes between `id` and the others. */
  cutOff(id: string): void {
    for (const other of this.running.keys()) {
      this.simulation.network.setFaults(id, other, { blocked: true });
      this.simulation.network.setFaults(other, id, { blocked: true });
    }
    this.running.delete(id);
  }
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}

const initial = ['a', 'b', 'c'];

async function started(seed: number): Promise<Group> {
  const group = new Group(seed);
  await group.run(async () => {
    for (const id of initial) await group.start(id, initial);
    await group.until(() => group.hasLeader());
  });
  return group;
}

async function propose(group: Group, count: number, size = 4): Promise<void> {
  const { node } = group.leader();
  for (let at = 0; at < count; at += 1) await node.propose(Buffer.from(`${at}`.padEnd(size, '.')));
}

t.test('all members apply the same in the same order; restarted together they have it again', async (t) => {
  const group = await started(1);
  await group.run(() => propose(group, 40));
  const { lines } = group.leader().journal;
  t.equal(lines.length, 40);
  for (const id of initial) group.crash(id);
  await group.run(async () => {
    for (const id of initial) await group.start(id, initial);
    await group.until(
      () => group.hasLeader() && initial.every((id) => group.of(id).journal.lines.length === 40),
    );
  });
  for (const id of initial) t.same(group.of(id).journal.lines, lines);
});

t.test(
  'a newcomer gets the first configuration with a snapshot, learns, is promoted, and replaces another',
  async (t) => {
    const group = await started(2);
    await group.run(async () => {
      await propose(group, 3);
      await group.start('d', []);
      const { node } = group.leader();
      t.equal(await node.changeMembership([{ type: 'addLearner', id: 'd' }], Buffer.from('learn')), 'learn');
      await group.until(() => group.of('d').journal.lines.length === 3);
      t.equal(group.of('d').node.status().role, 'learner');
      await node.changeMembership([{ type: 'promote', id: 'd' }], Buffer.from(''));
      const gone = initial.find((id) => id !== node.status().id) ?? '';
      await node.changeMembership([{ type: 'remove', id: gone }], Buffer.from(''));
      group.crash(gone);
      await propose(group, 2);
      await group.until(() => group.of('d').journal.lines.length === 5);
    });
    t.same(group.of('d').journal.configuration, group.leader().node.status().configuration);
    t.equal(group.leader().node.status().configuration.voters.length, 3);
  },
);

t.test('a replacement through a joint configuration is answered once that is left', async (t) => {
  const group = await started(3);
  await group.run(async () => {
    await group.start('d', []);
    const { node } = group.leader();
    const gone = initial.find((id) => id !== node.status().id) ?? '';
    const changes = [{ type: 'remove', id: gone } as const, { type: 'addVoter', id: 'd' } as const];
    t.equal(await node.changeMembership(changes, Buffer.from('swap')), 'swap');
    t.same(node.status().configuration.votersOutgoing, []);
    t.ok(node.status().configuration.voters.includes('d'));
  });
});

t.test('leadership goes where it is asked to, and back', async (t) => {
  const group = await started(4);
  const before = group.leader().node;
  const to = initial.find((id) => id !== before.status().id) ?? '';
  await group.run(async () => {
    await before.transferLeadership(to);
    t.equal(group.leader().node.status().id, to);
    t.match(await refusal(before.transferLeadership(to)), { reason: 'notLeader' });
    t.match(await refusal(group.leader().node.transferLeadership('x')), { reason: 'badTransferee' });
  });
});

t.test(
  'a leader whose disk does not answer steps down, and its proposals end with an unknown fate',
  async (t) => {
    const group = await started(5);
    const { node } = group.leader();
    const { id } = node.status();
    group.simulation.diskFaults(id).syncMsMax = 30_000;
    await group.run(async () => {
      t.match(await refusal(node.propose(Buffer.from('x'))), {
        reason: 'leadershipLost',
        mayHaveCommitted: true,
      });
      await group.until(() => group.hasLeader());
      t.not(group.leader().node.status().id, id);
    });
  },
);

t.test('a snapshot that broke off goes on where it was', async (t) => {
  const group = await started(6);
  const late = initial.find((id) => id !== group.leader().node.status().id) ?? '';
  await group.run(async () => {
    group.crash(late);
    await propose(group, 60, 200_000);
    await group.start(late, initial);
    const part = async () => {
      const disk = group.simulation.world(late).disk;
      const names = (await disk.exists('/data/snapshots')) ? await disk.list('/data/snapshots') : [];
      const name = names.find((found) => found.endsWith('.part'));
      return name === undefined ? 0 : await (await disk.open(`/data/snapshots/${name}`)).size();
    };
    while ((await part()) < 4_000_000) await group.wait(1);
    const leader = group.leader().node.status().id;
    for (const blocked of [true, false]) {
      group.simulation.network.setFaults(leader, late, { blocked });
      group.simulation.network.setFaults(late, leader, { blocked });
      if (blocked) await group.wait(20_000);
      else t.ok((await part()) >= 4_000_000, 'what arrived was kept');
    }
    await group.until(() => group.of(late).journal.lines.length === 60);
  }, 300_000);
  t.same(group.of(late).journal.lines, group.leader().journal.lines);
});

t.test('timeouts can be changed while it runs; those that cannot work are refused', async (t) => {
  const group = await started(7);
  const { node } = group.leader();
  t.throws(() => node.setTimeouts({ electionTimeoutMs: 100, heartbeatIntervalMs: 100 }), RangeError);
  for (const { node: each } of group.running.values())
    each.setTimeouts({ electionTimeoutMs: 3_000, heartbeatIntervalMs: 300 });
  const from = group.simulation.nowMs;
  group.cutOff(node.status().id);
  await group.run(() => group.until(() => group.hasLeader()));
  t.ok(group.simulation.nowMs - from >= 2_500, 'the others waited the new time');
});

t.test('a leader whose process ended is not waited for', async (t) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const group = await started(seed);
    for (const { node } of group.running.values())
      node.setTimeouts({ electionTimeoutMs: 3_000, heartbeatIntervalMs: 300 });
    await group.run(() => group.wait(3_000)); // A connection that has lasted is dialled again at once.
    const from = group.simulation.nowMs;
    group.crash(group.leader().node.status().id);
    await group.run(() => group.until(() => group.hasLeader()));
    t.ok(group.simulation.nowMs - from < 1_000, `three ticks and the way of the votes, seed ${seed}`);
  }
});
