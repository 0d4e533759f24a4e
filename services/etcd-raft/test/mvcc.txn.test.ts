import { type Operation, StoreError, type TxnRequest } from '@kubelab/store';
import t from 'tap';
import { validateTxn } from '../src/mvcc/txn.js';
import { bytes, everything, kinds, put, remove, request, text } from './mvcc-stores.js';

const [memory] = kinds;
if (memory === undefined) throw new Error('there is no backend in memory');

const nested = (...success: readonly Operation[]): Operation => ({ type: 'txn', ...request(...success) });
const failing = (...failure: readonly Operation[]): TxnRequest => ({ compare: [], success: [], failure });

t.test('a request that changes a key twice is refused, in either branch and at any depth', async (t) => {
  const refused: readonly TxnRequest[] = [
    request(put('a', '1'), put('a', '2')),
    failing(put('a', '1'), put('a', '2')),
    request(put('b', '1'), remove('a', 'c')),
    request(remove('a'), put('a', '1')),
    request(put('a', '1'), nested(put('a', '2'))),
    request(nested(put('a', '1')), nested(put('a', '2'))),
    request(put('a', '1'), nested(nested(remove('a')))),
    request(nested(remove('a')), nested(put('a', '1'))),
  ];
  for (const one of refused) t.match(validateTxn(one), { code: 'duplicateKey' });
  const fine: readonly TxnRequest[] = [
    { compare: [], success: [put('a', '1')], failure: [put('a', '2')] },
    request({ type: 'txn', compare: [], success: [put('a', '1')], failure: [put('a', '2')] }),
    request(remove('a', 'c'), remove('b')),
    request(nested(put('a', '1')), nested(remove('a'))),
    request(put('a', '1'), remove('b', 'a')),
  ];
  for (const one of fine) t.equal(validateTxn(one), undefined);
});

t.test('at most 128 operations, nested ones counted down the longest way', async (t) => {
  const puts = (count: number) => Array.from({ length: count }, (_, at) => put(`k${at}`, ''));
  const message = 'etcdserver: too many operations in txn request';
  t.equal(validateTxn(request(...puts(128))), undefined);
  t.match(validateTxn(request(...puts(129))), { message });
  t.match(validateTxn(failing(...puts(129))), { message });
  t.equal(validateTxn(request(put('x', ''), nested(...puts(126)))), undefined);
  t.match(validateTxn(request(put('x', ''), nested(...puts(127)))), { message });
});

t.test('arguments that make no sense have etcd’s texts', async (t) => {
  const bad: readonly (readonly [Operation, string])[] = [
    [put('', 'x'), 'key is not provided'],
    [remove(''), 'key is not provided'],
    [{ type: 'range', key: bytes('') }, 'key is not provided'],
    [{ type: 'put', key: bytes('a'), value: bytes('x'), ignoreValue: true }, 'value is provided'],
    [{ type: 'put', key: bytes('a'), value: bytes(''), lease: 1n, ignoreLease: true }, 'lease is provided'],
  ];
  for (const [operation, message] of bad)
    t.match(validateTxn(request(operation)), { code: 'invalidArgument', message: `etcdserver: ${message}` });
});

t.test('what is refused changes nothing, not even the revision', async (t) => {
  const { store, leases, end } = memory.open();
  store.txn(request(put('a', '1', 3n)), undefined);
  const refused: readonly (readonly [TxnRequest, string])[] = [
    [request(put('b', '1'), put('c', '1', 77n)), 'leaseNotFound'],
    [
      request(put('b', '1'), { type: 'put', key: bytes('c'), value: bytes(''), ignoreValue: true }),
      'keyNotFound',
    ],
    [request(put('b', '1'), { type: 'range', key: bytes('a'), revision: 9 }), 'futureRevision'],
    [request(put('b', '1'), nested(put('c', '1', 77n))), 'leaseNotFound'],
  ];
  for (const [one, code] of refused) t.match(store.txn(one, undefined), { code });
  t.equal(store.revision, 2);
  t.match(store.range(everything), { count: 1 });
  t.same([...leases.keys], [['a', 3n]]);
  t.match(
    store.txn(failing(put('c', '1', 77n)), undefined),
    { succeeded: true, revision: 2 },
    'not taken, not checked',
  );
  await end();
});

t.test('nested compares look at the state before the transaction, reads at what it wrote', async (t) => {
  const { store, end } = memory.open();
  const exists = { key: bytes('a'), target: 'version', result: 'greater', number: 0 } as const;
  const result = store.txn(
    request(
      put('a', '1'),
      { type: 'range', key: bytes('a') },
      { type: 'txn', compare: [exists], success: [put('b', 'seen')], failure: [put('b', 'unseen')] },
    ),
    undefined,
  );
  t.match(result, { revision: 2, responses: [{ type: 'put' }, { count: 1 }, { succeeded: false }] });
  const found = store.range(everything);
  if (found instanceof StoreError) throw found;
  t.same(
    found.kvs.map((kv) => `${text(kv.value)} ${kv.modRevision}`),
    ['1 2', 'unseen 2'],
  );
  await end();
});

t.test(
  'everything can be cleared and put anew in one transaction: two changes of a key in a revision',
  async (t) => {
    const { store, end } = memory.open();
    store.txn(request(put('a', '1'), put('b', '1')), undefined);
    const result = store.txn(request(remove('\0', '\0'), put('b', '2')), undefined);
    t.match(result, { revision: 3, responses: [{ deleted: 2 }, { type: 'put' }] });
    const changes = store.changes(everything, { from: 3, eventsMax: 10, prevKv: true });
    if (changes instanceof StoreError) throw changes;
    t.same(
      changes.events.map(({ type, kv, prevKv }) => [type, text(kv.key), text(prevKv?.value ?? bytes(''))]),
      [
        ['delete', 'a', '1'],
        ['delete', 'b', '1'],
        ['put', 'b', '1'],
      ],
    );
    t.match(store.range(everything), { count: 1, kvs: [{ version: 1, createRevision: 3, modRevision: 3 }] });
    t.match(store.range({ ...everything, revision: 2 }), { count: 2 });
    store.compact(3);
    store.commit(1);
    await store.physicallyCompacted();
    t.match(store.range(everything), { count: 1, kvs: [{ version: 1, createRevision: 3, modRevision: 3 }] });
    await end();
  },
);

t.test('each revision keeps the trace context of its write', async (t) => {
  for (const kind of kinds) {
    let opened = kind.open();
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    opened.store.txn(request(put('a', '1')), trace);
    opened.store.txn(request(put('a', '2')), undefined);
    opened.store.deleteKeys([bytes('a')], trace);
    opened.store.commit(1);
    if (kind.isDurable) opened = await opened.reopen();
    const changes = opened.store.changes(everything, { from: 1, eventsMax: 10, prevKv: false });
    if (changes instanceof StoreError) throw changes;
    t.same(
      changes.events.map(({ type, kv }) => [type, kv.trace]),
      [
        ['put', trace],
        ['put', undefined],
        ['delete', trace],
      ],
    );
    await opened.end();
  }
});
