import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { bytes, openLmdb, text } from './mvcc-stores.js';

const writer = fileURLToPath(new URL('mvcc-crash-writer-main.js', import.meta.url));

/**
 * Another process writes without end and is killed in the midst of it. Each of its commits `index` puts "n" to `index` and
 * adds `index` to "sum", so that the state tells how many commits were applied, and whether one was twice or in part.
 */
t.test('a store in LMDB that was killed while writing has whole commits, each once', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'mvcc-crash-'));
  let applied = 0;
  for (let crash = 0; crash < 6; crash += 1) {
    const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    let durable = 0;
    child.stdout.on('data', (data: Buffer) => {
      durable = Number(data.toString().trim().split('\n').at(-1));
      // A little after it told something, at another moment each time.
      if (durable >= applied + 20) setTimeout(() => child.kill('SIGKILL'), crash * 3);
    });
    await new Promise((resolve) => child.once('close', resolve));
    const { store, end } = openLmdb(directory, () => undefined);
    const index = store.appliedIndex;
    t.ok(index >= durable, `${index} of at least ${durable} commits`);
    t.ok(index > applied);
    t.equal(store.durableIndex, index);
    const value = (key: string): number => {
      const found = store.range({ key: bytes(key) });
      return 'kvs' in found ? Number(text(found.kvs[0]?.value ?? bytes(''))) : Number.NaN;
    };
    t.equal(value('n'), index);
    t.equal(value('sum'), (index * (index + 1)) / 2);
    t.equal(Number(text(store.meta.get('n') ?? bytes(''))), index, 'meta is of the same moment');
    t.equal(store.revision, 1 + 2 * index);
    await store.physicallyCompacted();
    applied = index;
    await end();
  }
  rmSync(directory, { recursive: true });
});

t.test('a restore into LMDB that was cut off by a crash leaves nothing of either state', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'mvcc-crash-'));
  const child = spawn(process.execPath, [writer, directory, 'restore'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.once('close', resolve));
  const { store, end } = openLmdb(directory, () => undefined);
  t.same([store.revision, store.durableIndex, store.counts.versions], [1, 0, 0]);
  t.equal(store.meta.get('n'), undefined);
  await end();
  rmSync(directory, { recursive: true });
});
