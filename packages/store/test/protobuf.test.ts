import t from 'tap';
import * as m from '../src/etcd/messages.js';
import { int, many, message, ProtobufError } from '../src/etcd/protobuf.js';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const fromHex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const bytes = (text: string) => Buffer.from(text);

/** Answers of Debian's etcd 3.4.23 as they came over the wire: keys foo (with a lease), foo2, foo3, and what happened to them. */
const recorded: readonly (readonly [Roundtrip, string])[] = [
  [
    m.rangeResponse,
    [
      '0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18042002',
      '121a0a03666f6f1002180220012a036261723085d6fca7d0bfa8a020',
      '12120a04666f6f321003180320012a0462617232',
      '120c0a04666f6f331004180420012003',
    ].join(''),
  ],
  [
    m.putResponse,
    [
      '0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18052002',
      '121a0a03666f6f1002180220012a036261723085d6fca7d0bfa8a020',
    ].join(''),
  ],
  [
    m.statusResponse,
    [
      '0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18052002',
      '1206332e342e3233',
      '1880a001',
      '20c0c0caafc1ba96892e',
      '2809',
      '3002',
      '3809',
      '48808001',
    ].join(''),
  ],
  [
    m.membersResponse,
    [
      '0a160887d5edba8fd59dc10410c0c0caafc1ba96892e2002',
      '124308c0c0caafc1ba96892e120764656661756c741a16687474703a2f2f3132372e302e302e313a32333830302216687474703a2f2f3132372e302e302e313a3233373930',
    ].join(''),
  ],
  [
    m.txnResponse,
    [
      '0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18062002',
      '1001',
      '1a1a0a180a02180512100a03666f6f1002180520022a0362617a2001',
      '1a1c1a1a0a02180610011a120a04666f6f321003180320012a0462617232',
    ].join(''),
  ],
  [
    m.hashKvResponse,
    ['0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18062002', '10dce9b2f40c', '18ffffffffffffffffff01'].join(
      '',
    ),
  ],
  [
    m.leaseLeasesResponse,
    ['0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18062002', '120a0885d6fca7d0bfa8a020'].join(''),
  ],
  [m.watchResponse, ['0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18062002', '1801'].join('')],
  [
    m.watchResponse,
    [
      '0a180887d5edba8fd59dc10410c0c0caafc1ba96892e18062002',
      '5a1c121a0a03666f6f1002180220012a036261723085d6fca7d0bfa8a020',
      '5a1412120a04666f6f321003180320012a0462617232',
      '5a0e120c0a04666f6f33100418042001',
      '5a2e12100a03666f6f1002180520022a0362617a1a1a0a03666f6f1002180220012a036261723085d6fca7d0bfa8a020',
      '5a20080112080a04666f6f3218061a120a04666f6f321003180320012a0462617232',
    ].join(''),
  ],
];

interface Roundtrip {
  decode(bytes: Uint8Array): object;
  encode(value: object): Uint8Array;
}

t.test('a range request is written byte for byte as the protobuf specification works it out', async (t) => {
  // 0a 01 61: field 1, 1 byte, "a"; 12 01 62: field 2; 18 ac 02: field 3, 300; 28 02: field 5, DESCEND; 38 01: field 7, true.
  const request = { key: bytes('a'), rangeEnd: bytes('b'), limit: 300 };
  const encoded = m.rangeRequest.encode({ ...request, sortOrder: 'descend', serializable: true });
  t.equal(hexOf(encoded), '0a016112016218ac0228023801');
  const decoded = m.rangeRequest.decode(encoded);
  t.match(decoded, { limit: 300, sortOrder: 'descend', sortTarget: 'key', serializable: true, revision: 0 });
  t.equal(hexOf(decoded.key), '61');
});

t.test('an answer of etcd 3.4 is read, and written again byte for byte', async (t) => {
  for (const [type, golden] of recorded) {
    const read = type.decode(fromHex(golden));
    t.equal(hexOf(type.encode(read)), golden.replaceAll(' ', ''));
  }
});

t.test('numbers at the edges of 64 bits keep their value', async (t) => {
  for (const id of [0n, 1n, 127n, 128n, 2n ** 62n, 2n ** 63n - 1n, -1n, -(2n ** 63n)])
    t.equal(m.leaseId.decode(m.leaseId.encode({ id })).id, id);
  for (const id of ['0000000000000000', '0000000000000001', 'cdf818194e3a8c32', 'ffffffffffffffff'])
    t.equal(m.memberId.decode(m.memberId.encode({ id })).id, id);
  for (const ttl of [0, 1, -1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 35, 2 ** 49, 2 ** 53 - 1, -(2 ** 53) + 1])
    t.equal(m.leaseGrantRequest.decode(m.leaseGrantRequest.encode({ ttl })).ttl, ttl);
  t.equal(hexOf(m.leaseGrantRequest.encode({ ttl: -1 })), '08ffffffffffffffffff01');
});

