import t from 'tap';
import {
  applySchemaDefaults,
  deepClone,
  embeddedErrors,
  listTypeErrors,
  prune,
  type Schema,
  schemaValueErrors,
} from '../src/index.js';

const text = { type: 'string' };
const whole = { type: 'integer' };
const number = { type: 'number' };
const bool = { type: 'boolean' };
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});
const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
const map = (additionalProperties: Schema, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties,
  ...more,
});
const intOrString: Schema = { 'x-kubernetes-int-or-string': true };
const open: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const wrongType = (wanted: string, given: string) =>
  `x: Invalid value: "${given}": x in body must be of type ${wanted}: "${given}"`;
const should = (value: unknown, what: string) =>
  `x: Invalid value: ${JSON.stringify(value)}: x in body should ${what}`;
const composite = (what: string) => `<nil>: Invalid value: "": "x" must ${what}`;

/** Schema of field `x`, its value, and every finding. */
const values: readonly (readonly [schema: Schema, value: unknown, findings: readonly string[]])[] = [
  [text, 'a', []],
  [text, 1, [wrongType('string', 'integer')]],
  [text, 1.5, [wrongType('string', 'number')]],
  [text, true, [wrongType('string', 'boolean')]],
  [text, [], [wrongType('string', 'array')]],
  [text, {}, [wrongType('string', 'object')]],
  [text, null, [wrongType('string', 'null')]],
  [{ ...text, nullable: true }, null, []],
  [whole, 1, []],
  [whole, 1.5, [wrongType('integer', 'number')]],
  [whole, '1', [wrongType('integer', 'string')]],
  [number, 1, []],
  [number, 1.5, []],
  [bool, false, []],
  [bool, 'true', [wrongType('boolean', 'string')]],
  [object({}), [], [wrongType('object', 'array')]],
  [list(text), {}, [wrongType('array', 'object')]],
  [intOrString, 5, []],
  [intOrString, '50%', []],
  [intOrString, true, [wrongType('integer,string', 'boolean')]],
  [intOrString, 1.5, [wrongType('integer,string', 'number')]],
  [{ ...text, enum: ['a', 'b'] }, 'a', []],
  [{ ...text, enum: ['a', 'b'] }, 'c', ['x: Unsupported value: "c": supported values: "a", "b"']],
  [{ ...whole, enum: [1, 2] }, 3, ['x: Unsupported value: 3: supported values: "1", "2"']],
  [{ ...text, pattern: '^a+$' }, 'aa', []],
  [{ ...text, pattern: '^a+$' }, 'ab', [should('ab', "match '^a+$'")]],
  [{ ...text, pattern: 'b' }, 'abc', []],
  [
    { ...text, pattern: '^(a+)+$' },
    `${'a'.repeat(5000)}!`,
    [should(`${'a'.repeat(5000)}!`, "match '^(a+)+$'")],
  ],
  [{ ...text, pattern: '^[[:alpha:]]+$' }, 'abc', []],
  [{ ...text, minLength: 2 }, 'a', [should('a', 'be at least 2 chars long')]],
  [{ ...text, maxLength: 2 }, 'abc', ['x: Too long: may not be more than 2 bytes']],
  [{ ...text, maxLength: 2 }, '\u{1F600}\u{1F600}', []],
  [{ ...whole, minimum: 1 }, 0, [should(0, 'be greater than or equal to 1')]],
  [{ ...whole, minimum: 1, exclusiveMinimum: true }, 1, [should(1, 'be greater than 1')]],
  [{ ...whole, maximum: 9 }, 10, [should(10, 'be less than or equal to 9')]],
  [{ ...whole, maximum: 9, exclusiveMaximum: true }, 9, [should(9, 'be less than 9')]],
  [{ ...whole, multipleOf: 5 }, 12, [should(12, 'be a multiple of 5')]],
  [{ ...number, multipleOf: 0.1 }, 0.3, []],
  [list(text, { minItems: 1 }), [], [should(0, 'have at least 1 items')]],
  [list(text, { maxItems: 1 }), ['a', 'b'], ['x: Too many: 2: must have at most 1 items']],
  [list(whole), [1, 'b'], ['x[1]: Invalid value: "string": x[1] in body must be of type integer: "string"']],
  [list(whole), [null], ['x[0]: Invalid value: "null": x[0] in body must be of type integer: "null"']],
  [map(text, { minProperties: 1 }), {}, [should(0, 'have at least 1 properties')]],
  [map(text, { maxProperties: 1 }), { a: 'a', b: 'b' }, ['x: Too many: 2: must have at most 1 items']],
  [map(whole), { a: 'b' }, ['x.a: Invalid value: "string": x.a in body must be of type integer: "string"']],
  [object({ a: text }, { required: ['a', 'b'] }), {}, ['x.a: Required value', 'x.b: Required value']],
  [object({ a: { ...text, default: 'd' } }, { required: ['a'] }), {}, []],
  [
    object({ a: object({ b: whole }) }),
    { a: { b: 'c' } },
    ['x.a.b: Invalid value: "string": x.a.b in body must be of type integer: "string"'],
  ],
  [{ ...text, format: 'date-time' }, '2024-02-29T10:00:00Z', []],
  [
    { ...text, format: 'date-time' },
    '2023-02-29T10:00:00Z',
    [wrongType('date-time', '2023-02-29T10:00:00Z')],
  ],
  [{ ...text, format: 'date' }, '2024-13-01', [wrongType('date', '2024-13-01')]],
  [{ ...text, format: 'duration' }, '1h30m', []],
  [{ ...text, format: 'duration' }, 'soon', [wrongType('duration', 'soon')]],
  [{ ...text, format: 'ipv4' }, '10.0.0.256', [wrongType('ipv4', '10.0.0.256')]],
  [{ ...text, format: 'ipv6' }, 'fe80::1', []],
  [{ ...text, format: 'ipv6' }, '::1::', [wrongType('ipv6', '::1::')]],
  [{ ...text, format: 'cidr' }, '10.0.0.0/33', [wrongType('cidr', '10.0.0.0/33')]],
  [{ ...text, format: 'uuid' }, '123e4567-e89b-12d3-a456-426614174000', []],
  [{ ...text, format: 'email' }, 'nobody', [wrongType('email', 'nobody')]],
  [{ ...text, format: 'hostname' }, '-a', [wrongType('hostname', '-a')]],
  [{ ...text, format: 'byte' }, 'YQ==', []],
  [{ ...text, format: 'byte' }, 'YQ', [wrongType('byte', 'YQ')]],
  [{ ...text, format: 'of-our-own' }, 'anything', []],
  [{ ...whole, anyOf: [{ minimum: 10 }, { maximum: 2 }] }, 1, []],
  [
    { ...whole, anyOf: [{ minimum: 10 }, { maximum: 2 }] },
    5,
    [composite('validate at least one schema (anyOf)'), should(5, 'be greater than or equal to 10')],
  ],
  [
    { ...whole, oneOf: [{ minimum: 0 }, { minimum: 5 }] },
    7,
    [composite('validate one and only one schema (oneOf). Found 2 valid alternatives')],
  ],
  [
    object({ a: text, b: text }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }),
    {},
    [composite('validate one and only one schema (oneOf). Found none valid'), 'x.a: Required value'],
  ],
  [object({ a: text, b: text }, { oneOf: [{ required: ['a'] }, { required: ['b'] }] }), { b: 'b' }, []],
  [
    { ...whole, allOf: [{ minimum: 3 }, { multipleOf: 2 }] },
    1,
    [
      should(1, 'be greater than or equal to 3'),
      should(1, 'be a multiple of 2'),
      composite('validate all the schemas (allOf). None validated'),
    ],
  ],
  [
    { ...whole, allOf: [{ minimum: 3 }, { multipleOf: 2 }] },
    5,
    [should(5, 'be a multiple of 2'), composite('validate all the schemas (allOf)')],
  ],
  [{ ...whole, not: { enum: [4] } }, 4, [composite('not validate the schema (not)')]],
  [{ ...whole, not: { enum: [4] } }, 5, []],
  [open, { any: ['thing'] }, []],
  [object({ constructor: text }), { toString: 1 }, []],
];

