import t from 'tap';
import { parseTexts, readTexts } from '../src/descriptions/texts.js';
import { fieldDescription, typeDescription } from '../src/descriptions.js';
import { resources } from '../src/generated/resources.js';
import { schema } from '../src/generated/schema.js';
import { parseResource } from '../src/kind-rows.js';
import { kinds } from '../src/kinds.js';
import { rulesOf, shortType } from '../src/rules/index.js';
import { kindRules } from '../src/rules/kinds.js';
import { type FieldType, objectType } from '../src/schema.js';

const typeNames = Object.keys(schema);
const fields = typeNames.flatMap((type) => [...objectType(type).values()].map((field) => ({ type, field })));
const described = readTexts();
const keys = described.map(([key]) => key);

function innerType(type: FieldType): string | undefined {
  return type.is === 'object' ? type.name : type.is === 'scalar' ? undefined : innerType(type.of);
}

t.test('every kind and every list has a description', (t) => {
  const ofKinds = resources.map((line) => parseResource(line).schema);
  t.ok(ofKinds.length > 60);
  t.same(
    [...ofKinds, ...typeNames.filter((type) => type.endsWith('List'))].filter(
      (type) => typeDescription(type) === undefined,
    ),
    [],
  );
  t.end();
});

t.test('every field of every type has a description', (t) => {
  t.same(
    fields
      .filter(({ type, field }) => fieldDescription(type, field.name) === undefined)
      .map(({ type, field }) => `${shortType(type)}.${field.name}`),
    [],
  );
  t.end();
});

t.test('every description belongs to a type or field that exists', (t) => {
  const own = new Set([
    ...typeNames.map(shortType),
    ...fields.map(({ type, field }) => `${shortType(type)}/${field.name}`),
  ]);
  const shared = new Set([
    '*List',
    ...fields
      .filter(({ type, field }) => !keys.includes(`${shortType(type)}/${field.name}`))
      .map(({ type, field }) => `${type.endsWith('List') ? '*List' : '*'}/${field.name}`),
  ]);
  t.same(
    keys.filter((key) => !(key.startsWith('*') ? shared : own).has(key)),
    [],
  );
  t.end();
});

t.test('nothing is described twice', (t) => {
  t.same(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  );
  t.end();
});

t.test('a description is short, ends with a full stop and does not begin with the name', (t) => {
  const begins = (key: string, text: string) =>
    (/[^./]*$/.exec(key)?.[0] ?? '').toLowerCase() === (/^\w*/.exec(text)?.[0] ?? '').toLowerCase();
  t.same(
    described.filter(
      ([key, text]) => text.length > 400 || !text.endsWith('.') || text.includes('  ') || begins(key, text),
    ),
    [],
  );
  t.end();
});

t.test('a field says something else than its type, which kubectl prints below it', (t) => {
  t.same(
    fields
      .filter(({ type, field }) => {
        const inner = innerType(field.type);
        return inner !== undefined && fieldDescription(type, field.name) === typeDescription(inner);
      })
      .map(({ type, field }) => `${shortType(type)}.${field.name}`),
    [],
  );
  t.end();
});

t.test('a description names the default, the values and the bounds that the rules have', (t) => {
  const missing = typeNames.flatMap((type) => {
    const { defaults, enums, ranges } = rulesOf(type);
    const said = [
      ...Object.entries(defaults).map(
        ([name, value]) => [name, typeof value === 'object' ? '' : value] as const,
      ),
      ...Object.entries(enums).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
      ...Object.entries(ranges).flatMap(([name, [least, most]]) => [
        [name, least > 1 ? least : ''] as const,
        [name, most ?? ''] as const,
      ]),
    ];
    return said
      .filter(([name, value]) => fieldDescription(type, name)?.includes(String(value)) !== true)
      .map(([name, value]) => `${shortType(type)}.${name}: ${value}`);
  });
  t.same(missing, []);
  t.end();
});

t.test('a description tells of a field that is set once', (t) => {
  const told = (type: string, path: readonly string[]): boolean => {
    const [name = '', ...rest] = path;
    const field = objectType(type).get(name);
    if (field === undefined) throw new Error(`${type} has no ${name}`);
    const inner = innerType(field.type);
    const texts = [fieldDescription(type, name), inner === undefined ? undefined : typeDescription(inner)];
    if (texts.some((text) => text?.includes('annot be changed'))) return true;
    return inner !== undefined && rest.length > 0 && told(inner, rest);
  };
  const untold = kinds.flatMap(({ group, kind, schema: type }) =>
    (kindRules[`${group}/${kind}`]?.immutable ?? [])
      .map((rule) => (typeof rule === 'string' ? rule : rule[0]))
      .filter((path) => !told(type, path.split('.')))
      .map((path) => `${kind}.${path}`),
  );
  t.same(untold, []);
  t.end();
});

t.test('fields of one name share a text unless their type has its own', (t) => {
  const condition = 'io.k8s.apimachinery.pkg.apis.meta.v1.Condition';
  t.equal(fieldDescription('io.k8s.api.apps.v1.Deployment', 'spec'), fieldDescription('x.y.v1.Z', 'spec'));
  t.not(fieldDescription(condition, 'status'), fieldDescription('io.k8s.api.apps.v1.Deployment', 'status'));
  t.not(
    fieldDescription('io.k8s.api.core.v1.PodList', 'metadata'),
    fieldDescription('io.k8s.api.core.v1.Pod', 'metadata'),
  );
  t.equal(fieldDescription('x.y.v1.Z', 'colour'), undefined);
  t.end();
});

t.test('lines are parsed as texts.ts tells', (t) => {
  const area =
    '\n@ a.v1\nOne, Two: Both.\n  name: How it is\n      called.\nOne:\n  at: When.\n@ b.v1\nThree: 3.\n';
  t.same(parseTexts(area), [
    ['a.v1.One', 'Both.'],
    ['a.v1.Two', 'Both.'],
    ['a.v1.One/name', 'How it is called.'],
    ['a.v1.Two/name', 'How it is called.'],
    ['a.v1.One/at', 'When.'],
    ['b.v1.Three', '3.'],
  ]);
  t.throws(() => parseTexts('@ a.v1\nno end'), /no colon/);
  t.end();
});
