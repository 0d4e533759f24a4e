import type { Schema } from '@kubelab/api';
import t from 'tap';
import { compileRules } from '../src/crd/cel/rules.js';

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const byName: Schema = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] };

/** What rules of the cases below are about. */
const fields: Record<string, Schema> = {
  a: whole,
  b: whole,
  f: { type: 'number' },
  s: text,
  flag: { type: 'boolean' },
  l: { type: 'array', items: whole },
  words: { type: 'array', items: text },
  o: { type: 'object', properties: { x: text, y: whole } },
  m: { type: 'object', additionalProperties: text },
  t: { type: 'string', format: 'date-time' },
  d: { type: 'string', format: 'duration' },
  bytes: { type: 'string', format: 'byte' },
  i: { 'x-kubernetes-int-or-string': true },
  n: { type: 'string', nullable: true },
  open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  'dash-ed': text,
  'dot.ted': text,
  namespace: text,
  json: text,
  constructor: text,
  items: { type: 'array', ...byName, items: { type: 'object', properties: { name: text, v: whole } } },
};

type Rule = NonNullable<Schema['x-kubernetes-validations']>[number];

function rulesFor(rule: string, more: Partial<Rule> = {}) {
  const spec: Schema = {
    type: 'object',
    properties: fields,
    'x-kubernetes-validations': [{ rule, ...more }],
  };
  return compileRules({ type: 'object', properties: { spec } }, 'schema');
}

function verdict(rule: string, spec: unknown, old?: unknown, more?: Partial<Rule>): string {
  const compiled = rulesFor(rule, more);
  if (compiled.errors.length > 0)
    return compiled.errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const before = old === undefined ? undefined : { spec: old };
  const errors = compiled.validate({ spec }, before);
  return errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
}