t.test('values are checked in the words of Kubernetes', async (t) => {
  for (const [schema, value, wanted] of values) {
    const found = schemaValueErrors(object({ x: schema }), { x: value });
    t.same(
      found.map(({ field, message }) => `${field}: ${message}`),
      wanted,
      `${JSON.stringify(schema)} ${JSON.stringify(value)?.slice(0, 60)}`,
    );
  }
});

t.test('what did not change is not held against an update', async (t) => {
  const schema = object({
    spec: object({
      a: { ...text, pattern: '^a$' },
      b: whole,
      items: list(object({ name: text, v: { ...whole, minimum: 5 } }), {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      }),
    }),
  });
  const old = {
    spec: {
      a: 'x',
      b: 1,
      items: [
        { name: 'p', v: 1 },
        { name: 'q', v: 9 },
      ],
    },
  };
  const now = {
    spec: {
      a: 'x',
      b: 2,
      items: [
        { name: 'q', v: 8 },
        { name: 'p', v: 1 },
      ],
    },
  };
  t.same(schemaValueErrors(schema, now, old), []);
  const worse = { spec: { a: 'y', b: 2, items: [{ name: 'q', v: 2 }] } };
  t.same(
    schemaValueErrors(schema, worse, old).map(({ field }) => field),
    ['spec.a', 'spec.items[0].v'],
  );
});

