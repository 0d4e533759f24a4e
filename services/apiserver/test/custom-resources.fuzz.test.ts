import fc from 'fast-check';
import t from 'tap';
import { eventually, readyServer } from './harness.js';

/** Schemas, good and bad, and objects that know nothing of them: never a 5xx, and what is answered can be sent back. */
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const names = fc.constantFrom(
  'a',
  'b',
  'json',
  'constructor',
  '__proto__',
  'metadata',
  'kind',
  'x-y',
  'status',
);
const scalar = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer({ min: -9, max: 9 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
  ),
}));
const rules = fc.constantFrom(
  'self == self',
  'has(self.a)',
  'self.a > 1',
  'self.size() > 0',
  'oldSelf == self',
  'self.all(x, x == x)',
  '1',
);
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2 },
    fc.record({ type: fc.constantFrom('string', 'integer', 'object') }),
    fc.record(
      {
        type: fc.constantFrom('object', 'object', 'array', 'string', 'integer', 'number', 'boolean', 'odd'),
        properties: fc.dictionary(names, tie('schema'), { maxKeys: 3 }),
        items: tie('schema'),
        additionalProperties: fc.oneof(tie('schema'), fc.boolean()),
        required: fc.array(names, { maxLength: 2 }),
        default: value,
        enum: fc.array(value, { maxLength: 2 }),
        nullable: fc.boolean(),
        pattern: fc.constantFrom('^a', '(', '(a+)+$'),
        format: fc.constantFrom('date-time', 'duration', 'byte', 'odd'),
        minimum: fc.integer({ min: -3, max: 3 }),
        maxLength: fc.nat(3),
        anyOf: fc.array(tie('schema'), { maxLength: 2 }),
        not: tie('schema'),
        'x-kubernetes-preserve-unknown-fields': fc.boolean(),
        'x-kubernetes-embedded-resource': fc.boolean(),
        'x-kubernetes-int-or-string': fc.boolean(),
        'x-kubernetes-list-type': fc.constantFrom('set', 'map', 'atomic', 'odd'),
        'x-kubernetes-list-map-keys': fc.array(names, { maxLength: 2 }),
        'x-kubernetes-validations': fc.array(fc.record({ rule: rules }), { maxLength: 2 }),
      },
      { requiredKeys: ['type'] },
    ),
  ),
}));

/** Sound ones by construction: each is accepted, so that objects get past the definition. */
const { sound } = fc.letrec((tie) => ({
  sound: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      { type: 'string' },
      { type: 'integer', default: 1 },
      { type: 'boolean' },
      { type: 'number', nullable: true },
      { 'x-kubernetes-int-or-string': true },
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    ),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'json', 'x-y'), tie('sound'), { maxKeys: 3 }),
      'x-kubernetes-validations': fc.constantFrom([], [{ rule: 'self == self' }]),
    }),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('sound') }),
    fc.record({ type: fc.constant('array'), items: tie('sound') }),
  ),
}));

function definition(plural: string, properties: object) {
  return {
    metadata: { name: `${plural}.fuzz.example.com` },
    spec: {
      group: 'fuzz.example.com',
      scope: 'Cluster',
      names: { plural, kind: `K${plural}` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties } },
        },
      ],
    },
  };
}

t.test('definitions of any schema', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  await fc.assert(
    fc.asyncProperty(schema, async (spec) => {
      const answer = await server.call('POST', definitions, {
        body: definition('any', { spec }),
        query: { dryRun: 'All' },
      });
      if (answer.code >= 500) throw new Error(answer.text);
    }),
    { numRuns: 200 },
  );
});

t.test('objects of any content', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  let count = 0;
  await fc.assert(
    fc.asyncProperty(sound, fc.array(value, { minLength: 4, maxLength: 4 }), async (spec, values) => {
      count += 1;
      const plural = `x${count}`;
      const made = await server.call('POST', definitions, { body: definition(plural, { spec }) });
      if (made.code !== 201) throw new Error(made.text);
      const collection = `/apis/fuzz.example.com/v1/${plural}`;
      await eventually('served', async () => (await server.call('GET', collection)).code === 200);
      for (const [at, one] of values.entries()) {
        const body = { metadata: { name: `o${at}` }, spec: one };
        const path = `${collection}/o${at}`;
        const created = await server.call('POST', collection, { body });
        const patched = await server.call('PATCH', path, { body: { spec: values[0] }, headers: merge });
        const applied = await server.call('PATCH', path, {
          body: { ...body, apiVersion: 'fuzz.example.com/v1', kind: `K${plural}` },
          headers: apply,
          query: { fieldManager: 'fuzz', force: 'true' },
        });
        for (const answer of [created, patched, applied])
          if (answer.code >= 500) throw new Error(answer.text);
        const got = await server.call('GET', path);
        if (got.code === 404) continue;
        const put = await server.call('PUT', path, { body: got.json });
        if (put.code !== 200) throw new Error(`${JSON.stringify(got.json)} ${put.text}`);
      }
      await server.call('DELETE', `${definitions}/${plural}.fuzz.example.com`);
    }),
    { numRuns: 25 },
  );
});