/** Rules that hold. */
const holding: readonly (readonly [rule: string, spec: object])[] = [
  ['self.a < self.b', { a: 1, b: 2 }],
  ['self.a + 1 == self.b && self.b - 1 == self.a', { a: 1, b: 2 }],
  ['self.b % 2 == 0 && self.b / 2 == 5 && -self.a == -1', { a: 1, b: 10 }],
  ['self.f > 1.5 && double(self.a) < self.f', { a: 1, f: 1.75 }],
  ['!has(self.a) || self.a > 1', {}],
  ['has(self.o.x) && !has(self.o.y)', { o: { x: '1' } }],
  ['self.flag ? self.a == 1 : self.b == 1', { flag: true, a: 1, b: 0 }],
  ['self.s.startsWith("ab") && self.s.endsWith("cd") && self.s.contains("bc")', { s: 'abcd' }],
  ['self.s.matches("^[[:alpha:]]+$")', { s: 'abc' }],
  ['matches(self.s, "b")', { s: 'abc' }],
  ['self.s.matches("^(a+)+$") == false', { s: `${'a'.repeat(3000)}!` }],
  ['self.s.size() == 2 && size(self.s) == 2', { s: '\u{1F600}x' }],
  ['self.s.lowerAscii() == "ab" && self.s.upperAscii() == "AB"', { s: 'aB' }],
  ['self.s.replace("a", "b") == "bb" && self.s.replace("a", "b", 1) == "ba"', { s: 'aa' }],
  ['self.s.split(",") == ["a", "b"] && ["a", "b"].join("-") == "a-b"', { s: 'a,b' }],
  ['self.s.substring(1, 3) == "bc" && self.s.charAt(0) == "a" && self.s.indexOf("c") == 2', { s: 'abcd' }],
  ['self.s.trim() == "x" && "abc".reverse() == "cba"', { s: ' x ' }],
  ['self.s.find("[0-9]+") == "12" && self.s.findAll("[0-9]") == ["1", "2", "3"]', { s: 'a12b3' }],
  ['"%s is %d of %.1f".format([self.s, self.a, self.f]) == "x is 1 of 2.5"', { s: 'x', a: 1, f: 2.5 }],
  ['self.l.all(x, x > 0) && self.l.exists(x, x == 2) && self.l.exists_one(x, x == 3)', { l: [1, 2, 3] }],
  ['self.l.map(x, x * 2).filter(y, y > 2) == [4, 6]', { l: [1, 2, 3] }],
  ['self.l.map(x, x > 1, x * 2) == [4, 6]', { l: [1, 2, 3] }],
  ['self.l.sum() == 6 && self.l.min() == 1 && self.l.max() == 3 && self.l.isSorted()', { l: [1, 2, 3] }],
  [
    'self.words.isSorted() && self.words.indexOf("b") == 1 && self.words.lastIndexOf("z") == -1',
    { words: ['a', 'b'] },
  ],
  ['2 in self.l && !(9 in self.l) && self.l[0] == 1', { l: [1, 2, 3] }],
  ['self.l + [4] == [1, 4]', { l: [1] }],
  [
    'sets.contains(self.l, [1]) && sets.intersects(self.l, [2, 9]) && sets.equivalent(self.l, [2, 1])',
    { l: [1, 2] },
  ],
  ['"k" in self.m && self.m["k"] == "v" && self.m.k == "v" && self.m.size() == 1', { m: { k: 'v' } }],
  ['self.m.all(key, self.m[key].startsWith("v"))', { m: { a: 'v1', b: 'v2' } }],
  [
    'self.t > timestamp("2020-01-01T00:00:00Z") && self.t.getFullYear() == 2021',
    { t: '2021-06-01T00:00:00Z' },
  ],
  ['self.t - timestamp("2021-06-01T00:00:00Z") == duration("1h")', { t: '2021-06-01T01:00:00Z' }],
  ['self.d > duration("1h") && self.d.getMinutes() == 90', { d: '1h30m' }],
  ['self.bytes == b"abc"', { bytes: 'YWJj' }],
  ['self.i == 5', { i: 5 }],
  ['type(self.i) == string && self.i == "50%"', { i: '50%' }],
  ['type(self.i) == int ? self.i > 3 : self.i != "x"', { i: 5 }],
  ['self.n == null || self.n == "x"', { n: null }],
  ['self.n == null || self.n == "x"', { n: 'x' }],
  ['self.open.deep.list[1] == 2', { open: { deep: { list: [1, 2] } } }],
  [
    'self.dash__dash__ed == "x" && self.dot__dot__ted == "y" && self.__namespace__ == "z"',
    { 'dash-ed': 'x', 'dot.ted': 'y', namespace: 'z' },
  ],
  ['self.items.exists_one(x, x.name == "a" && x.v > 0)', { items: [{ name: 'a', v: 1 }] }],
  ['self.items.map(x, x.name) == ["a", "b"]', { items: [{ name: 'a' }, { name: 'b' }] }],
  [
    'self.items.all(x, self.items.exists_one(y, y.name == x.name))',
    { items: [{ name: 'a' }, { name: 'b' }] },
  ],
  ['quantity("1Gi").isGreaterThan(quantity("500Mi")) && quantity("1k").asInteger() == 1000', {}],
  ['quantity("50m").add(quantity("20m")) == quantity("70m") && quantity("1").sub(1).sign() == 0', {}],
  ['isQuantity("1.5Gi") && !isQuantity("many") && quantity("200M").compareTo(quantity("0.2G")) == 0', {}],
  [
    'isURL(self.s) && url(self.s).getScheme() == "https" && url(self.s).getHost() == "e.com:80"',
    { s: 'https://e.com:80/p?q=1' },
  ],
  [
    'url(self.s).getHostname() == "e.com" && url(self.s).getPort() == "80" && url(self.s).getEscapedPath() == "/p"',
    { s: 'https://e.com:80/p?q=1' },
  ],
  ['url("https://e.com?a=1&a=2").getQuery()["a"] == ["1", "2"] && !isURL("../x")', {}],
  ['isIP("10.0.0.1") && ip("10.0.0.1").family() == 4 && ip("::1").isLoopback() && !isIP("10.0.0")', {}],
  [
    'ip.isCanonical("2001:db8::1") && !ip.isCanonical("2001:DB8::1") && ip("2001:db8::1") == ip("2001:db8:0::1")',
    {},
  ],
  ['cidr("10.0.0.0/8").containsIP("10.1.2.3") && !cidr("10.0.0.0/8").containsIP(ip("11.0.0.1"))', {}],
  ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && cidr("10.0.0.0/8").prefixLength() == 8', {}],
  ['cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8") && isCIDR("::/0") && !isCIDR("10.0.0.0/33")', {}],
  ['optional.none().orValue(true) && optional.of(1).hasValue()', {}],
  ['self.?a.orValue(5) == 5 && self.?o.?x.orValue("d") == "d"', {}],
  ['cel.bind(n, self.a + 1, n * n == 9)', { a: 2 }],
  ['dyn(self.a) == 1.0 && string(self.a) == "1" && int("7") == 7', { a: 1 }],
  ['true || self.a > 1', {}],
  ['self.json == "x" && self.a == 1', { json: 'x', a: 1, constructor: 'y' }],
];

