import t from 'tap';
import { createSimulation, type Disk, type Simulation } from '../src/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const seeds = Array.from({ length: 40 }, (_, seed) => seed);

async function drive<T>(simulation: Simulation, body: (disk: Disk) => Promise<T>): Promise<T> {
  let over = false;
  const done = body(simulation.world('a').disk).finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  if (!(await simulation.run({ untilMs: simulation.nowMs + 60_000, until: () => over })))
    throw new Error('not done after a virtual minute');
  return done;
}

/** What each seed's disk holds after `before` and a power cut. */
async function afterCrash<T>(before: (disk: Disk) => Promise<unknown>, look: (disk: Disk) => Promise<T>) {
  const found: T[] = [];
  for (const seed of seeds) {
    const simulation = createSimulation({ seed });
    await drive(simulation, before);
    simulation.crash('a');
    found.push(await drive(simulation, look));
  }
  return found;
}

const read = async (disk: Disk) => new TextDecoder().decode(await disk.readFile('d/file'));

async function createSynced(disk: Disk, content: string) {
  const file = await disk.open('d/file', { create: true });
  await file.write(0, [bytes(content)]);
  await file.sync();
  await disk.syncDirectory('d');
  return file;
}

t.test('what was synced survives the power cut', async (t) => {
  const found = await afterCrash((disk) => createSynced(disk, 'safe'), read);
  t.same(new Set(found), new Set(['safe']));
});

t.test('what was not synced is kept, lost or torn at sectors, and never touches what was', async (t) => {
  const tail = `${'x'.repeat(512)}${'y'.repeat(512)}`;
  const head = 'h'.repeat(512);
  const found = await afterCrash(async (disk) => {
    const file = await createSynced(disk, head);
    await file.write(512, [bytes(tail)]);
  }, read);
  for (const one of found) t.ok(one.startsWith(head));
  t.ok(found.includes(head), 'lost');
  t.ok(found.includes(head + tail), 'kept');
  t.ok(
    found.some((one) => one !== head && one !== head + tail),
    'torn',
  );
});

t.test('a name that was not synced may be gone', async (t) => {
  const found = await afterCrash(
    async (disk) => (await disk.open('d/file', { create: true })).sync(),
    (disk) => disk.exists('d/file'),
  );
  t.same(new Set(found), new Set([true, false]));
});

t.test('after a rename there is the one name or the other, never both or none', async (t) => {
  const found = await afterCrash(
    async (disk) => {
      await createSynced(disk, 'content');
      await disk.rename('d/file', 'd/renamed');
    },
    (disk) => disk.list('d'),
  );
  t.same(new Set(found.map((names) => names.join())), new Set(['file', 'renamed']));
});

t.test('an atomic write is all or nothing, wherever the power goes', async (t) => {
  const found = new Set<string>();
  for (const seed of seeds) {
    const simulation = createSimulation({ seed });
    await drive(simulation, (disk) => disk.writeFileAtomic('d/file', 'old'));
    const { disk } = simulation.world('a');
    disk.writeFileAtomic('d/file', 'new').catch(() => undefined);
    await simulation.run({ untilMs: simulation.nowMs + seed / 20 });
    simulation.crash('a');
    found.add(await drive(simulation, read));
  }
  t.same(found, new Set(['old', 'new']));
});

t.test('truncating cuts, lengthens by zeros, and what was cut does not come back', async (t) => {
  const found = await afterCrash(
    async (disk) => {
      const file = await createSynced(disk, 'abcdef');
      await file.write(6, [bytes('ghi')]);
      await file.truncate(3);
      await file.truncate(5);
      t.same(await file.read(0, 10), bytes('abc\0\0'));
      await file.sync();
    },
    (disk) => disk.readFile('d/file'),
  );
  for (const one of found) t.same(one, bytes('abc\0\0'));
});

t.test('a full or failing disk says so, reads go on, and it works again afterwards', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const faults = simulation.diskFaults('a');
  await drive(simulation, async (disk) => {
    const file = await createSynced(disk, 'here');
    faults.full = true;
    t.equal(await disk.freeBytes('d'), 0);
    await t.rejects(file.write(4, [bytes('more')]), { code: 'noSpace' });
    await t.rejects(disk.writeFileAtomic('d/other', 'x'), { code: 'noSpace' });
    t.equal(await read(disk), 'here');
    faults.full = false;
    faults.failing = true;
    await t.rejects(file.sync(), { code: 'io' });
    faults.failing = false;
    await file.write(4, [bytes(' and more')]);
    t.equal(await read(disk), 'here and more');
    await t.rejects(disk.open('d/absent'), { code: 'notFound' });
  });
});
