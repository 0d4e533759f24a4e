import t from 'tap';
import { jsonPatch, mergePatch } from '../src/index.js';
import { refusal } from './support.js';

type Operation = Readonly<Record<string, unknown>>;

/** What an RFC 6902 patch makes of a document; a number is the code of the refusal. */
type Row = readonly [name: string, document: unknown, patch: readonly Operation[], result: unknown];

const add = (path: string, value: unknown): Operation => ({ op: 'add', path, value });
const remove = (path: string): Operation => ({ op: 'remove', path });
const replace = (path: string, value: unknown): Operation => ({ op: 'replace', path, value });
const move = (from: string, path: string): Operation => ({ op: 'move', from, path });
const copy = (from: string, path: string): Operation => ({ op: 'copy', from, path });
const test = (path: string, value: unknown): Operation => ({ op: 'test', path, value });

const rows: readonly Row[] = [
  // RFC 6902, section 4.1
  ['nothing to do', { a: 1 }, [], { a: 1 }],
  ['add to an empty list', { a: [] }, [add('/a/0', 1)], { a: [1] }],
  ['add at the front', { a: [2] }, [add('/a/0', 1)], { a: [1, 2] }],
  ['add in the middle', { a: [1, 3] }, [add('/a/1', 2)], { a: [1, 2, 3] }],
  ['add at the length', { a: [1] }, [add('/a/1', 2)], { a: [1, 2] }],
  ['add beyond the length', { a: [1] }, [add('/a/2', 2)], 422],
  ['add at a negative index', { a: [1] }, [add('/a/-1', 2)], 422],
  ['add at an index with a sign', { a: [1] }, [add('/a/+1', 2)], 422],
  ['add at an index with an exponent', { a: [1, 2] }, [add('/a/1e0', 2)], 422],
  ['add at an index that is a word', { a: [1] }, [add('/a/b', 2)], 422],
  ['append', { a: [1] }, [add('/a/-', 2)], { a: [1, 2] }],
  ['append a list as one item', { a: [1] }, [add('/a/-', [2, 3])], { a: [1, [2, 3]] }],
  ['append to what is no list', { a: {} }, [add('/a/-', 1)], { a: { '-': 1 } }],
  ['add below a scalar', { a: 1 }, [add('/a/b', 1)], 422],
  ['add below null', { a: null }, [add('/a/b', 1)], 422],
  ['add below nothing', {}, [add('/a/b', 1)], 422],
  ['add an object', {}, [add('/a', { b: [1] })], { a: { b: [1] } }],
  ['add over a value', { a: { b: 1 } }, [add('/a', 1)], { a: 1 }],
  ['add with a slash in the key', {}, [add('/a~1b', 1)], { 'a/b': 1 }],
  ['add with a tilde in the key', {}, [add('/a~0b', 1)], { 'a~b': 1 }],
  ['add with both', {}, [add('/~01', 1)], { '~1': 1 }],
  ['add with an empty key below an empty key', { '': {} }, [add('//', 1)], { '': { '': 1 } }],
  ['a key that looks like an index', { a: {} }, [add('/a/0', 1)], { a: { 0: 1 } }],
  // 4.2
  ['remove a member', { a: 1, b: 2 }, [remove('/a')], { b: 2 }],
  ['remove an item', { a: [1, 2, 3] }, [remove('/a/1')], { a: [1, 3] }],
  ['remove the same index twice', { a: [1, 2, 3] }, [remove('/a/0'), remove('/a/0')], { a: [3] }],
  ['remove null', { a: null }, [remove('/a')], {}],
  ['remove what is not there', {}, [remove('/a')], 422],
  ['remove an item that is not there', { a: [1] }, [remove('/a/1')], 422],
  ['remove below a scalar', { a: 'text' }, [remove('/a/0')], 422],
  ['remove everything', { a: 1 }, [remove('')], 422],
  // 4.3
  ['replace by null', { a: 1 }, [replace('/a', null)], { a: null }],
  ['replace by another type', { a: [1] }, [replace('/a', 'x')], { a: 'x' }],
  ['replace an item', { a: [1, 2] }, [replace('/a/0', 3)], { a: [3, 2] }],
  ['replace the document', { a: 1 }, [replace('', { b: 2 })], { b: 2 }],
  ['replace the end of a list', { a: [1] }, [replace('/a/-', 2)], 422],
  ['replace keeps the others', { a: { b: 1, c: 2 } }, [replace('/a/b', 3)], { a: { b: 3, c: 2 } }],
  // 4.4
  ['move to where it is', { a: 1 }, [move('/a', '/a')], { a: 1 }],
  ['move over another', { a: 1, b: 2 }, [move('/a', '/b')], { b: 1 }],
  ['move an item to the end', { a: [1, 2, 3] }, [move('/a/0', '/a/-')], { a: [2, 3, 1] }],
  ['move out of a list', { a: [1, 2] }, [move('/a/0', '/b')], { a: [2], b: 1 }],
  ['move into its own child', { a: { b: {} } }, [move('/a', '/a/b')], 422],
  ['move to the root', { a: { b: 1 } }, [move('/a', '')], { b: 1 }],
  ['move what is not there', {}, [move('/a', '/b')], 422],
  // 4.5
  ['copy a member', { a: { b: 1 } }, [copy('/a', '/c')], { a: { b: 1 }, c: { b: 1 } }],
  [
    'a copy is its own',
    { a: { b: 1 } },
    [copy('/a', '/c'), replace('/c/b', 2)],
    { a: { b: 1 }, c: { b: 2 } },
  ],
  ['copy into its own child', { a: { b: 1 } }, [copy('/a', '/a/c')], { a: { b: 1, c: { b: 1 } } }],
  ['copy null', { a: null }, [copy('/a', '/b')], { a: null, b: null }],
  ['copy what is not there', {}, [copy('/a', '/b')], 422],
  ['copy an item to its front', { a: [1, 2] }, [copy('/a/1', '/a/0')], { a: [2, 1, 2] }],
  // 4.6
  ['test a number', { a: 1 }, [test('/a', 1)], { a: 1 }],
  ['test a number by another spelling', { a: 1 }, [test('/a', 1.0)], { a: 1 }],
  ['test a text against a number', { a: '1' }, [test('/a', 1)], 422],
  ['test null', { a: null }, [test('/a', null)], { a: null }],
  ['test null against nothing', {}, [test('/a', null)], 422],
  ['test false against null', { a: false }, [test('/a', null)], 422],
  [
    'test an object in another order',
    { a: { b: 1, c: 2 } },
    [test('/a', { c: 2, b: 1 })],
    { a: { b: 1, c: 2 } },
  ],
  ['test a list in another order', { a: [1, 2] }, [test('/a', [2, 1])], 422],
  ['test an object against a part of it', { a: { b: 1, c: 2 } }, [test('/a', { b: 1 })], 422],
  ['test an empty list against an empty object', { a: [] }, [test('/a', {})], 422],
  ['test the document', { a: 1 }, [test('', { a: 1 })], { a: 1 }],
  ['test letters by their code points', { a: '\u00e9' }, [test('/a', 'e\u0301')], 422],
  // Section 5: all or nothing
  ['a later failure undoes what was before', { a: 1 }, [replace('/a', 2), test('/a', 1)], 422],
  ['a test of what was just added', {}, [add('/a', 1), test('/a', 1)], { a: 1 }],
  // As people use them on objects of Kubernetes
  [
    'a label with a slash',
    { metadata: { labels: {} } },
    [add('/metadata/labels/example.com~1a', 'b')],
    { metadata: { labels: { 'example.com/a': 'b' } } },
  ],
  ['a label where there are none', { metadata: {} }, [add('/metadata/labels/a', 'b')], 422],
  [
    'a finalizer taken off by its index, when it is still the same',
    { metadata: { finalizers: ['a', 'b'] } },
    [test('/metadata/finalizers/1', 'b'), remove('/metadata/finalizers/1')],
    { metadata: { finalizers: ['a'] } },
  ],
];

