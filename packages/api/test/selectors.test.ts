import t from 'tap';
import {
  assertSelectable,
  configMapKind,
  duplicateFields,
  matchesAll,
  matchesFields,
  matchesSelector,
  parseFieldSelector,
  parseLabelSelector,
  podKind,
} from '../src/index.js';
import { refusal } from './support.js';

const selects = (selector: string, labels: Record<string, string>) =>
  matchesAll(parseLabelSelector(selector), labels);

t.test('a label selector is every one of its requirements', async (t) => {
  const rows: [string, Record<string, string>, boolean][] = [
    ['', {}, true],
    ['  ', { a: '1' }, true],
    ['a=1', { a: '1' }, true],
    ['a==1', { a: '1' }, true],
    ['a = 1 , b != 2', { a: '1', b: '3' }, true],
    ['a=1,b=2', { a: '1' }, false],
    ['a!=1', {}, true],
    ['a!=', { a: '' }, false],
    ['a=', { a: '' }, true],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['! a', {}, true],
    ['a in (1, 2)', { a: '2' }, true],
    ['a in (1,2),b', { a: '2' }, false],
    ['a in ()', { a: '' }, true],
    ['a in (,)', { a: '' }, true],
    ['a in (1,,2)', { a: '' }, true],
    ['a in (,1)', { a: '1' }, true],
    ['notin notin (in)', { notin: 'x' }, true],
    ['a==', { a: '' }, true],
    ['a in (1),!b,c!=3', { a: '1', c: '4' }, true],
    ['a notin (1,2)', {}, true],
    ['a notin (1,2)', { a: '1' }, false],
    ['example.com/a=1', { 'example.com/a': '1' }, true],
    ['a>5', { a: '6' }, true],
    ['a<5', { a: '6' }, false],
    ['a>-1', { a: '0' }, true],
    ['in in (notin)', { in: 'notin' }, true],
  ];
  for (const [selector, labels, wanted] of rows)
    t.equal(selects(selector, labels), wanted, `${selector} of ${JSON.stringify(labels)}`);
});

t.test('greater and less compare whole numbers only', async (t) => {
  for (const value of ['', 'x', '0x10', '1.5', '1e3']) t.equal(selects('a>-9', { a: value }), false, value);
});

t.test('what is no label selector is refused in the words of Kubernetes', async (t) => {
  const requirement = (why: string) => `400 unable to parse requirement: ${why}`;
  const rows: [string, string][] = [
    ['a,', "400 found '', expected: identifier after ','"],
    [',a', "400 found ',', expected: !, identifier, or 'end of string'"],
    ['a,,b', "400 found ',', expected: identifier after ','"],
    ['()', "400 found '(', expected: !, identifier, or 'end of string'"],
    ['=1', "400 found '=', expected: !, identifier, or 'end of string'"],
    ['a=1=2', "400 found '=', expected: ',' or 'end of string'"],
    ['a=b c', "400 found 'c', expected: ',' or 'end of string'"],
    ['!a=1', "400 found '=', expected: ',' or 'end of string'"],
    ['!', requirement("found '', expected: identifier")],
    ['!=1', "400 found '!=', expected: !, identifier, or 'end of string'"],
    ['a b', requirement("found 'b', expected: in, notin, =, ==, !=, gt, lt")],
    ['a in 1', requirement("found '1' expected: '('")],
    ['a in (1', requirement("found '', expected: ',', ')' or identifier")],
    ['a in (1 2)', requirement("found '2', expected: ',' or ')'")],
    ['a=(', requirement("found '(', expected: identifier")],
    [
      'a>b',
      requirement("values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer"),
    ],
  ];
  for (const [selector, text] of rows)
    t.equal(
      refusal(() => parseLabelSelector(selector)),
      text,
      selector,
    );
  t.match(
    refusal(() => parseLabelSelector('a/b/c')),
    /^400 unable to parse requirement: .*Invalid value: "a\/b\/c": /,
  );
});

t.test('a value that no label can have is refused', async (t) => {
  t.match(
    refusal(() => parseLabelSelector('a=$$')),
    /^400 .*a valid label must be an empty string or consist/,
  );
  t.match(
    refusal(() => parseLabelSelector(`a=${'x'.repeat(64)}`)),
    /^400 .*must be no more than 63 bytes/,
  );
});

t.test('an absent selector selects nothing, an empty one everything', async (t) => {
  t.equal(matchesSelector(undefined, { a: '1' }), false);
  t.equal(matchesSelector(null, { a: '1' }), false);
  t.equal(matchesSelector({}, undefined), true);
});

t.test('labels and expressions of a selector hold together', async (t) => {
  const selector = {
    matchLabels: { a: '1' },
    matchExpressions: [
      { key: 'b', operator: 'In', values: ['2', '3'] },
      { key: 'c', operator: 'DoesNotExist' },
    ],
  };
  t.equal(matchesSelector(selector, { a: '1', b: '3' }), true);
  t.equal(matchesSelector(selector, { a: '1', b: '3', c: '' }), false);
  t.equal(matchesSelector(selector, { a: '1' }), false);
});

t.test('a field selector compares the text of a field; an absent one is empty', async (t) => {
  const pod = { metadata: { name: 'x' }, spec: { nodeName: 'n' }, status: {} };
  t.equal(matchesFields(parseFieldSelector('metadata.name=x,spec.nodeName!=m'), pod), true);
  t.equal(matchesFields(parseFieldSelector('status.phase='), pod), true);
  t.equal(matchesFields(parseFieldSelector('spec.hostNetwork=false'), pod), true);
  t.equal(matchesFields(parseFieldSelector('spec.nodeName==m'), pod), false);
});

t.test('what separates in a field selector can be escaped', async (t) => {
  t.same(parseFieldSelector('a=x\\,y\\=z,,b!=1'), [
    { field: 'a', equal: true, value: 'x,y=z' },
    { field: 'b', equal: false, value: '1' },
  ]);
  t.match(
    refusal(() => parseFieldSelector('a=\\n')),
    /^400 invalid field selector/,
  );
});

t.test('only the fields that a kind offers select it', async (t) => {
  assertSelectable(podKind, parseFieldSelector('spec.nodeName=n'));
  t.equal(
    refusal(() => assertSelectable(configMapKind, parseFieldSelector('data.x=n'))),
    '400 "data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
  t.equal(
    refusal(() => assertSelectable(podKind, parseFieldSelector('data.x=n'))),
    '400 field label not supported: data.x',
  );
  t.equal(
    refusal(() => assertSelectable({ group: 'batch', kind: 'Job' }, parseFieldSelector('spec.x=n'))),
    '400 field label "spec.x" not supported for batchv1.Job',
  );
  t.equal(
    refusal(() => parseFieldSelector('metadata.name=x,y')),
    "400 invalid selector: 'metadata.name=x,y'; can't understand 'y'",
  );
  t.match(
    refusal(() => parseFieldSelector('metadata.name')),
    /^400 invalid selector: 'metadata.name'/,
  );
});

t.test('a key that stands twice is named by its path', async (t) => {
  const text = '{"a":1,"b":{"c":[{"d":1,"d":2},{"e":"\\"d\\":"}]},"a":{"a":3},"x":["b","b"]}';
  t.same(duplicateFields(text), ['b.c[0].d', 'a']);
  t.same(duplicateFields('{"a":{"x":1},"b":{"x":1}}'), []);
  t.same(duplicateFields('{"a" : 1, "\\u0061"\n: 2}'), ['a'], 'however it is written');
});
