import t from 'tap';
import { checkLinearizable, type HistoryEntry, type KeyOperation } from '../src/checker/linearizability.js';

const lost = Number.POSITIVE_INFINITY;
const at = (calledAtMs: number, returnedAtMs: number, operation: KeyOperation, key = 'k'): HistoryEntry => ({
  client: 'c',
  key,
  operation,
  calledAtMs,
  returnedAtMs,
});
const write = (value: string | undefined): KeyOperation => ({ type: 'write', value });
const read = (found: string | undefined): KeyOperation => ({ type: 'read', found });
const swap = (expected: string | undefined, value: string, swapped: boolean | undefined): KeyOperation => ({
  type: 'compareAndSwap',
  expected,
  value,
  swapped,
});

const cases: readonly (readonly [string, 'linearizable' | 'violation', readonly HistoryEntry[]])[] = [
  ['nothing happened', 'linearizable', []],
  ['a read sees the write before it', 'linearizable', [at(0, 1, write('a')), at(2, 3, read('a'))]],
  ['a read misses the write before it', 'violation', [at(0, 1, write('a')), at(2, 3, read(undefined))]],
  [
    'a read during a write sees either',
    'linearizable',
    [at(0, 9, write('a')), at(1, 2, read(undefined)), at(3, 4, read('a'))],
  ],
  ['a value goes back', 'violation', [at(0, 9, write('a')), at(1, 2, read('a')), at(3, 4, read(undefined))]],
  [
    'a lost write took effect late',
    'linearizable',
    [at(0, lost, write('a')), at(1, 2, read(undefined)), at(3, 4, read('a'))],
  ],
  ['a lost write never took effect', 'linearizable', [at(0, lost, write('a')), at(5, 6, read(undefined))]],
  [
    'a lost write takes effect twice',
    'violation',
    [
      at(0, lost, write('a')),
      at(1, 2, read('a')),
      at(3, 4, write('b')),
      at(5, 6, read('b')),
      at(7, 8, read('a')),
    ],
  ],
  [
    'a read before the lost write was called sees it',
    'violation',
    [at(0, 1, read('a')), at(2, lost, write('a'))],
  ],
  [
    'both of two swaps from one value win',
    'violation',
    [at(0, 1, write('a')), at(2, 5, swap('a', 'b', true)), at(3, 6, swap('a', 'c', true))],
  ],
  [
    'one of two swaps wins',
    'linearizable',
    [
      at(0, 1, write('a')),
      at(2, 5, swap('a', 'b', false)),
      at(3, 6, swap('a', 'c', true)),
      at(7, 8, read('c')),
    ],
  ],
  [
    'a lost swap may have won',
    'linearizable',
    [at(0, 1, write('a')), at(2, lost, swap('a', 'b', undefined)), at(3, 4, read('b'))],
  ],
  [
    'a delete is a write of nothing',
    'linearizable',
    [at(0, 1, write('a')), at(2, 3, write(undefined)), at(4, 5, read(undefined))],
  ],
  ['keys are apart', 'linearizable', [at(0, 1, write('a'), 'x'), at(2, 3, read(undefined), 'y')]],
];

for (const [name, verdict, history] of cases)
  t.test(`${name}: ${verdict}`, async () => {
    t.equal(checkLinearizable(history).verdict, verdict);
  });

t.test('a violation names the key and tells its story', async () => {
  const result = checkLinearizable([at(0, 1, write('a'), 'x'), at(2, 3, read('b'), 'x')]);
  t.match(result, { verdict: 'violation', key: 'x' });
  t.equal(result.story?.length, 2);
});
