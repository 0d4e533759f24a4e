import t from 'tap';
import { parseJson, parseManifests, parseYaml } from '../src/index.js';
import { refusal } from './support.js';

const manifests = (text: string) => parseManifests(new TextEncoder().encode(text));
const tooDeep = /^400 error converting YAML to JSON: nested deeper than 100 levels$/;

t.test('a value is as Kubernetes reads it', async (t) => {
  const text = 'a: 0644\nb: 0o644\nc: 644\nd: "0644"\ne: 08\nf: 1.0\ng: 2020-01-01\nh: ~\ni: true\nj: "no"\n';
  t.strictSame(parseYaml(text), {
    a: 420,
    b: 420,
    c: 644,
    d: '0644',
    e: 8,
    f: 1,
    g: '2020-01-01',
    h: null,
    i: true,
    j: 'no',
  });
});

t.test('JSON is YAML too', async (t) => {
  t.same(parseYaml('{"a": [1, {"b": "c\\n"}]}'), { a: [1, { b: 'c\n' }] });
});

t.test('anchors and merge keys are resolved', async (t) => {
  t.same(parseYaml('a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n'), { a: { x: 1, y: 2 }, b: { x: 1, y: 3 } });
});

t.test('brackets and spaces inside of texts and comments are no nesting', async (t) => {
  const open = '[{'.repeat(200);
  t.same(parseYaml(`a: "${open}"`), { a: open });
  t.same(parseYaml(`a: '${open}'`), { a: open });
  t.same(parseYaml(`a: x${open}`), { a: `x${open}` });
  t.same(parseYaml(`# ${open}\na: 1 # ${open}\n`), { a: 1 });
  t.same(parseYaml(`a: |\n  ${open}\n  ${' '.repeat(500)}x\nb: 1\n`), {
    a: `${open}\n${' '.repeat(500)}x\n`,
    b: 1,
  });
  t.same(parseYaml(`a: "x\n${' '.repeat(500)}y"\n`), { a: 'x y' });
  t.same(parseYaml(`- "]]]]"\n- "${open}"\n`), [']]]]', open]);
});

t.test('nesting has an end, in each style', async (t) => {
  const steps = Array.from({ length: 150 }, (_, at) => `${' '.repeat(at)}a:`).join('\n');
  t.match(
    refusal(() => parseYaml('['.repeat(5000))),
    tooDeep,
  );
  t.match(
    refusal(() => parseYaml(`"]]]]]": ${'{a: '.repeat(150)}`)),
    tooDeep,
  );
  t.match(
    refusal(() => parseYaml(`${'- '.repeat(150)}a`)),
    tooDeep,
  );
  t.match(
    refusal(() => parseYaml(`${'- '.repeat(500_000)}a`)),
    tooDeep,
    'before the parser recurses',
  );
  t.match(
    refusal(() => parseYaml(`a:\n  ${'- '.repeat(500_000)}a`)),
    tooDeep,
  );
  t.match(
    refusal(() => parseYaml(`${'? '.repeat(500_000)}a`)),
    tooDeep,
  );
  t.match(
    refusal(() => parseYaml(steps)),
    tooDeep,
  );
  t.match(
    refusal(() => parseJson(new TextEncoder().encode('['.repeat(101) + ']'.repeat(101)))),
    /^400 error decoding JSON: nested deeper than 100 levels$/,
  );
  t.ok(parseYaml(`${'['.repeat(100)}${']'.repeat(100)}`));
});

t.test('an alias that multiplies, or holds itself, is refused', async (t) => {
  const ten = (name: string) => `[${Array.from({ length: 10 }, () => name).join(', ')}]`;
  const laughs = `a: &a ${ten('x')}\nb: &b ${ten('*a')}\nc: &c ${ten('*b')}\nd: ${ten('*c')}\n`;
  t.match(
    refusal(() => parseYaml(laughs)),
    /^400 .*Excessive alias count/,
  );
  t.match(
    refusal(() => parseYaml('a: &a [*a]')),
    tooDeep,
  );
  t.match(
    refusal(() => parseYaml('a: *x')),
    /^400 error converting YAML to JSON: yaml: Unresolved alias/,
  );
});

