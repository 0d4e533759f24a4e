import { StoreError } from '@kubelab/store';
import t from 'tap';
import { crc32c } from '../src/mvcc/crc32c.js';
import type { MvccStore } from '../src/mvcc/mvcc-store.js';
import { bytes, kinds, put, remove, request } from './mvcc-stores.js';

t.test('CRC-32C gives the values of RFC 3720, in one piece or in several', async (t) => {
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  t.equal(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e);
  t.equal(crc32c(bytes('123456789')), 0xe3069283);
  t.equal(crc32c(bytes('6789'), crc32c(bytes('12345'))), 0xe3069283);
});

async function hashKv(store: MvccStore, revision: number): Promise<number | string> {
  const result = await store.hashKv(revision);
  return result instanceof StoreError ? result.code : result.hash;
}

// The figures are what Debian's etcd 3.4.23 answers (etcdctl endpoint hashkv) after the same requests.
for (const kind of kinds)
  t.test(`${kind.name}: hashKv is etcd's, also after compactions and of an empty store`, async (t) => {
    const { store, end } = kind.open();
    for (let at = 0; at < 200; at += 1)
      store.txn(request(put(`key-${at % 40}`, 'v'.repeat(at), at % 3 === 0 ? 7n : 0n)), undefined);
    store.commit(1);
    t.same([await hashKv(store, 0), await hashKv(store, 1)], [2240409651, 1084519789]);
    store.txn(request(remove('key-1', 'key-3'), put('key-0', '')), undefined);
    t.equal(await hashKv(store, 0), 1877310824);
    store.compact(150);
    t.equal(await hashKv(store, 0), 2740790480, 'whether compaction has freed anything yet');
    store.commit(2);
    await store.physicallyCompacted();
    t.equal(await hashKv(store, 0), 2740790480, 'or not');
    t.equal(await hashKv(store, 151), 4035259047);
    store.txn(request(remove('\0', '\xff')), undefined);
    t.same([await hashKv(store, 0), await hashKv(store, 151)], [2138478839, 4035259047]);
    store.compact(202);
    store.txn(request(put('a', 'b')), undefined);
    t.equal(await hashKv(store, 0), 3131720560);
    t.same([await hashKv(store, 201), await hashKv(store, 300)], ['compacted', 'futureRevision']);
    await end();
  });

t.test('hash() also says what lies beside the keys', async (t) => {
  const [one, other] = [kinds, kinds].map(([kind]) => kind?.open());
  if (one === undefined || other === undefined) throw new Error('there is no backend');
  t.same(one.store.hashNow(), other.store.hashNow());
  one.store.meta.put('lease/1', bytes('x'));
  t.not(one.store.hashNow().hash, other.store.hashNow().hash);
  other.store.meta.put('lease/1', bytes('x'));
  t.same(await one.store.hash(), other.store.hashNow());
  await Promise.all([one.end(), other.end()]);
});