const embedded: Schema = { ...open, 'x-kubernetes-embedded-resource': true };

/** Schema, value, what is left, and the paths of what went. */
const prunings: readonly (readonly [
  schema: Schema,
  value: unknown,
  left: unknown,
  paths: readonly string[],
])[] = [
  [object({ a: text }), { a: 'a', b: 'b' }, { a: 'a' }, ['b']],
  [object({ a: object({ b: text }) }), { a: { b: 'b', c: 1 } }, { a: { b: 'b' } }, ['a.c']],
  [
    object({ a: list(object({ b: text })) }),
    { a: [{ b: 'b', c: 1 }, { c: 1 }] },
    { a: [{ b: 'b' }, {}] },
    ['a[0].c', 'a[1].c'],
  ],
  [
    object({ a: map(object({ b: text })) }),
    { a: { k: { b: 'b', c: 1 } } },
    { a: { k: { b: 'b' } } },
    ['a.k.c'],
  ],
  [object({ a: { type: 'object' } }), { a: { b: 1 } }, { a: {} }, ['a.b']],
  [object({ a: open }), { a: { b: { c: [1] } } }, { a: { b: { c: [1] } } }, []],
  [
    object({ a: { ...open, properties: { b: object({ c: text }) } } }),
    { a: { x: 1, b: { c: 'c', d: 1 } } },
    { a: { x: 1, b: { c: 'c' } } },
    ['a.b.d'],
  ],
  [
    object({ a: { type: 'object', additionalProperties: true } }),
    { a: { b: { c: 1 } } },
    { a: { b: { c: 1 } } },
    [],
  ],
  [
    object({ a: embedded }),
    { a: { apiVersion: 'v1', kind: 'K', metadata: { name: 'n' }, spec: {} } },
    { a: { apiVersion: 'v1', kind: 'K', metadata: { name: 'n' }, spec: {} } },
    [],
  ],
  [
    object({ a: object({ spec: object({}) }, { 'x-kubernetes-embedded-resource': true }) }),
    { a: { apiVersion: 'v1', kind: 'K', metadata: { labels: { a: 'b' } }, spec: { x: 1 }, other: 1 } },
    { a: { apiVersion: 'v1', kind: 'K', metadata: { labels: { a: 'b' } }, spec: {} } },
    ['a.spec.x', 'a.other'],
  ],
  [
    object({}),
    { apiVersion: 'v1', kind: 'K', metadata: { name: 'n' }, spec: 1 },
    { apiVersion: 'v1', kind: 'K', metadata: { name: 'n' } },
    ['spec'],
  ],
  [object({ a: text }), { a: { b: 1 } }, { a: {} }, ['a.b']],
  [object({ a: text }), { constructor: 1, __proto__x: 2 }, {}, ['constructor', '__proto__x']],
  [object({ a: intOrString }), { a: 5 }, { a: 5 }, []],
];

t.test('unknown fields are pruned', async (t) => {
  for (const [schema, value, left, paths] of prunings) {
    const object = deepClone(value);
    t.same(prune(schema, object, true), paths, JSON.stringify(value));
    t.same(object, left);
  }
});

