import { crc32 } from 'node:zlib';
import { silentTelemetry } from '@kubelab/telemetry';
import { createSimulation, type World } from '@kubelab/world';
import t from 'tap';
import type { Entry } from '../src/raft/types.js';
import { Wal, WalCorruptionError } from '../src/wal/wal.js';

const entry = (index: number, term = 1): Entry => ({
  index,
  term,
  type: 'normal',
  data: new Uint8Array(200).fill(index),
  headBytes: 0,
});
const hardState = { term: 1, votedFor: 'a', commit: 0 };

/** Runs in virtual time; gives what the work gave. */
async function simulated<T>(
  seed: number,
  work: (world: World, simulation: ReturnType<typeof createSimulation>) => Promise<T>,
): Promise<T> {
  const simulation = createSimulation({ seed });
  let result: { value: T } | { error: unknown } | undefined;
  work(simulation.world('host'), simulation).then(
    (value) => {
      result = { value };
    },
    (error: unknown) => {
      result = { error };
    },
  );
  await simulation.run({ untilMs: 60_000, until: () => result !== undefined });
  if (result === undefined) throw new Error('the work did not end');
  if ('error' in result) throw result.error;
  return result.value;
}

const open = (world: World) => Wal.open(world.disk, '/wal', silentTelemetry(world, 'etcd-raft', 'test').log);
const segment = '/wal/0000000000000001.wal';

async function fill(world: World, count: number): Promise<void> {
  const { wal } = await open(world);
  for (let index = 1; index <= count; index += 1) await wal.append({ hardState, entries: [entry(index)] });
  await wal.close();
}

t.test(
  'what was appended is there after a restart; a later entry replaces those from its index on',
  async (t) => {
    const contents = await simulated(1, async (world) => {
      await fill(world, 5);
      const { wal } = await open(world);
      await wal.append({ hardState: { ...hardState, term: 2 }, entries: [entry(4, 2)] });
      return (await open(world)).contents;
    });
    t.same(
      contents.entries.map(({ index, term }) => [index, term]),
      [
        [1, 1],
        [2, 1],
        [3, 1],
        [4, 2],
      ],
    );
    t.equal(contents.hardState.term, 2);
  },
);

t.test('a tail that a crash cut short is removed, and appending goes on behind it', async (t) => {
  for (const cut of [1, 23, 24, 60, 200]) {
    const contents = await simulated(cut, async (world) => {
      await fill(world, 3);
      const file = await world.disk.open(segment);
      await file.truncate((await file.size()) - cut);
      const { wal } = await open(world);
      await wal.append({ entries: [entry(3, 2)] });
      return (await open(world)).contents;
    });
    t.same(
      contents.entries.map(({ index, term }) => [index, term]),
      [
        [1, 1],
        [2, 1],
        [3, 2],
      ],
      `cut by ${cut}`,
    );
  }
});

t.test(
  'a damaged record with a whole one behind it is refused, with the file, the place and what to do',
  async (t) => {
    const damaged = simulated(1, async (world) => {
      await fill(world, 5);
      const file = await world.disk.open(segment);
      await file.write(300, [new Uint8Array([1, 2, 3, 4])]);
      return open(world);
    });
    await t.rejects(damaged, WalCorruptionError);
    await t.rejects(damaged, /0000000000000001\.wal is damaged at byte \d+.*move its data directory away/);
  },
);

t.test('whatever a crash leaves of an unsynced write, all that was acknowledged is found', async (t) => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const simulation = createSimulation({ seed });
    let acknowledged = 0;
    const write = async () => {
      const { wal } = await open(simulation.world('host'));
      for (let index = 1; ; index += 1) {
        await wal.append({ hardState, entries: [entry(index), entry(index + 1)].slice(0, 1) });
        acknowledged = index;
      }
    };
    void write();
    await simulation.run({ untilMs: 5 + (seed % 20) });
    simulation.crash('host');
    let found = -1;
    void open(simulation.world('host')).then(({ contents }) => {
      found = contents.entries.length;
    });
    await simulation.run({ untilMs: 10_000, until: () => found >= 0 });
    t.ok(found >= acknowledged, `seed ${seed}: ${found} found, ${acknowledged} acknowledged`);
  }
});

t.test('a full disk fails the append, and every one after it', async (t) => {
  await simulated(1, async (world, simulation) => {
    const { wal } = await open(world);
    await wal.append({ hardState, entries: [entry(1)] });
    simulation.diskFaults('host').full = true;
    await t.rejects(wal.append({ entries: [entry(2)] }), /no space left/);
    simulation.diskFaults('host').full = false;
    await t.rejects(wal.append({ entries: [entry(2)] }), /no space left/);
  });
});

t.test(
  'a vote outlives the segments that are released, also when a crash came while one was begun',
  async (t) => {
    const found = await simulated(1, async (world) => {
      const { wal } = await open(world);
      await wal.append({ hardState: { term: 7, votedFor: 'b', commit: 0 }, entries: [entry(1)] });
      await wal.close();
      // What a crash leaves between the making of a segment and its head.
      await (await world.disk.open('/wal/0000000000000002.wal', { create: true })).close();
      const again = (await open(world)).wal;
      await again.append({ entries: [entry(2)] });
      await again.releaseTo(1);
      return { names: await world.disk.list('/wal'), contents: (await open(world)).contents };
    });
    t.same(found.names, ['0000000000000002.wal']);
    t.same(found.contents.hardState, { term: 7, votedFor: 'b', commit: 0 });
  },
);

t.test('a log of another format is refused, with what to do', async (t) => {
  const opened = simulated(1, async (world) => {
    const { wal } = await open(world);
    await wal.append({ entries: [entry(1)] });
    await wal.close();
    const bytes = await world.disk.readFile(segment);
    // The second frame alone: a segment without a head.
    const headBytes = 24 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
    const file = await world.disk.open(segment);
    await file.truncate(headBytes);
    await file.close();
    const plain = Buffer.from(bytes.subarray(24, headBytes));
    plain[0] = 1;
    const header = Buffer.from(bytes.subarray(0, 24));
    header.writeUInt32LE(crc32(plain), 16);
    header.writeUInt32LE(crc32(header.subarray(0, 20)), 20);
    await world.disk.writeFileAtomic(segment, Buffer.concat([header, plain]));
    return open(world);
  });
  await t.rejects(opened, /format 1.*Start the version that wrote it/);
});
