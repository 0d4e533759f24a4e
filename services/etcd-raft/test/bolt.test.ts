import { createHash } from 'node:crypto';
import type { DiskFile } from '@kubelab/world';
import fc from 'fast-check';
import t from 'tap';
import { fnv64a, pageBytes, readMeta, writePageHead } from '../src/bolt/format.js';
import type { BoltBucket } from '../src/bolt/layout.js';
import { openBolt } from '../src/bolt/reader.js';
import { bucketOf } from '../src/bolt/save-state.js';
import { planBolt, writeBolt } from '../src/bolt/writer.js';

type Content = Readonly<Record<string, readonly (readonly [string, string])[]>>;

const noTurn = async () => undefined;

async function written(buckets: readonly BoltBucket[]): Promise<Buffer> {
  const plan = await planBolt(buckets, noTurn);
  const bytes = Buffer.concat([...writeBolt(plan)]);
  if (bytes.byteLength !== plan.bytes)
    throw new Error(`${bytes.byteLength} bytes, ${plan.bytes} were planned`);
  return bytes;
}

const file = (bytes: Buffer): Pick<DiskFile, 'path' | 'read'> => ({
  path: 'saved.db',
  read: async (position, length) => new Uint8Array(bytes.subarray(position, position + length)),
});

async function read(bytes: Buffer): Promise<Content> {
  const database = await openBolt(file(bytes), bytes.byteLength);
  const content: Record<string, (readonly [string, string])[]> = {};
  for (const name of await database.bucketNames()) {
    const entries: (readonly [string, string])[] = [];
    for await (const leaf of database.entries(name))
      for (const { key, value } of leaf) entries.push([key.toString('latin1'), value.toString('latin1')]);
    content[name] = entries;
  }
  return content;
}

function buckets(content: Content): readonly BoltBucket[] {
  return Object.entries(content).map(([name, entries]) =>
    bucketOf(
      name,
      entries.map(([key, value]) => [Buffer.from(key, 'latin1'), Buffer.from(value, 'latin1')]),
    ),
  );
}

async function roundTrip(content: Content): Promise<Content> {
  return read(await written(buckets(content)));
}

t.test('buckets without entries, and a file without buckets', async (t) => {
  t.same(await roundTrip({}), {});
  t.same(await roundTrip({ a: [], b: [] }), { a: [], b: [] });
});

t.test('many leaves and several levels of branches, small keys and large ones', async (t) => {
  for (const [keyBytes, count] of [
    [8, 50_000],
    [1_500, 300],
    [30_000, 40],
  ] as const) {
    const many = Array.from({ length: count }, (_, at) => {
      const key = `${at}`.padStart(keyBytes, '0');
      return [key, `value ${at}`] as const;
    });
    t.same(await roundTrip({ many, one: [['k', 'v']] }), { many, one: [['k', 'v']] }, `${keyBytes} B`);
  }
});

t.test('values larger than a page, of just its size, and empty ones', async (t) => {
  const sizes = [0, 1, 4_040, 4_060, 4_063, 4_064, 4_065, 4_096, 8_000, 8_192, 100_000, 1_500_000];
  const content = { key: sizes.map((size, at) => [String.fromCharCode(97 + at), 'x'.repeat(size)] as const) };
  t.same(await roundTrip(content), content);
});

t.test('each page is the root, a branch or leaf of one bucket, or stands before them', async (t) => {
  const many = Array.from(
    { length: 3_000 },
    (_, at) => [`${at}`.padStart(40, '0'), 'v'.repeat(at % 300)] as const,
  );
  const bytes = await written(buckets({ many, none: [] }));
  let page = 3;
  const children = new Set<number>();
  const kinds = new Map<number, number>();
  while (page * pageBytes < bytes.byteLength) {
    const at = page * pageBytes;
    t.equal(bytes.readBigUInt64LE(at), BigInt(page));
    const kind = bytes.readUInt16LE(at + 8);
    const elements = bytes.readUInt16LE(at + 10);
    kinds.set(page, kind);
    if (kind === 1) {
      t.ok(elements >= 2, 'no branch with a single child: bbolt would not merge it');
      for (let index = 0; index < elements; index += 1) {
        const child = Number(bytes.readBigUInt64LE(at + 16 + index * 16 + 8));
        t.notOk(children.has(child));
        children.add(child);
      }
    }
    page += 1 + bytes.readUInt32LE(at + 12);
  }
  t.equal(page * pageBytes, bytes.byteLength);
  // Roots: of both buckets, and the one of buckets.
  t.equal([...kinds.keys()].filter((one) => !children.has(one)).length, 3);
});

