import t from 'tap';
import { type CustomResourceDefinition, definitionKind, type Schema, validate } from '../src/index.js';

const text = { type: 'string' };
const root = 'spec.validation.openAPIV3Schema';
const spec = `${root}.properties[spec]`;
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

type Spec = NonNullable<CustomResourceDefinition['spec']>;
type Version = Spec['versions'][number];

function definition(more: Partial<Spec> = {}, version: Partial<Version> = {}, name = 'xs.e.com') {
  const whole: Version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: object({ spec: { type: 'object' } }) },
    ...version,
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'e.com',
      scope: 'Namespaced',
      names: { plural: 'xs', singular: 'x', kind: 'X', listKind: 'XList' },
      conversion: { strategy: 'None' },
      versions: [whole],
      ...more,
    },
  };
}

function findings(made: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  return validate(definitionKind, { ...made }, old === undefined ? undefined : { ...old }).map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

const names = { plural: 'xs', singular: 'x', kind: 'X', listKind: 'XList' };
const version = (name: string, more: Partial<Version> = {}): Version => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: object({ spec: { type: 'object' } }) },
  ...more,
});

t.test('a definition', async (t) => {
  const cases: readonly (readonly [string, CustomResourceDefinition, readonly (string | RegExp)[]])[] = [
    ['is sound', definition(), []],
    [
      'is named by plural and group',
      definition({}, {}, 'ys.e.com'),
      ['metadata.name: Invalid value: "ys.e.com": must be spec.names.plural+"."+spec.group'],
    ],
    [
      'has a group with a dot',
      definition({ group: 'e' }, {}, 'xs.e'),
      ['spec.group: Invalid value: "e": should be a domain with at least one dot'],
    ],
    [
      'has a known scope',
      definition({ scope: 'Galaxy' }),
      ['spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'has one storage version',
      definition({ versions: [version('v1'), version('v2')] }),
      ['spec.versions: Invalid value: ["v1","v2"]: must have exactly one version marked as storage version'],
    ],
    [
      'has no two versions of one name',
      definition({ versions: [version('v1', { storage: true }), version('v1')] }),
      ['spec.versions: Invalid value: ["v1","v1"]: must contain unique version names'],
    ],
    [
      'has versions with schemas',
      definition({ versions: [{ name: 'v1', served: true, storage: true }] }),
      ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
    ],
    [
      'has names that fit',
      definition({ names: { ...names, kind: 'x_y' } }),
      [
        /^spec.names.kind: Invalid value: "x_y": may have mixed case, but should otherwise match: a DNS-1035 label/,
      ],
    ],
    [
      'has a kind and a list kind',
      definition({ names: { ...names, listKind: 'X' } }),
      ['spec.names.listKind: Invalid value: "X": kind and listKind may not be the same'],
    ],
    [
      'has short names that fit',
      definition({ names: { ...names, shortNames: ['A'] } }),
      [/^spec.names.shortNames\[0\]: Invalid value: "A": a DNS-1035 label/],
    ],
    [
      'is not converted by webhooks',
      definition({ conversion: { strategy: 'Webhook' } }),
      ['spec.conversion.strategy: Unsupported value: "Webhook": supported values: "None"'],
    ],
    [
      'is approved in groups of Kubernetes',
      definition({ group: 'x.k8s.io' }, {}, 'xs.x.k8s.io'),
      [
        /^metadata.annotations\[api-approved.kubernetes.io\]: Required value: protected groups must have approval annotation/,
      ],
    ],
    [
      'has scale paths below spec and status',
      definition(
        {},
        { subresources: { scale: { specReplicasPath: '.status.r', statusReplicasPath: '.status.r[0]' } } },
      ),
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".status.r": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Invalid value: ".status.r[0]": should be a json path under dot notation without arrays',
      ],
    ],
    [
      'selects by fields that exist',
      definition({}, { selectableFields: [{ jsonPath: '.spec.a' }] }),
      [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.a": is an invalid path: does not refer to a valid field',
      ],
    ],
    [
      'warns of deprecated versions only',
      definition({}, { deprecationWarning: 'x' }),
      ['spec.versions[0].deprecationWarning: Invalid value: "x": can only be set for deprecated versions'],
    ],
  ];
  for (const [what, made, wanted] of cases) t.match(findings(made), wanted, what);
  for (const [what, made, wanted] of cases) t.equal(findings(made).length, wanted.length, what);
});

t.test('an established definition keeps its scope and kind, and the versions that are stored', async (t) => {
  const old = {
    ...definition(),
    status: { conditions: [{ type: 'Established', status: 'True' }], storedVersions: ['v1'] },
  };
  const changed = { ...definition({ scope: 'Cluster', names: { ...names, kind: 'Y' } }), status: old.status };
  t.same(findings(changed, old), [
    'spec.scope: Invalid value: "Cluster": field is immutable',
    'spec.names.kind: Invalid value: "Y": field is immutable',
  ]);
  const moved = { ...definition({ versions: [version('v2', { storage: true })] }), status: old.status };
  t.same(findings(moved, old), [
    'status.storedVersions[0]: Invalid value: "v1": must appear in spec.versions',
  ]);
});

