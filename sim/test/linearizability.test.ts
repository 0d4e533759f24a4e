import t from 'tap';
import { findCounterexample } from '../src/checker/counterexample.js';
import { checkLinearizable } from '../src/checker/linearizability.js';
import type { HistoryEntry } from '../src/checker/model.js';
import {
  type RegisterOperation,
  registerModel,
  type SetOperation,
  setModel,
  type TxnOperation,
  txnModel,
} from '../src/checker/models.js';

const lost = Number.POSITIVE_INFINITY;
function at<O>(calledAtMs: number, returnedAtMs: number, operation: O, client = 'c'): HistoryEntry<O> {
  return { client, operation, calledAtMs, returnedAtMs };
}
const write = (value: string | undefined, key = 'k'): RegisterOperation => ({ type: 'write', key, value });
const read = (found: string | undefined, key = 'k'): RegisterOperation => ({ type: 'read', key, found });
const swap = (
  expected: string | undefined,
  value: string,
  swapped: boolean | undefined,
): RegisterOperation => ({
  type: 'compareAndSwap',
  key: 'k',
  expected,
  value,
  swapped,
});
const refused = (expected: string | undefined, found: string | undefined): RegisterOperation => ({
  type: 'compareAndSwap',
  key: 'k',
  expected,
  value: 'never',
  swapped: false,
  found,
  read: true,
});

type Case<O> = readonly [string, 'linearizable' | 'violation', readonly HistoryEntry<O>[]];

const registers: readonly Case<RegisterOperation>[] = [
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
  [
    'a delete that finds nothing at first comes after the write beside it',
    'linearizable',
    [at(0, 9, write(undefined)), at(1, 8, swap(undefined, 'a', true)), at(10, 11, read(undefined))],
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
  ['a refused swap found what never was', 'violation', [at(0, 1, write('a')), at(2, 3, refused('x', 'y'))]],
  [
    'a refused swap explains a lost write',
    'linearizable',
    [at(0, lost, write('b')), at(1, 2, write('a')), at(2, 3, refused('a', 'b'))],
  ],
  [
    'a delete is a write of nothing',
    'linearizable',
    [at(0, 1, write('a')), at(2, 3, write(undefined)), at(4, 5, read(undefined))],
  ],
  ['keys are apart', 'linearizable', [at(0, 1, write('a', 'x')), at(2, 3, read(undefined, 'y'))]],
];
for (const [name, verdict, history] of registers)
  t.test(`register: ${name}: ${verdict}`, async (t) => {
    t.equal(checkLinearizable(registerModel, history).verdict, verdict);
  });

const add = (element: string): SetOperation => ({ type: 'add', set: 's', element });
const remove = (element: string): SetOperation => ({ type: 'remove', set: 's', element });
const list = (...found: string[]): SetOperation => ({ type: 'list', set: 's', found });
const sets: readonly Case<SetOperation>[] = [
  [
    'a list sees all that was added',
    'linearizable',
    [at(0, 1, add('b')), at(2, 3, add('a')), at(4, 5, list('a', 'b'))],
  ],
  ['a list misses an element', 'violation', [at(0, 1, add('a')), at(2, 3, add('b')), at(4, 5, list('b'))]],
  ['an element comes back', 'violation', [at(0, 1, add('a')), at(2, 3, remove('a')), at(4, 5, list('a'))]],
  [
    'a lost removal',
    'linearizable',
    [at(0, 1, add('a')), at(2, lost, remove('a')), at(4, 5, list('a')), at(6, 7, list())],
  ],
  [
    'two lists disagree about the order of two additions',
    'violation',
    [at(0, 9, add('a')), at(0, 9, add('b')), at(1, 2, list('a')), at(3, 4, list('b'))],
  ],
];
for (const [name, verdict, history] of sets)
  t.test(`set: ${name}: ${verdict}`, async (t) => {
    t.equal(checkLinearizable(setModel, history).verdict, verdict);
  });

const txn = (operation: Partial<TxnOperation>): TxnOperation => ({
  type: 'txn',
  group: 'g',
  compare: [],
  puts: [],
  succeeded: true,
  found: [],
  ...operation,
});
const both = (value: string) =>
  txn({
    puts: [
      ['x', value],
      ['y', value],
    ],
  });
const txns: readonly Case<TxnOperation>[] = [
  [
    'both keys change at once',
    'linearizable',
    [
      at(0, 9, both('1')),
      at(1, 2, txn({ found: [['x', undefined]] })),
      at(
        3,
        4,
        txn({
          found: [
            ['x', '1'],
            ['y', '1'],
          ],
        }),
      ),
    ],
  ],
  [
    'half of it is seen',
    'violation',
    [
      at(0, 9, both('1')),
      at(
        1,
        2,
        txn({
          found: [
            ['x', '1'],
            ['y', undefined],
          ],
        }),
      ),
    ],
  ],
  [
    'its halves are seen in turn',
    'violation',
    [
      at(0, 9, both('1')),
      at(1, 2, txn({ found: [['x', '1']] })),
      at(3, 4, txn({ found: [['y', undefined]] })),
    ],
  ],
  [
    'two that exclude each other',
    'violation',
    [
      at(0, 3, txn({ compare: [['x', undefined]], puts: [['y', '1']] })),
      at(1, 4, txn({ compare: [['y', undefined]], puts: [['x', '1']] })),
    ],
  ],
];
for (const [name, verdict, history] of txns)
  t.test(`txn: ${name}: ${verdict}`, async (t) => {
    t.equal(checkLinearizable(txnModel, history).verdict, verdict);
  });

/** A real register, asked by several clients at once; each operation takes effect somewhere between its call and its return. */
function recorded(count: number, clients: number, lostEvery: number): HistoryEntry<RegisterOperation>[] {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 2 ** 32;
  };
  const free = Array.from({ length: clients }, () => 0);
  const planned = Array.from({ length: count }, (_, number) => {
    const client = number % clients;
    const calledAtMs = (free[client] ?? 0) + random();
    const effectMs = calledAtMs + random() * 5;
    const returnedAtMs = effectMs + random() * 5;
    free[client] = returnedAtMs;
    return { number, client, calledAtMs, effectMs, returnedAtMs, draw: random() };
  }).sort((a, b) => a.effectMs - b.effectMs);
  const values = new Map<string, string>();
  return planned.map(({ number, client, calledAtMs, returnedAtMs, draw }) => {
    const key = `k${number % 3}`;
    const value = values.get(key);
    const isLost = draw >= 0.5 && number % lostEvery === 0;
    if (draw < 0.5) return at(calledAtMs, returnedAtMs, read(value, key), `c${client}`);
    // Half of the lost ones took effect.
    if (!isLost || draw < 0.75) values.set(key, `v${number}`);
    return at(calledAtMs, isLost ? lost : returnedAtMs, write(`v${number}`, key), `c${client}`);
  });
}

