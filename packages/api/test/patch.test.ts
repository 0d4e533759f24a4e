import t from 'tap';
import { jsonPatch, mergePatch } from '../src/index.js';
import { refusal } from './support.js';

interface Row {
  readonly name: string;
  readonly document: unknown;
  readonly patch: readonly unknown[];
  /** What comes of it, or the code of the refusal. */
  readonly result?: unknown;
  readonly refused?: number;
}

/** RFC 6902, appendix A, in its order. A.13, two members of one name, is the reader's: duplicateFields. */
const appendixA: readonly Row[] = [
  {
    name: 'A.1 adding an object member',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz', value: 'qux' }],
    result: { baz: 'qux', foo: 'bar' },
  },
  {
    name: 'A.2 adding an array element',
    document: { foo: ['bar', 'baz'] },
    patch: [{ op: 'add', path: '/foo/1', value: 'qux' }],
    result: { foo: ['bar', 'qux', 'baz'] },
  },
  {
    name: 'A.3 removing an object member',
    document: { baz: 'qux', foo: 'bar' },
    patch: [{ op: 'remove', path: '/baz' }],
    result: { foo: 'bar' },
  },
  {
    name: 'A.4 removing an array element',
    document: { foo: ['bar', 'qux', 'baz'] },
    patch: [{ op: 'remove', path: '/foo/1' }],
    result: { foo: ['bar', 'baz'] },
  },
  {
    name: 'A.5 replacing a value',
    document: { baz: 'qux', foo: 'bar' },
    patch: [{ op: 'replace', path: '/baz', value: 'boo' }],
    result: { baz: 'boo', foo: 'bar' },
  },
  {
    name: 'A.6 moving a value',
    document: { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    patch: [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    result: { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  },
  {
    name: 'A.7 moving an array element',
    document: { foo: ['all', 'grass', 'cows', 'eat'] },
    patch: [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    result: { foo: ['all', 'cows', 'eat', 'grass'] },
  },
  {
    name: 'A.8 testing a value: success',
    document: { baz: 'qux', foo: ['a', 2, 'c'] },
    patch: [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    result: { baz: 'qux', foo: ['a', 2, 'c'] },
  },
  {
    name: 'A.9 testing a value: error',
    document: { baz: 'qux' },
    patch: [{ op: 'test', path: '/baz', value: 'bar' }],
    refused: 422,
  },
  {
    name: 'A.10 adding a nested member object',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    result: { foo: 'bar', child: { grandchild: {} } },
  },
  {
    name: 'A.11 ignoring unrecognized elements',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
    result: { foo: 'bar', baz: 'qux' },
  },
  {
    name: 'A.12 adding to a nonexistent target',
    document: { foo: 'bar' },
    patch: [{ op: 'add', path: '/baz/bat', value: 'qux' }],
    refused: 422,
  },
  {
    name: 'A.14 ~ escape ordering',
    document: { '/': 9, '~1': 10 },
    patch: [{ op: 'test', path: '/~01', value: 10 }],
    result: { '/': 9, '~1': 10 },
  },
  {
    name: 'A.15 comparing strings and numbers',
    document: { '/': 9, '~1': 10 },
    patch: [{ op: 'test', path: '/~01', value: '10' }],
    refused: 422,
  },
  {
    name: 'A.16 adding an array value',
    document: { foo: ['bar'] },
    patch: [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
    result: { foo: ['bar', ['abc', 'def']] },
  },
];

const beyond: readonly Row[] = [
  {
    name: 'adding at the place of a member replaces it',
    document: { a: 1 },
    patch: [{ op: 'add', path: '/a', value: 2 }],
    result: { a: 2 },
  },
  {
    name: 'adding at the root replaces all',
    document: { a: 1 },
    patch: [{ op: 'add', path: '', value: [] }],
    result: [],
  },
  {
    name: 'null is a value',
    document: {},
    patch: [{ op: 'add', path: '/a', value: null }],
    result: { a: null },
  },
  {
    name: 'an empty key is a key',
    document: {},
    patch: [{ op: 'add', path: '/', value: 1 }],
    result: { '': 1 },
  },
  {
    name: 'an array is not longer than it is',
    document: [1],
    patch: [{ op: 'add', path: '/2', value: 2 }],
    refused: 422,
  },
  {
    name: 'an index has no leading zero',
    document: [1, 2],
    patch: [{ op: 'remove', path: '/01' }],
    refused: 422,
  },
  {
    name: 'the end of an array is not there yet',
    document: [1],
    patch: [{ op: 'remove', path: '/-' }],
    refused: 422,
  },
  {
    name: 'replacing wants something there',
    document: {},
    patch: [{ op: 'replace', path: '/a', value: 1 }],
    refused: 422,
  },
  {
    name: 'testing wants something there',
    document: {},
    patch: [{ op: 'test', path: '/a', value: null }],
    refused: 422,
  },
  {
    name: 'nothing moves into itself, not even through an array',
    document: [{ a: 1 }, { b: 2 }],
    patch: [{ op: 'move', from: '/0', path: '/0/x' }],
    refused: 422,
  },
  {
    name: 'what every object inherits is not there',
    document: {},
    patch: [{ op: 'test', path: '/constructor/name', value: 'Object' }],
    refused: 422,
  },
  {
    name: 'a prototype is not changed',
    document: {},
    patch: [{ op: 'add', path: '/__proto__', value: { polluted: true } }],
    refused: 422,
  },
  { name: 'an unknown operation', document: {}, patch: [{ op: 'increment', path: '/a' }], refused: 400 },
  { name: 'no operation', document: {}, patch: [{ path: '/a' }], refused: 400 },
  { name: 'an operation that is none', document: {}, patch: ['add'], refused: 400 },
  { name: 'no value to add', document: {}, patch: [{ op: 'add', path: '/a' }], refused: 400 },
  { name: 'no value to test', document: { a: null }, patch: [{ op: 'test', path: '/a' }], refused: 400 },
  { name: 'no place to move from', document: {}, patch: [{ op: 'move', path: '/a' }], refused: 400 },
  {
    name: 'a path without its slash',
    document: { a: 1 },
    patch: [{ op: 'remove', path: 'a' }],
    refused: 400,
  },
  {
    name: 'an escape that is none',
    document: { '~2': 1 },
    patch: [{ op: 'remove', path: '/~2' }],
    refused: 400,
  },
];

for (const row of [...appendixA, ...beyond]) {
  t.test(`JSON patch: ${row.name}`, async (t) => {
    const before = structuredClone(row.document);
    if (row.refused === undefined) t.strictSame(jsonPatch(row.document, row.patch), row.result);
    else
      t.match(
        refusal(() => jsonPatch(row.document, row.patch)),
        new RegExp(`^${row.refused} `),
      );
    t.strictSame(row.document, before, 'the target is as it was');
  });
}

t.test('a JSON patch is a list of at most 10,000 operations', async (t) => {
  t.match(
    refusal(() => jsonPatch({}, { op: 'add' })),
    /^400 /,
  );
  const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '', value: {} }));
  t.equal(
    refusal(() => jsonPatch({}, many)),
    '413 The allowed maximum operations in a JSON patch is 10000, got 10001',
  );
});

t.test('copying a document into itself over and over is stopped', async (t) => {
  const copies = Array.from({ length: 40 }, (_, at) => ({ op: 'copy', from: '', path: `/${at}` }));
  t.match(
    refusal(() => jsonPatch({ a: 'x'.repeat(1000) }, copies)),
    /^413 Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
  );
});

t.test('operations cannot pile up a document too deep to be walked', async (t) => {
  const chain = (levels: number): object => (levels === 0 ? {} : { a: chain(levels - 1) });
  const end = '/a'.repeat(90);
  const piled = Array.from({ length: 90 }, (_, at) => ({
    op: 'move',
    from: `/${at}`,
    path: `/${at + 1}${end}`,
  }));
  const chains = Object.fromEntries(Array.from({ length: 91 }, (_, at) => [String(at), chain(90)]));
  const text = /^422 .*nested deeper than 100 levels$/;
  t.match(
    refusal(() => jsonPatch(chains, piled)),
    text,
  );
  const copied = [...piled, { op: 'copy', from: '/90', path: '/b' }];
  t.match(
    refusal(() => jsonPatch(chains, copied)),
    text,
  );
});

/** RFC 7396 (and 7386 before it), appendix A: original, patch, result. */
const mergeRows: readonly (readonly [unknown, unknown, unknown])[] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

for (const [original, patch, result] of mergeRows) {
  t.test(`merge patch: ${JSON.stringify(original)} with ${JSON.stringify(patch)}`, async (t) => {
    const before = structuredClone(original);
    t.strictSame(mergePatch(original, patch), result);
    t.strictSame(original, before, 'the target is as it was');
  });
}

t.test('a merge patch does not reach a prototype', async (t) => {
  const patch: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"a":1}}');
  const result = mergePatch({}, patch);
  t.equal(JSON.stringify(result), '{"constructor":{"a":1}}');
  t.notOk('polluted' in {});
});
