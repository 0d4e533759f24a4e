import type { Compare, KeyRange, Operation, RangeRequest, TxnRequest } from '@kubelab/store';
import fc from 'fast-check';
import { bytes } from './mvcc-stores.js';

/** Few keys, so that they meet; one of them with bytes that only order right as bytes. */
export const keyText = fc.constantFrom('a', 'b', 'ba', 'bb', 'c', 'd\xff', 'd\xff\xff', 'e');
const key = keyText.map(bytes);
const rangeEnd = fc.constantFrom('b', 'bb', 'c', 'd\xff\xff', 'f', '\0').map(bytes);
const value = fc.string({ maxLength: 3, unit: fc.constantFrom('x', 'y', '\0', '\xfe') }).map(bytes);
const revision = fc.nat(40);

const keyRange = fc.oneof(fc.record({ key }), fc.record({ key, rangeEnd }));

export const range: fc.Arbitrary<RangeRequest> = fc
  .tuple(
    keyRange,
    fc.record(
      {
        limit: fc.nat(3),
        revision: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: revision }),
        keysOnly: fc.boolean(),
        countOnly: fc.boolean(),
        sortTarget: fc.constantFrom('key', 'version', 'createRevision', 'modRevision', 'value'),
        sortOrder: fc.constantFrom('none', 'ascend', 'descend'),
        minModRevision: revision,
        maxModRevision: revision,
        minCreateRevision: revision,
        maxCreateRevision: revision,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([keys, rest]): RangeRequest => ({ ...keys, ...rest }));

const plainPut = fc
  .record({ key, value, lease: fc.bigInt(0n, 10n), prevKv: fc.boolean() })
  .map((rest): Operation => ({ type: 'put', ...rest }));
const keepingPut = fc
  .record({ key, prevKv: fc.boolean(), ignoreValue: fc.boolean(), ignoreLease: fc.boolean() })
  .map((rest): Operation => ({ type: 'put', value: new Uint8Array(0), ...rest }));
const deletionOf = (keys: fc.Arbitrary<KeyRange>) =>
  fc
    .tuple(keys, fc.boolean())
    .map(([range, prevKv]): Operation => ({ type: 'deleteRange', ...range, prevKv }));
/** Not to the last key, unless alone: only so can a transaction change a key twice, which has a test of its own. */
const deletion = deletionOf(
  fc.oneof(
    fc.record({ key }),
    fc.record({ key, rangeEnd: fc.constantFrom('b', 'c', 'f', '\xff').map(bytes) }),
  ),
);
const reading = range.map((rest): Operation => ({ type: 'range', ...rest }));

const compare: fc.Arbitrary<Compare> = fc
  .tuple(
    keyRange,
    fc.constantFrom('equal', 'notEqual', 'greater', 'less'),
    fc.constantFrom('version', 'createRevision', 'modRevision', 'lease', 'value'),
    fc.nat(12),
    value,
  )
  .map(([keys, result, target, number, bytesOf]): Compare => {
    if (target === 'value') return { ...keys, result, target, bytes: bytesOf };
    if (target === 'lease') return { ...keys, result, target, lease: BigInt(number) };
    return { ...keys, result, target, number };
  });

const { txn } = fc.letrec<{ txn: TxnRequest; operation: Operation }>((tie) => ({
  operation: fc.oneof(
    { depthSize: 'small' },
    { weight: 5, arbitrary: plainPut },
    { weight: 1, arbitrary: keepingPut },
    { weight: 3, arbitrary: deletion },
    { weight: 3, arbitrary: reading },
    { weight: 1, arbitrary: tie('txn').map((nested): Operation => ({ type: 'txn', ...nested })) },
  ),
  txn: fc.record({
    compare: fc.array(compare, { maxLength: 2 }),
    success: fc.array(tie('operation'), { maxLength: 3 }),
    failure: fc.array(tie('operation'), { maxLength: 2 }),
  }),
}));

export type Step =
  | { readonly txn: TxnRequest }
  | { readonly deleteKeys: readonly string[] }
  | { readonly range: RangeRequest }
  /** Counted from the newest; below 0 a future one. */
  | { readonly compactBack: number }
  | { readonly batchEnds: true }
  | { readonly settles: true };

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ txn }) },
  {
    weight: 1,
    arbitrary: deletionOf(keyRange).map((one) => ({ txn: { compare: [], success: [one], failure: [] } })),
  },
  { weight: 6, arbitrary: plainPut.map((one) => ({ txn: { compare: [], success: [one], failure: [] } })) },
  { weight: 1, arbitrary: fc.record({ deleteKeys: fc.array(keyText, { maxLength: 4 }) }) },
  { weight: 6, arbitrary: fc.record({ range }) },
  { weight: 1, arbitrary: fc.record({ compactBack: fc.integer({ min: -1, max: 6 }) }) },
  { weight: 4, arbitrary: fc.constant({ batchEnds: true } as const) },
  { weight: 1, arbitrary: fc.constant({ settles: true } as const) },
);