t.test('whatever is written is read', async (t) => {
  const bytes = (max: number) =>
    fc.uint8Array({ minLength: 1, maxLength: max }).map((data) => Buffer.from(data).toString('latin1'));
  const entries = fc
    .uniqueArray(
      fc.tuple(
        bytes(60),
        fc.oneof({ weight: 9, arbitrary: bytes(400) }, { weight: 1, arbitrary: bytes(9_000) }),
      ),
      {
        selector: ([key]) => key,
        maxLength: 150,
      },
    )
    .map((found) => found.sort(([a], [b]) => (a < b ? -1 : 1)));
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(names, fc.array(entries, { minLength: 5, maxLength: 5 }), async (names, contents) => {
      const sorted = names.sort();
      const content = Object.fromEntries(sorted.map((name, at) => [name, contents[at] ?? []]));
      t.same(await roundTrip(content), content);
    }),
    { numRuns: 60 },
  );
});

t.test('a file that cannot be a database is refused; one of the two metas is enough', async (t) => {
  const many = Array.from({ length: 400 }, (_, at) => [`${at}`.padStart(17, '0'), 'v'.repeat(50)] as const);
  const good = await written(buckets({ many }));
  const spoilt = (change: (bytes: Buffer) => void) => {
    const copy = Buffer.from(good);
    change(copy);
    return read(copy);
  };
  await t.rejects(read(good.subarray(0, good.byteLength - pageBytes)), /cut off/);
  await t.rejects(read(good.subarray(0, 100)), /cut off/);
  await t.rejects(read(good.subarray(0, 50)), /no bbolt database/);
  await t.rejects(read(Buffer.alloc(20_000)), /no bbolt database/);
  t.same(await spoilt((bytes) => bytes.fill(0, 0, 200)), { many }, 'the second meta is enough');
  t.same(await spoilt((bytes) => bytes.fill(0, pageBytes, pageBytes + 200)), { many }, 'so is the first');
  await t.rejects(
    spoilt((bytes) => bytes.fill(0, 0, 2 * pageBytes)),
    /no bbolt database/,
  );
  await t.rejects(
    spoilt((bytes) => bytes.writeUInt32LE(5_000, 3 * pageBytes + 16 + 4)),
    /goes beyond page/,
  );
  await t.rejects(
    spoilt((bytes) => bytes.writeUInt16LE(60_000, 3 * pageBytes + 10)),
    /cannot hold/,
  );
  await t.rejects(
    spoilt((bytes) => bytes.writeUInt16LE(0x10, 3 * pageBytes + 8)),
    /of kind 16/,
  );
  await t.rejects(
    spoilt((bytes) => bytes.writeUInt32LE(9, 3 * pageBytes)),
    /has the head of page 9/,
  );
  await t.rejects(
    spoilt((bytes) => bytes.writeUInt32LE(2 ** 31, 3 * pageBytes + 12)),
    /and 2147483648 more/,
  );
  const firstKey = 3 * pageBytes + 16 + 16 * good.readUInt16LE(3 * pageBytes + 10);
  await t.rejects(
    spoilt((bytes) => bytes.write('9', firstKey, 'latin1')),
    /out of order/,
  );
  // A branch that is its own child.
  const meta = readMeta(good.subarray(16));
  const branch = (meta?.root ?? 0) - 1;
  await t.rejects(
    spoilt((bytes) => bytes.writeUInt32LE(branch, branch * pageBytes + 16 + 8)),
    /lies deeper than/,
  );
});

t.test('numbers as the format has them', async (t) => {
  t.equal(fnv64a(Buffer.from('')), 0xcbf29ce484222325n);
  t.equal(fnv64a(Buffer.from('foobar')), 0x85944171f73967e8n);
  const head = Buffer.alloc(16);
  writePageHead(head, 0, { page: 2 ** 33 + 1, kind: 2, elements: 3, overflow: 4 });
  t.equal(head.toString('hex'), '01000000020000000200030004000000');
  await t.rejects(written([bucketOf('b', [['k'.repeat(32_769), Buffer.alloc(0)]])]), /a key of 32769 bytes/);
  const once = createHash('sha256')
    .update(await written(buckets({ a: [['k', 'v']] })))
    .digest('hex');
  const again = createHash('sha256')
    .update(await written(buckets({ a: [['k', 'v']] })))
    .digest('hex');
  t.equal(once, again);
});
