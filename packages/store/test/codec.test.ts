import t from 'tap';
import {
  ByteReader,
  BytesError,
  ByteWriter,
  decodeRange,
  decodeTxn,
  decodeWatch,
  encodeRange,
  encodeTxn,
  encodeWatch,
} from '../src/index.js';

const key = new Uint8Array([107]);

t.test('whole numbers of either sign come back; what is no number of theirs is refused', async (t) => {
  const numbers = [0, 1, 127, 128, 300, 2 ** 31, 2 ** 52, Number.MAX_SAFE_INTEGER, -1, -128, -(2 ** 40)];
  for (const number of numbers) {
    t.equal(new ByteReader(new ByteWriter().int(number).finish()).int(), number);
    if (number >= 0) t.equal(new ByteReader(new ByteWriter().uint(number).finish()).uint(), number);
    else t.throws(() => new ByteWriter().uint(number), RangeError);
  }
  t.throws(() => new ByteWriter().uint(Number.NaN), RangeError);
  const large = new ByteWriter().bigUint(2n ** 60n).finish();
  t.throws(() => new ByteReader(large).int(), BytesError);
});

t.test('a compare with a negative number is what it says, as in etcd', async (t) => {
  const compare = [{ key, target: 'version', result: 'greater', number: -1 }] as const;
  const request = { compare, success: [{ type: 'put', key, value: key }], failure: [] } as const;
  t.match(decodeTxn(encodeTxn(request)), { compare });
});

t.test(
  'negative limits, revisions and bounds of ranges and watches come through: the store says what is wrong with them',
  async (t) => {
    const range = { key, limit: -1, revision: -7, minModRevision: -2, maxCreateRevision: 9 };
    t.match(decodeRange(encodeRange(range)), range);
    t.match(decodeWatch(encodeWatch({ key, startRevision: -3 })), { startRevision: -3 });
  },
);
