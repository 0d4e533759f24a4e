import fc from 'fast-check';
import t from 'tap';
import type { MvccStore } from '../src/mvcc/mvcc-store.js';
import { type Step, step } from './mvcc-arbitraries.js';
import { bytes, everything, kinds, put, remove, request, text } from './mvcc-stores.js';

function take(store: MvccStore, one: Step): void {
  if ('txn' in one) store.txn(one.txn, undefined);
  else if ('deleteKeys' in one) store.deleteKeys(one.deleteKeys.map(bytes), undefined);
  else if ('compactBack' in one && store.revision > one.compactBack)
    store.compact(store.revision - one.compactBack);
}

/** Cut anew, as a transport may. */
function* recut(chunks: Iterable<Uint8Array>, bytesEach: number): Generator<Uint8Array> {
  const whole = Buffer.concat([...chunks]);
  for (let at = 0; at < whole.byteLength; at += bytesEach) yield whole.subarray(at, at + bytesEach);
}

for (const from of kinds)
  for (const to of kinds)
    t.test(
      `${from.name} to ${to.name}: a snapshot is the state, whatever happens while it is read`,
      async (t) => {
        const steps = fc.array(step, { maxLength: 40 });
        const property = fc.asyncProperty(
          steps,
          steps,
          fc.integer({ min: 1, max: 500 }),
          async (first, then, cut) => {
            const source = from.open();
            let target = to.open();
            for (const one of first) take(source.store, one);
            source.store.meta.put('member/1', bytes('me'));
            source.store.commit(first.length + 1);
            const hash = source.store.hashNow();
            const reading = source.store.snapshot();
            // What the target had is gone afterwards.
            for (const one of then) take(target.store, one);
            target.store.meta.put('member/2', bytes('you'));
            target.store.commit(1000);
            for (const one of then) take(source.store, one);
            source.store.meta.put('member/1', bytes('other'));
            source.store.commit(first.length + 2);
            await target.store.restore(recut(reading, cut));
            const restored = target.store;
            if (JSON.stringify(restored.hashNow()) !== JSON.stringify(hash)) throw new Error('another state');
            if (restored.appliedIndex !== first.length + 1) throw new Error('another applied index');
            if (to.isDurable) {
              target = await target.reopen();
              if (JSON.stringify(target.store.hashNow()) !== JSON.stringify(hash))
                throw new Error('another state after reopening');
            }
            await Promise.all([source.end(), target.end()]);
          },
        );
        const numRuns = from.isDurable || to.isDurable ? 12 : 100;
        await t.resolves(fc.assert(property, { numRuns }));
      },
    );

for (const kind of kinds)
  t.test(
    `${kind.name}: a snapshot comes in chunks of about 256 KiB; compaction waits for its reader`,
    async (t) => {
      const { store, end } = kind.open();
      for (let at = 0; at < 20_000; at += 1)
        store.txn(request(put(`k${at % 10_000}`, 'v'.repeat(100))), undefined);
      store.commit(1);
      const hash = store.hashNow().hash;
      const reading = store.snapshot();
      const chunks = [
        ...(function* () {
          const first = reading.next();
          if (first.done !== true) yield first.value;
        })(),
      ];
      store.compact(store.revision);
      store.commit(2);
      for (let turns = 0; turns < 50; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      t.equal(store.counts.versions, 20_000, 'nothing is freed');
      for (const chunk of reading) chunks.push(chunk);
      t.ok(chunks.every((chunk) => chunk.byteLength <= 257 * 1024));
      t.ok(chunks.length > 5);
      await store.physicallyCompacted();
      t.equal(store.counts.versions, 10_000);
      await store.restore(chunks);
      t.equal(store.hashNow().hash, hash);
      t.equal(store.counts.versions, 20_000);
      store.compact(store.revision - 1);
      const abandoned = store.snapshot();
      store.commit(3);
      abandoned.return?.();
      await store.physicallyCompacted();
      t.equal(store.counts.versions, 10_001, 'a reader that gives up holds up nothing');
      await end();
    },
  );

for (const kind of kinds)
  t.test(
    `${kind.name}: a damaged, cut or foreign snapshot is refused, and leaves an empty store`,
    async (t) => {
      const source = kind.open();
      for (let at = 0; at < 50; at += 1) source.store.txn(request(put(`k${at}`, `${at}`)), undefined);
      source.store.meta.put('a', bytes('b'));
      source.store.commit(1);
      const whole = Buffer.concat([...source.store.snapshot()]);
      await source.end();
      const flipped = (at: number) => {
        const bad = Buffer.from(whole);
        bad.writeUInt8(bad.readUInt8(at) ^ 0x10, at);
        return bad;
      };
      const places = [0, 12, 20, 40, 60, 200, whole.byteLength - 3];
      const cuts = [5, 13, 50, 300, whole.byteLength - 1];
      const bad = [
        ...places.map(flipped),
        ...cuts.map((at) => whole.subarray(0, at)),
        Buffer.concat([whole, whole]),
      ];
      for (const one of bad) {
        let opened = kind.open();
        opened.store.txn(request(put('old', '')), undefined);
        opened.store.commit(5);
        await t.rejects(opened.store.restore([one]), { name: 'SnapshotError' });
        t.match(
          opened.store.range(everything),
          { code: 'unavailable' },
          'reads are not answered from half a state',
        );
        opened = await opened.reopen();
        t.equal(opened.store.revision, 1);
        t.equal(opened.store.durableIndex, 0);
        await opened.end();
      }
    },
  );

for (const kind of kinds)
  t.test(`${kind.name}: space that compaction freed is given back`, async (t) => {
    const { store, end } = kind.open();
    for (let at = 0; at < 6000; at += 1) store.txn(request(put(`k${at % 30}`, 'v'.repeat(1000))), undefined);
    store.commit(1);
    store.compact(store.revision);
    store.commit(2);
    await store.defragment();
    t.ok(store.bytes < 1_500_000, `${store.bytes} bytes`);
    t.ok(store.bytesInUse <= store.bytes);
    store.txn(request(remove('k1'), put('k2', 'x')), undefined);
    store.commit(3);
    const found = store.range({ key: bytes('k2') });
    t.equal('kvs' in found && text(found.kvs[0]?.value ?? bytes('')), 'x');
    t.match(store.range(everything), { count: 29 });
    await end();
  });

for (const kind of kinds)
  t.test(`${kind.name}: who reads a snapshot while the state is replaced is told so`, async (t) => {
    const { store, end } = kind.open();
    for (let at = 0; at < 50; at += 1) store.txn(request(put('k', `${at}`)), undefined);
    store.commit(1);
    const chunks = [...store.snapshot()];
    const reading = store.snapshot();
    reading.next();
    const hashing = t.rejects(store.hash(), { code: 'unavailable' });
    store.compact(40);
    store.commit(2);
    await store.restore(chunks);
    t.throws(() => reading.next(), /was replaced/);
    await hashing;
    t.same([store.compactRevision, store.counts.versions, store.appliedIndex], [0, 50, 1]);
    store.compact(50);
    store.commit(3);
    await store.physicallyCompacted();
    t.equal(store.counts.versions, 2, 'nobody holds off compaction any more');
    await end();
  });