/** Schema, value, and the value with defaults. */
const defaults: readonly (readonly [schema: Schema, value: unknown, filled: unknown])[] = [
  [object({ a: { ...text, default: 'd' } }), {}, { a: 'd' }],
  [object({ a: { ...text, default: 'd' } }), { a: 'x' }, { a: 'x' }],
  [object({ a: { ...text, default: 'd' } }), { a: '' }, { a: '' }],
  [object({ a: { ...text, default: 'd' } }), { a: null }, { a: 'd' }],
  [object({ a: { ...text, default: 'd', nullable: true } }), { a: null }, { a: null }],
  [object({ a: text }), { a: null }, {}],
  [object({ a: { ...text, nullable: true } }), { a: null }, { a: null }],
  [object({ a: { ...bool, default: false } }), {}, { a: false }],
  [object({ a: { ...whole, default: 0 } }), {}, { a: 0 }],
  [object({ a: object({ b: { ...text, default: 'd' } }) }), {}, {}],
  [object({ a: object({ b: { ...text, default: 'd' } }) }), { a: {} }, { a: { b: 'd' } }],
  [object({ a: object({ b: { ...text, default: 'd' } }, { default: {} }) }), {}, { a: { b: 'd' } }],
  [
    object({ a: list(object({ b: { ...text, default: 'd' } })) }),
    { a: [{}, { b: 'x' }] },
    { a: [{ b: 'd' }, { b: 'x' }] },
  ],
  [object({ a: list({ ...text, default: 'd' }) }), { a: [null, 'x'] }, { a: ['d', 'x'] }],
  [object({ a: list(text) }), { a: [null] }, { a: [null] }],
  [object({ a: map({ ...text, default: 'd' }) }), { a: { k: null } }, { a: { k: 'd' } }],
  [object({ a: map(text) }), { a: { k: null } }, { a: {} }],
  [object({ a: map(object({ b: { ...text, default: 'd' } })) }), { a: { k: {} } }, { a: { k: { b: 'd' } } }],
  [object({ a: { ...open, default: { x: [1] } } }), {}, { a: { x: [1] } }],
  [object({ constructor: { ...text, default: 'd' } }), {}, { constructor: 'd' }],
];

t.test('defaults are filled in', async (t) => {
  for (const [schema, value, filled] of defaults) {
    const object = deepClone(value);
    applySchemaDefaults(schema, object);
    t.same(object, filled, JSON.stringify([schema, value]));
  }
  const schema = object({ a: { ...open, default: { x: [1] } } });
  const [one, other] = [{}, {}];
  applySchemaDefaults(schema, one);
  applySchemaDefaults(schema, other);
  Object.assign(Reflect.get(one, 'a'), { x: 2 });
  t.same(other, { a: { x: [1] } }, 'no two objects share one');
});

const named = (name: string, more: object = {}) => ({ name, ...more });
const byName: Schema = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };
const byPort: Schema = {
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['port', 'protocol'],
};
const port = object({ port: whole, protocol: { ...text, default: 'TCP' } });

t.test('items of sets and map lists are unique', async (t) => {
  const cases: readonly (readonly [Schema, unknown, readonly string[]])[] = [
    [list(text, { 'x-kubernetes-list-type': 'set' }), ['a', 'b'], []],
    [list(text, { 'x-kubernetes-list-type': 'set' }), ['a', 'b', 'a'], ['x[2]: Duplicate value: "a"']],
    [list(text, { 'x-kubernetes-list-type': 'atomic' }), ['a', 'a'], []],
    [list(text), ['a', 'a'], []],
    [list(object({ name: text }), byName), [named('a'), named('b')], []],
    [
      list(object({ name: text }), byName),
      [named('a'), named('a', { v: 1 })],
      ['x[1]: Duplicate value: {"name":"a"}'],
    ],
    [list(port, byPort), [{ port: 1, protocol: 'UDP' }, { port: 1 }], []],
    [
      list(port, byPort),
      [{ port: 1, protocol: 'TCP' }, { port: 1 }],
      ['x[1]: Duplicate value: {"port":1,"protocol":"TCP"}'],
    ],
    [
      map(list(text, { 'x-kubernetes-list-type': 'set' })),
      { k: ['a', 'a'] },
      ['x[k][1]: Duplicate value: "a"'],
    ],
  ];
  for (const [schema, value, wanted] of cases)
    t.same(
      listTypeErrors(object({ x: schema }), { x: value }, '').map(
        ({ field, message }) => `${field}: ${message}`,
      ),
      wanted,
    );
});

t.test('embedded objects say what they are', async (t) => {
  const schema = object({ one: embedded, many: list(embedded) });
  const whole = { apiVersion: 'v1', kind: 'Pod' };
  t.same(embeddedErrors(schema, { one: whole, many: [whole] }, ''), []);
  t.same(
    embeddedErrors(schema, { one: { kind: 'Pod' }, many: [{ apiVersion: 1 }] }, '').map(
      ({ field, message }) => `${field}: ${message}`,
    ),
    [
      'one.apiVersion: Required value: must not be empty',
      'many[0].apiVersion: Required value: must not be empty',
      'many[0].kind: Required value: must not be empty',
    ],
  );
});
