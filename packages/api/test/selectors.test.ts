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

t.test('what is no label selector is refused with 400', async (t) => {
  for (const selector of ['a,', ',a', 'a=1=2', 'a in 1', 'a in (1', '=1', 'a b', 'a=b c', 'a/b/c', '()', '!'])
    t.match(
      refusal(() => parseLabelSelector(selector)),
      /^400 unable to parse requirement/,
      selector,
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

t.test('only the fields that a kind offers select it', async (t) => {
  assertSelectable(podKind, parseFieldSelector('spec.nodeName=n'));
  t.equal(
    refusal(() => assertSelectable(configMapKind, parseFieldSelector('data.x=n'))),
    '400 field label not supported: data.x',
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
