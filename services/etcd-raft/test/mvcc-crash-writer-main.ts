import { bytes, openLmdb, put, request, text, turn } from './mvcc-stores.js';

/** The process that mvcc.crash.test.ts kills: writes to the directory that it is given, and prints what is durable. */
const [directory = '', mode = 'write'] = process.argv.slice(2);
const { store } = openLmdb(directory, () => undefined);

function commitNext(): void {
  const index = store.appliedIndex + 1;
  const found = store.range({ key: bytes('sum') });
  const sum = 'kvs' in found ? Number(text(found.kvs[0]?.value ?? bytes('0'))) : 0;
  store.txn(request(put('n', `${index}`)), undefined);
  store.txn(request(put('sum', `${sum + index}`), put(`key-${index}`, 'v'.repeat(500))), undefined);
  store.meta.put('n', bytes(`${index}`));
  if (index % 50 === 0) store.compact(store.revision - 10);
  store.commit(index);
}

async function write(): Promise<never> {
  let told = 0;
  for (;;) {
    commitNext();
    await turn();
    if (store.durableIndex === told) continue;
    told = store.durableIndex;
    process.stdout.write(`${told}\n`);
  }
}

/** Ends itself in the midst of a restore, after some of it was written. */
async function restore(): Promise<void> {
  for (let at = 0; at < 10_000; at += 1) commitNext();
  const chunks = [...store.snapshot()];
  async function* some() {
    yield* chunks.slice(0, -1);
    for (let at = 0; at < 200; at += 1) await turn();
    process.kill(process.pid, 'SIGKILL');
  }
  await store.restore(some());
}

await (mode === 'restore' ? restore() : write());