t.test('rules that hold', async (t) => {
  for (const [rule, spec] of holding) t.equal(verdict(rule, spec), '', rule);
});

const place = 'schema.properties[spec].x-kubernetes-validations[0]';
const object = 'spec: Invalid value: "object": ';

/** Rules that do not hold, or cannot be evaluated, and what is said. */
const failing: readonly (readonly [rule: string, spec: object, said: string])[] = [
  ['self.a > self.b', { a: 1, b: 2 }, `${object}failed rule: self.a > self.b`],
  ['self.a > 1', {}, `${object}no such key: a evaluating rule: self.a > 1`],
  ['self.a / self.b > 0', { a: 1, b: 0 }, `${object}division by zero evaluating rule: self.a / self.b > 0`],
  ['self.l[7] == 1', { l: [] }, `${object}index out of bounds: 7 evaluating rule: self.l[7] == 1`],
  ['self.m.k == "v"', { m: {} }, `${object}no such key: k evaluating rule: self.m.k == "v"`],
  ['self.d == self.d', { d: '3 days' }, `${object}Invalid duration string: 3 days`],
];

t.test('rules that do not', async (t) => {
  for (const [rule, spec, said] of failing) t.equal(verdict(rule, spec), said, rule);
});

/** Rules that are refused with their definition. */
const refused: readonly (readonly [rule: string, said: string, more?: Partial<Rule>])[] = [
  ['self.zzz > 1', `${place}.rule: Invalid value: "self.zzz > 1": compilation failed: undefined field 'zzz'`],
  [
    'self.o.zzz == 1',
    `${place}.rule: Invalid value: "self.o.zzz == 1": compilation failed: undefined field 'zzz'`,
  ],
  [
    'other > 1',
    `${place}.rule: Invalid value: "other > 1": compilation failed: undeclared reference to 'other' (in container '')`,
  ],
  [
    'self.a',
    `${place}.rule: Invalid value: "self.a": compilation failed: cel expression must evaluate to a bool`,
  ],
  [
    'self.a == "x"',
    `${place}.rule: Invalid value: "self.a == \\"x\\"": compilation failed: no such overload: int == string`,
  ],
  [
    'self.a + self.s == "x"',
    `${place}.rule: Invalid value: "self.a + self.s == \\"x\\"": compilation failed: no such overload: int + string`,
  ],
  [' ', `${place}.rule: Required value: rule is not specified`],
  [
    'true',
    `${place}.messageExpression: Invalid value: "1 + 1": compilation failed: messageExpression must evaluate to a string`,
    { messageExpression: '1 + 1' },
  ],
  [
    'true',
    `${place}.reason: Unsupported value: "Because": supported values: "FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"`,
    { reason: 'Because' },
  ],
  [
    'true',
    `${place}.optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
    { optionalOldSelf: true },
  ],
  [
    'true',
    `${place}.fieldPath: Invalid value: ".zzz": fieldPath must be a valid path: does not refer to a valid field`,
    { fieldPath: '.zzz' },
  ],
  [
    'true',
    `${place}.message: Invalid value: "a\\nb": message must not contain line breaks`,
    { message: 'a\nb' },
  ],
];

t.test('rules that cannot be', async (t) => {
  for (const [rule, said, more] of refused) t.equal(verdict(rule, {}, undefined, more), said, rule);
  t.match(verdict('self.a >', {}), /^schema.*rule: Invalid value: "self.a >": compilation failed: /);
});

t.test('messages, reasons and fields', async (t) => {
  const rule = 'self.a in [1, 2]';
  t.equal(verdict(rule, { a: 3 }, undefined, { message: 'one or two' }), `${object}one or two`);
  const messageExpression = '"a is " + string(self.a)';
  t.equal(verdict(rule, { a: 3 }, undefined, { messageExpression, message: 'no' }), `${object}a is 3`);
  t.equal(
    verdict(rule, { a: 3 }, undefined, { messageExpression: '"b is " + string(self.b)', message: 'no' }),
    `${object}no`,
    'a message that fails gives way',
  );
  t.equal(
    verdict(rule, { a: 3 }, undefined, { fieldPath: '.a', reason: 'FieldValueForbidden' }),
    `spec.a: Forbidden: failed rule: ${rule}`,
  );
  t.equal(
    verdict(rule, { a: 3 }, undefined, { reason: 'FieldValueRequired', message: 'x' }),
    'spec: Required value: x',
  );
  t.equal(
    verdict(rule, { a: 3 }, undefined, { reason: 'FieldValueDuplicate' }),
    'spec: Duplicate value: "object"',
  );
});

t.test('transition rules look at what was there', async (t) => {
  t.equal(verdict('self.a >= oldSelf.a', { a: 1 }), '', 'not asked at creation');
  t.equal(verdict('self.a >= oldSelf.a', { a: 2 }, { a: 1 }), '');
  t.equal(verdict('self.a >= oldSelf.a', { a: 1 }, { a: 2 }), `${object}failed rule: self.a >= oldSelf.a`);
  t.equal(verdict('self.o == oldSelf.o', { o: { x: '1' } }, { o: { x: '1' } }), '');
  t.match(verdict('self.o == oldSelf.o', { o: { x: '2' } }, { o: { x: '1' } }), /failed rule/);
  const optional = { optionalOldSelf: true };
  t.match(verdict('oldSelf.hasValue()', { a: 1 }, undefined, optional), /failed rule/, 'asked at creation');
  t.equal(verdict('self.a <= oldSelf.orValue(self).a', { a: 1 }, { a: 3 }, optional), '');
  const unchanged = { a: 5 };
  t.equal(verdict('self.a < 3', unchanged, { a: 5 }), '', 'what was there before the rule may stay');
  t.match(verdict('self.a < 3', { a: 6 }, { a: 5 }), /failed rule/);
});

t.test('rules of items know their old self by key, and nowhere else', async (t) => {
  const item: Schema = {
    type: 'object',
    properties: { name: text, v: whole },
    'x-kubernetes-validations': [{ rule: 'self.v == oldSelf.v', message: 'v stays' }],
  };
  const list = (more: Schema): Schema => ({
    type: 'object',
    properties: { l: { type: 'array', items: item, ...more } },
  });
  const compiled = compileRules(list(byName), 'schema');
  t.same(compiled.errors, []);
  const old = {
    l: [
      { name: 'a', v: 1 },
      { name: 'b', v: 2 },
    ],
  };
  t.same(
    compiled.validate(
      {
        l: [
          { name: 'b', v: 2 },
          { name: 'c', v: 9 },
        ],
      },
      old,
    ),
    [],
  );
  t.match(compiled.validate({ l: [{ name: 'b', v: 3 }] }, old), [
    { field: 'l[0]', message: 'Invalid value: "object": v stays' },
  ]);
  t.match(compileRules(list({}), 'schema').errors, [
    {
      message:
        /oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties\[l\].items/,
    },
  ]);
});

t.test('a rule that runs away is cut off', async (t) => {
  const l = Array.from({ length: 3000 }, (_, at) => at);
  const cut =
    /^spec: Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: /;
  for (const rule of [
    'self.l.all(x, self.l.all(y, self.l.all(z, x + y + z >= 0)))',
    'self.l.exists(x, self.l.exists(y, self.l.exists(z, x + y + z < 0)))',
    'cel.bind(q, self.l, q.map(x, q.map(y, q.map(z, x + y + z))).size() > 0)',
    'self.l.filter(x, self.l.exists_one(y, self.l.all(z, z >= 0 && x == y))).size() >= 0',
    'self.l.all(x, self.s.replace("a", "b") != "")',
  ])
    t.match(verdict(rule, { l, s: 'a'.repeat(1000) }), cut, rule);
  const blown = `${'self.s'}${'.replace("a", self.s)'.repeat(12)} != ""`;
  t.match(
    verdict(blown, { s: 'a'.repeat(100) }),
    /evaluating rule|cost limit/,
    'texts do not grow without end',
  );
});

t.test('an object with many rules has one budget', async (t) => {
  const item: Schema = {
    type: 'object',
    properties: { l: { type: 'array', items: whole } },
    'x-kubernetes-validations': [{ rule: 'self.l.all(x, self.l.all(y, x + y >= 0))' }],
  };
  const compiled = compileRules(
    { type: 'object', properties: { all: { type: 'array', items: item } } },
    'schema',
  );
  const l = Array.from({ length: 300 }, (_, at) => at);
  const errors = compiled.validate({ all: Array.from({ length: 100 }, () => ({ l })) }, undefined);
  t.equal(errors.length, 1);
  t.match(errors[0]?.message, /running out of cost budget/);
});