/** Schema of field `spec`, and what is wrong with it. */
const schemas: readonly (readonly [schema: Schema, findings: readonly string[]])[] = [
  [{ type: 'object' }, []],
  [{}, [`${spec}.type: Required value: must not be empty for specified object fields`]],
  [{ type: 'array' }, [`${spec}.items: Required value: must be specified`]],
  [
    { type: 'array', items: {} },
    [`${spec}.items.type: Required value: must not be empty for specified array items`],
  ],
  [{ type: 'null' }, [`${spec}.type: Forbidden: type cannot be set to null, use nullable as an alternative`]],
  [{ 'x-kubernetes-preserve-unknown-fields': true }, []],
  [{ 'x-kubernetes-int-or-string': true }, []],
  [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
  [
    {
      'x-kubernetes-int-or-string': true,
      allOf: [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, { minimum: 1 }],
    },
    [],
  ],
  [
    { 'x-kubernetes-int-or-string': true, type: 'string' },
    [`${spec}.type: Invalid value: "string": must be empty if x-kubernetes-int-or-string is true`],
  ],
  [
    { type: 'string', anyOf: [{ type: 'string' }] },
    [`${spec}.anyOf[0].type: Forbidden: must be empty to be structural`],
  ],
  [
    { type: 'string', allOf: [{ description: 'x' }] },
    [`${spec}.allOf[0].description: Forbidden: must be empty to be structural`],
  ],
  [
    { type: 'string', not: { default: 'x' } },
    [`${spec}.not.default: Forbidden: must be undefined to be structural`],
  ],
  [
    { type: 'string', oneOf: [{ nullable: true }] },
    [`${spec}.oneOf[0].nullable: Forbidden: must be false to be structural`],
  ],
  [object({ a: text }, { anyOf: [{ properties: { a: { minLength: 1 } } }] }), []],
  [
    object({ a: text }, { anyOf: [{ properties: { b: { minLength: 1 } } }] }),
    [`${spec}.properties[b]: Required value: because it is defined in ${spec}.anyOf[0].properties[b]`],
  ],
  [
    { type: 'array', items: text, uniqueItems: true },
    [
      `${spec}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    ],
  ],
  [
    object({ a: text }, { additionalProperties: { type: 'string' } }),
    [`${spec}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
  ],
  [
    { type: 'string', pattern: '(' },
    [
      `${spec}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``,
    ],
  ],
  [
    { type: 'string', pattern: '(?!a)' },
    [
      `${spec}.pattern: Invalid value: "(?!a)": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(?!\``,
    ],
  ],
  [
    { type: 'array', items: text, 'x-kubernetes-list-map-keys': ['a'] },
    [
      `${spec}.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty`,
    ],
  ],
  [
    { type: 'array', items: object({}), 'x-kubernetes-list-type': 'map' },
    [
      `${spec}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
  ],
  [
    {
      type: 'array',
      items: object({ a: text }),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a'],
    },
    [
      `${spec}.items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
  ],
  [
    {
      type: 'array',
      items: object({ a: text }, { required: ['a'] }),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a', 'b'],
    },
    [
      `${spec}.x-kubernetes-list-map-keys[1]: Invalid value: "b": entries must all be names of item properties`,
    ],
  ],
  [
    { type: 'array', items: object({}), 'x-kubernetes-list-type': 'set' },
    [
      `${spec}.items.x-kubernetes-map-type: Required value: must be atomic as item of a list with x-kubernetes-list-type=set`,
    ],
  ],
  [
    { type: 'string', 'x-kubernetes-list-type': 'set' },
    [`${spec}.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified`],
  ],
  [
    { type: 'array', items: text, 'x-kubernetes-list-type': 'bag' },
    [`${spec}.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "map", "set"`],
  ],
  [
    { type: 'object', 'x-kubernetes-embedded-resource': true },
    [
      `${spec}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
    ],
  ],
  [
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
    [`${spec}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`],
  ],
  [{ type: 'integer', default: 5, minimum: 1 }, []],
  [
    { type: 'integer', default: 'five' },
    [`${spec}.default: Invalid value: "string": ${spec}.default in body must be of type integer: "string"`],
  ],
  [
    object({ a: text }, { default: { b: 1 } }),
    [`${spec}.default: Invalid value: {"b":1}: must not have unknown fields`],
  ],
];

t.test('schemas are structural', async (t) => {
  for (const [schema, wanted] of schemas) {
    const made = definition({}, { schema: { openAPIV3Schema: object({ spec: schema }) } });
    t.same(findings(made), wanted, JSON.stringify(schema));
  }
  const roots: readonly (readonly [Schema, readonly string[]])[] = [
    [{ type: 'string' }, [`${root}.type: Invalid value: "string": must be object at the root`]],
    [{ properties: {} }, [`${root}.type: Required value: must not be empty at the root`]],
    [object({ metadata: object({ name: { type: 'string', pattern: '^a' } }) }), []],
    [
      object({ metadata: object({ labels: { type: 'object' } }) }),
      [
        `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
      ],
    ],
    [
      object({ kind: { type: 'integer' } }),
      [`${root}.properties[kind].type: Invalid value: "integer": must be string`],
    ],
    [{ ...object({}), default: {} }, [`${root}.default: Forbidden: must not be set at the root`]],
  ];
  for (const [schema, wanted] of roots)
    t.same(findings(definition({}, { schema: { openAPIV3Schema: schema } })), wanted, JSON.stringify(schema));
});

t.test('findings name the version where versions differ', async (t) => {
  const versions = [
    version('v1', { storage: true }),
    version('v2', { schema: { openAPIV3Schema: object({ spec: {} }) } }),
  ];
  t.same(findings(definition({ versions })), [
    'spec.versions[1].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
  ]);
});