t.test('a number beyond 2^53 in a field of revisions is refused, not rounded', async (t) => {
  t.throws(() => m.compactionRequest.decode(fromHex('08 ff ff ff ff ff ff ff ff 7f')), ProtobufError);
});

t.test('fields that are not known are passed over, whatever their kind', async (t) => {
  // 8a 01: field 17, bytes; 91 01: field 18, 64 bits; 9d 01: field 19, 32 bits; a0 01: field 20, a varint of 10 bytes.
  const unknown = '8a01 02 0102 9101 0102030405060708 9d01 01020304 a001 ffffffffffffffffff01';
  t.equal(m.compactionRequest.decode(fromHex(`${unknown} 08 05 ${unknown}`)).revision, 5);
});

t.test('repeated numbers are read packed and one by one, and written packed', async (t) => {
  const create = (filters: string) => m.watchRequest.decode(fromHex(filters)).create?.filters;
  t.same(create('0a 04 2a 02 00 01'), ['noPut', 'noDelete']);
  t.same(create('0a 04 28 00 28 01'), ['noPut', 'noDelete']);
  t.equal(hexOf(m.watchRequest.encode({ create: { filters: ['noPut', 'noDelete'] } })), '0a042a020001');
});

t.test('an empty message within a message is kept: it says which request is meant', async (t) => {
  t.equal(hexOf(m.watchRequest.encode({ progress: {} })), '1a00');
  t.same(m.watchRequest.decode(fromHex('1a00')), { progress: {}, create: undefined, cancel: undefined });
});

t.test('transactions nest', async (t) => {
  const inner = {
    compare: [],
    success: [],
    failure: [{ put: { key: bytes('k'), value: bytes('v'), lease: 7n } }],
  };
  const encoded = m.txnRequest.encode({ success: [{ txn: inner }, { deleteRange: { key: bytes('k') } }] });
  const decoded = m.txnRequest.decode(encoded);
  t.equal(decoded.success[0]?.txn?.failure[0]?.put?.lease, 7n);
  t.equal(hexOf(decoded.success[1]?.deleteRange?.key ?? bytes('')), '6b');
});

t.test('hostile bytes are refused: cut short, longer than their message, nested without end', async (t) => {
  const whole = m.txnRequest.encode({ success: [{ put: { key: bytes('key'), value: bytes('value') } }] });
  for (let end = 1; end < whole.byteLength; end += 1)
    t.throws(() => m.txnRequest.decode(whole.subarray(0, end)), ProtobufError, `${end} bytes of it`);
  t.throws(() => m.putRequest.decode(fromHex('0a ff ff ff ff 0f 61')), ProtobufError);
  t.throws(() => m.putRequest.decode(fromHex('0b 61')), ProtobufError, 'a group');
  t.throws(() => m.putRequest.decode(fromHex('08 01')), ProtobufError, 'a number where bytes belong');
  t.throws(() => m.rangeRequest.decode(fromHex('28 07')), ProtobufError, 'a sort order that there is not');
  t.throws(() => m.rangeRequest.decode(fromHex(`18 ${'ff'.repeat(11)}01`)), ProtobufError, '77 bits');
  let nested = Buffer.alloc(0);
  for (let depth = 0; depth < 200; depth += 1) {
    const op = Buffer.concat([fromHex('22'), lengthOf(nested), nested]);
    nested = Buffer.concat([fromHex('12'), lengthOf(op), op]);
  }
  t.throws(() => m.txnRequest.decode(nested), /nested deeper/);
});

function lengthOf({ length }: Buffer): Buffer {
  return length < 128 ? Buffer.from([length]) : Buffer.from([(length % 128) | 128, length >> 7]);
}

t.test('long lists keep their order', async (t) => {
  const list = message({ items: many(1, () => message({ n: int(1) })) });
  const items = Array.from({ length: 5_000 }, (_, n) => ({ n }));
  t.same(list.decode(list.encode({ items })), { items });
});

t.test('values larger than any buffer yet are written whole', async (t) => {
  const value = Buffer.alloc(1_000_000, 7);
  t.ok(Buffer.from(m.putRequest.decode(m.putRequest.encode({ key: bytes('k'), value })).value).equals(value));
});