t.test('a key that stands twice is refused with its line', async (t) => {
  t.equal(
    refusal(() => parseYaml('a: 1\nb:\n  c: 1\n  "c": 2\n')),
    '400 error converting YAML to JSON: yaml: line 4: key "c" already set in map',
  );
});

t.test('a key that is no text is refused', async (t) => {
  for (const text of ['? [a]\n: 1\n', '{{a: 1}: 2}', '? {a: 1}\n'])
    t.match(
      refusal(() => parseYaml(text)),
      /^400 .*line 1: a key has to be a string/,
      text,
    );
  t.same(parseYaml('1: a\ntrue: b\n'), { 1: 'a', true: 'b' });
});

t.test('a map of many keys takes time in proportion', async (t) => {
  const keys = (count: number) => `a:\n${Array.from({ length: count }, (_, at) => `  k${at}: v\n`).join('')}`;
  // With each key compared to all before it this is 450 million comparisons, and the test's own limit passes.
  const value = parseYaml(keys(30_000));
  t.equal(Object.keys(Object.values(Object(value)).at(0) ?? {}).length, 30_000);
});

t.test('what is no YAML is refused with what is wrong', async (t) => {
  for (const text of ['a: [1', 'a: "x', '\tb: 1', 'a: b: c', '- a\nb: 1'])
    t.match(
      refusal(() => parseYaml(text)),
      /^400 error converting YAML to JSON: yaml: /,
      text,
    );
});

t.test('a manifest is every object of every document, with lists opened', async (t) => {
  const text = [
    '# only a comment',
    '---',
    'apiVersion: v1\nkind: Pod\nmetadata: {name: a}',
    '---',
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}',
    '---',
    '',
  ].join('\n');
  t.same(
    manifests(text).map((object) => object.metadata.name),
    ['a', 'b'],
  );
  t.same(manifests(''), []);
});

t.test('a manifest that is no object is refused', async (t) => {
  for (const text of [
    'a',
    '[]',
    'kind: Pod',
    'apiVersion: v1\nkind: Pod',
    'apiVersion: 1\nkind: Pod\nmetadata: {}',
  ])
    t.match(
      refusal(() => manifests(text)),
      /^400 a manifest wants apiVersion, kind and metadata.name/,
      text,
    );
});

t.test('a name that YAML reads as something else than a text is refused as Kubernetes does', async (t) => {
  const pod = (metadata: string) => `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\n`;
  t.equal(
    refusal(() => manifests(pod('{name: 123}'))),
    '400 Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
  );
  t.match(
    refusal(() => manifests(pod('{name: true}'))),
    /cannot unmarshal bool into .*metadata\.name/,
  );
  t.match(
    refusal(() => manifests(pod('{name: a, namespace: [x]}'))),
    /array into .*metadata\.namespace/,
  );
  t.match(
    refusal(() => manifests(pod('{generateName: 1}'))),
    /number into .*metadata\.generateName/,
  );
  t.equal(manifests(pod('{generateName: a-}')).length, 1);
});

t.test('of several documents the first counts, and the others are not even read', async (t) => {
  for (const [text, value] of [
    ['a: 1\n---\na: 2\n', { a: 1 }],
    ['---\na: 1\n---\n[[[', { a: 1 }],
    ['# c\n---\na: 1\n...\nb: {', { a: 1 }],
    ['%YAML 1.2\n---\na: 1\n', { a: 1 }],
    ['a: |\n  x\n  ---\nb: 2\n', { a: 'x\n---\n', b: 2 }],
    ['a: "x\n  --- y"\n', { a: 'x --- y' }],
    ['a: "---"\nb: 1\n', { a: '---', b: 1 }],
    ['\ufeffa: 1\n', { a: 1 }],
    ['', undefined],
  ] as const)
    t.strictSame(parseYaml(text), value, JSON.stringify(text));
});

t.test('JSON as YAML is what YAML says it is', async (t) => {
  t.strictSame(parseYaml('{"a": [1, {"b": null}], "c": "\\u00e9"}'), { a: [1, { b: null }], c: 'é' });
  t.strictSame(parseYaml('{a: "\\x41", b: 0644}'), { a: 'A', b: 420 }, 'flow style is no JSON');
  t.match(
    refusal(() => parseYaml('{"a": 1, "a": 2}')),
    /^400 .*key "a" already set in map$/,
  );
  t.match(
    refusal(() => parseYaml(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`)),
    tooDeep,
  );
});