t.test('thirty thousand operations of ten clients, some lost, are decided at once', async (t) => {
  const history = recorded(30_000, 10, 50);
  const started = performance.now();
  const result = checkLinearizable(registerModel, history);
  t.comment(`${result.configurations} configurations, ${(performance.now() - started).toFixed(0)} ms`);
  t.equal(result.verdict, 'linearizable');
  t.equal(result.partitions, 3);
});

t.test(
  'one stale read among thirty thousand operations is found and shrunk to the few that prove it',
  async (t) => {
    const history = recorded(30_000, 10, 50);
    const of = (entry: HistoryEntry<RegisterOperation>) => entry.operation;
    const write = history.findIndex(
      (entry, at) => at > 15_000 && of(entry).type === 'write' && entry.returnedAtMs !== lost,
    );
    const value = of(history[write] ?? at(0, 0, read('')));
    const victim = history.findIndex(
      (entry) =>
        of(entry).type === 'read' &&
        of(entry).key === value.key &&
        entry.calledAtMs > (history[write]?.returnedAtMs ?? 0) + 200,
    );
    const broken = history.map((entry, index) =>
      index === victim && value.type === 'write'
        ? { ...entry, operation: read(value.value, value.key) }
        : entry,
    );
    const started = performance.now();
    const found = findCounterexample(registerModel, broken);
    t.comment(`${(performance.now() - started).toFixed(0)} ms`);
    t.ok(found !== undefined && found.history.length <= 3, `${found?.history.length} operations are left`);
    t.equal(found?.order.stuck?.operation.type, 'read');
    t.ok(
      found?.history.some(
        (entry) =>
          entry.operation.type === 'write' && value.type === 'write' && entry.operation.value === value.value,
      ),
    );
  },
);

t.test('a search that is too long says so', async (t) => {
  const writes = Array.from({ length: 14 }, (_, number) => at(0, 100, write(`v${number}`)));
  const reads = [at(200, 201, read('v1')), at(202, 203, read('v2'))];
  const result = checkLinearizable(registerModel, [...writes, ...reads], { configurationsMax: 1_000 });
  t.equal(result.verdict, 'undecided');
  t.same(result.undecided, ['k']);
});

t.test(
  'a shrunk history is a violation of the whole: a read is never left without the write it saw',
  async (t) => {
    const history = [
      at(0, 1, write('a')),
      at(2, 3, read('a')),
      at(4, 5, write('b')),
      at(6, 7, read('b')),
      at(8, 9, read('a')),
    ];
    const found = findCounterexample(registerModel, history);
    t.same(
      found?.history.map((entry) => entry.operation),
      [write('a'), write('b'), read('a')],
    );
  },
);