for (const [name, document, patch, result] of rows) {
  t.test(`JSON patch: ${name}`, async (t) => {
    const before = structuredClone(document);
    if (result === 422)
      t.match(
        refusal(() => jsonPatch(document, patch)),
        /^422 /,
      );
    else t.strictSame(jsonPatch(document, patch), result);
    t.strictSame(document, before, 'the target is as it was');
  });
}

/** RFC 7386: target, patch, result. */
const merges: readonly (readonly [name: string, target: unknown, patch: unknown, result: unknown])[] = [
  ['an empty patch', { a: 1 }, {}, { a: 1 }],
  ['an object over a scalar', { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['an object over a list', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['an object over null', { a: null }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['null within a new object is nothing', {}, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ['null within a list is a value', {}, { a: [null, 1] }, { a: [null, 1] }],
  ['an object within a list is taken as it is', {}, { a: [{ b: null }] }, { a: [{ b: null }] }],
  [
    'false and zero and the empty text',
    { a: 1, b: 1, c: 1 },
    { a: false, b: 0, c: '' },
    { a: false, b: 0, c: '' },
  ],
  ['an empty list replaces', { a: [1] }, { a: [] }, { a: [] }],
  ['an empty object changes nothing', { a: { b: 1 } }, { a: {} }, { a: { b: 1 } }],
  ['an empty object makes one', {}, { a: {} }, { a: {} }],
  [
    'deep removal leaves the rest',
    { a: { b: { c: 1, d: 2 } } },
    { a: { b: { c: null } } },
    { a: { b: { d: 2 } } },
  ],
  ['removal of what is not there', { a: 1 }, { b: null }, { a: 1 }],
  [
    'finalizers are replaced whole',
    { metadata: { finalizers: ['a', 'b'] } },
    { metadata: { finalizers: ['c'] } },
    { metadata: { finalizers: ['c'] } },
  ],
  ['a key with a dot is one key', { 'a.b': 1 }, { 'a.b': 2 }, { 'a.b': 2 }],
];

for (const [name, target, patch, result] of merges) {
  t.test(`merge patch: ${name}`, async (t) => {
    const before = structuredClone(target);
    t.strictSame(mergePatch(target, patch), result);
    t.strictSame(target, before, 'the target is as it was');
  });
}
