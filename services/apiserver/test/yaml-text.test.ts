import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { yamlText } from '../src/endpoints/yaml-text.js';
import { holds } from './fuzz-support.js';

t.test('objects look as Kubernetes shows them', async (t) => {
  const pod = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: 'web',
      labels: { 'app.kubernetes.io/name': 'web', on: 'yes', version: '1.0' },
      finalizers: [],
    },
    spec: {
      containers: [
        { name: 'c', image: 'nginx:1.27', args: ['-c', 'echo a\necho b\n'], resources: {}, tty: false },
      ],
      tolerations: [{ key: 'a b', tolerationSeconds: 300 }],
    },
  };
  t.equal(
    yamlText(pod),
    `apiVersion: v1
kind: Pod
metadata:
  finalizers: []
  labels:
    app.kubernetes.io/name: web
    "on": "yes"
    version: "1.0"
  name: web
spec:
  containers:
  - args:
    - "-c"
    - |
      echo a
      echo b
    image: nginx:1.27
    name: c
    resources: {}
    tty: false
  tolerations:
  - key: a b
    tolerationSeconds: 300
`,
  );
});

t.test('texts that could be something else are quoted', async (t) => {
  const texts = [
    '',
    'true',
    'No',
    'y',
    'null',
    '~',
    '1',
    '-1',
    '0x1',
    '1e3',
    'E0',
    '.5',
    '1:30',
    '2026-01-01',
    'a: b',
    'a #b',
  ];
  const more = [
    '- a',
    '? a',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a',
    '"a"',
    "'a'",
    '{a}',
    '[a]',
    'a:',
    ' a',
    'a ',
    '<<',
    '=',
    '---',
  ];
  for (const text of [
    ...texts,
    ...more,
    'a\n b\n',
    'a\n\n',
    '\na',
    'a \nb',
    'a\tb\nc',
    'a\u2028b',
    'a\r\nb',
    '\ufeffa',
  ])
    for (const version of ['1.1', '1.2'] as const)
      t.same(
        parse(yamlText({ a: [text], [text]: { b: text } }), { version }),
        { a: [text], [text]: { b: text } },
        JSON.stringify(text).replaceAll('\u2028', ' (a separator) '),
      );
});

t.test('whatever is written is read as the same, by the rules of YAML 1.1 and 1.2', async (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('a', ' ', '\n', ':', '#', '-', '1', "'", 'é', '\t') }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        tie('value'),
        { maxKeys: 3 },
      ),
    ),
  }));
  const property = fc.asyncProperty(value, async (one) => {
    const plain: unknown = JSON.parse(JSON.stringify(one));
    for (const version of ['1.1', '1.2'] as const)
      if (JSON.stringify(sorted(parse(yamlText(plain), { version }))) !== JSON.stringify(sorted(plain)))
        throw new Error(yamlText(plain));
  });
  await holds(t, 'a value', property, 400);
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => [key, sorted(field)]);
}
