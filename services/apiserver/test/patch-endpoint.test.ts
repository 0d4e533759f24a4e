import t from 'tap';
import { pick, readyServer } from './harness.js';

const server = await readyServer();
t.teardown(() => server.stop());
const { call } = server;
const path = '/api/v1/namespaces/default/configmaps';
const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const types = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
  other: 'text/plain',
} as const;

interface Row {
  readonly name: string;
  readonly type: keyof typeof types;
  readonly body: unknown;
  readonly query?: Readonly<Record<string, string>>;
  /** Default `a`, which has `data: { k: '1' }`. */
  readonly of?: string;
  readonly code: number;
  readonly message?: string | RegExp;
  /** `data` afterwards; absent: as before. */
  readonly data?: object;
}

const apply = (data: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...more },
  data,
});
const manager = { fieldManager: 'm' };
const invalid = 'PatchOptions.meta.k8s.io "" is invalid: ';

const rows: readonly Row[] = [
  { name: 'a merge patch', type: 'merge', body: { data: { x: '1' } }, code: 200, data: { k: '1', x: '1' } },
  { name: 'a JSON patch', type: 'json', body: [{ op: 'remove', path: '/data/k' }], code: 200, data: {} },
  {
    name: 'a strategic patch',
    type: 'strategic',
    body: { data: { k: null, y: '2' } },
    code: 200,
    data: { y: '2' },
  },
  {
    name: 'an apply of the same',
    type: 'apply',
    body: apply({ k: '1' }),
    query: manager,
    code: 200,
    data: { k: '1' },
  },
  {
    name: 'an apply beside it',
    type: 'apply',
    body: apply({ x: '1' }),
    query: manager,
    code: 200,
    data: { k: '1', x: '1' },
  },
  {
    name: 'an apply against it',
    type: 'apply',
    body: apply({ k: '2' }),
    query: manager,
    code: 409,
    message: /^Apply failed with 1 conflict: conflict with "unknown" using v1: \.data\.k$/,
  },
  {
    name: 'by force',
    type: 'apply',
    body: apply({ k: '2' }),
    query: { ...manager, force: 'true' },
    code: 200,
    data: { k: '2' },
  },
  {
    name: 'YAML',
    type: 'apply',
    body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  y: "3"\n',
    query: manager,
    code: 200,
    data: { k: '1', y: '3' },
  },
  {
    name: 'an apply of what is not there',
    type: 'apply',
    body: apply({ x: '1' }, { name: 'new' }),
    query: manager,
    of: 'new',
    code: 201,
  },
  {
    name: 'a patch of what is not there',
    type: 'merge',
    body: {},
    of: 'none',
    code: 404,
    message: 'configmaps "none" not found',
  },
  {
    name: 'a dry run',
    type: 'merge',
    body: { data: { x: '1' } },
    query: { dryRun: 'All' },
    code: 200,
    data: { k: '1' },
  },
  {
    name: 'nobody to apply for',
    type: 'apply',
    body: apply({}),
    code: 422,
    message: `${invalid}fieldManager: Required value: is required for apply patch`,
  },
  {
    name: 'force without apply',
    type: 'merge',
    body: {},
    query: { force: 'true' },
    code: 422,
    message: `${invalid}force: Forbidden: may not be specified for non-apply patch`,
  },
  {
    name: 'a dry run of some kind',
    type: 'merge',
    body: {},
    query: { dryRun: 'Some' },
    code: 422,
    message: `${invalid}dryRun: Unsupported value: []string{"Some"}: supported values: "All"`,
  },
  {
    name: 'a manager with a name that cannot be read',
    type: 'merge',
    body: {},
    query: { fieldManager: 'a\u0007' },
    code: 422,
    message: /fieldManager: Invalid value: .*: invalid character U\+0007 \(at position 1\)$/,
  },
  {
    name: 'a manager with too long a name',
    type: 'merge',
    body: {},
    query: { fieldManager: 'm'.repeat(129) },
    code: 422,
    message: /fieldManager: Too long: may not be more than 128 bytes/,
  },
  {
    name: 'a validation of no kind',
    type: 'merge',
    body: {},
    query: { fieldValidation: 'strict' },
    code: 422,
    message: `${invalid}fieldValidation: Unsupported value: "strict": supported values: "", "Ignore", "Strict", "Warn"`,
  },
  {
    name: 'no kind of patch',
    type: 'other',
    body: {},
    code: 415,
    message: /^the body of the request was in an unknown format - accepted media types include: /,
  },
  {
    name: 'owners in an apply',
    type: 'apply',
    body: apply({}, { managedFields: [{ manager: 'x' }] }),
    query: manager,
    code: 400,
    message: 'metadata.managedFields must be nil',
  },
  {
    name: 'another name',
    type: 'merge',
    body: { metadata: { name: 'b' } },
    code: 400,
    message: 'the name of the object (b) does not match the name on the URL (a)',
  },
  {
    name: 'another namespace',
    type: 'merge',
    body: { metadata: { namespace: 'kube-system' } },
    code: 400,
    message:
      'the namespace of the object (kube-system) does not match the namespace on the request (default)',
  },
  {
    name: 'another kind',
    type: 'apply',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
    query: manager,
    code: 400,
  },
  {
    name: 'an older state',
    type: 'merge',
    body: { metadata: { resourceVersion: '1' } },
    code: 409,
    message: /the object has been modified; please apply your changes to the latest version and try again$/,
  },
  {
    name: 'an older state, applied',
    type: 'apply',
    body: apply({}, { resourceVersion: '1' }),
    query: manager,
    code: 409,
  },
  {
    name: 'another uid',
    type: 'merge',
    body: { metadata: { uid: 'x' } },
    code: 409,
    message: /UID in precondition: x/,
  },
  { name: 'no JSON', type: 'merge', body: '{', code: 400 },
  { name: 'no object', type: 'merge', body: [1], code: 400 },
  { name: 'no list', type: 'json', body: {}, code: 400 },
  {
    name: 'a failed test',
    type: 'json',
    body: [{ op: 'test', path: '/data/k', value: '2' }],
    code: 422,
    message: /^the server rejected our request due to an error in our request/,
  },
  {
    name: 'a wrong type',
    type: 'merge',
    body: { data: { k: 1 } },
    code: 400,
    message: /cannot unmarshal number into Go struct field/,
  },
  { name: 'immutable', type: 'merge', body: { immutable: true }, code: 200, data: { k: '1' } },
  { name: 'an empty patch', type: 'merge', body: {}, code: 200, data: { k: '1' } },
];

for (const row of rows) {
  t.test(row.name, async (t) => {
    await call('DELETE', `${path}/a`);
    await call('POST', path, { body: { metadata: { name: 'a' }, data: { k: '1' } } });
    const answer = await call('PATCH', `${path}/${row.of ?? 'a'}`, {
      body: bytes(row.body),
      headers: { 'content-type': types[row.type] },
      ...(row.query === undefined ? {} : { query: row.query }),
    });
    t.equal(answer.code, row.code, answer.text);
    if (row.message !== undefined) t.match(answer.at('message'), row.message);
    if (row.code >= 400) t.equal(answer.at('code'), row.code);
    const after = await call('GET', `${path}/a`);
    t.strictSame(after.at('data') ?? {}, row.data ?? { k: '1' }, 'what is stored');
  });
}

t.test(
  'who creates owns what was sent and its defaults, not what admission and the server add',
  async (t) => {
    const body = {
      metadata: { name: 'p', labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    const made = await call('POST', '/api/v1/namespaces/default/pods', {
      body,
      query: { fieldManager: 'kubectl-create' },
    });
    const [entry] = pick(made.json, 'metadata.managedFields') as { manager: string; fieldsV1: object }[];
    t.equal(entry?.manager, 'kubectl-create');
    const fields = JSON.stringify(entry?.fieldsV1);
    for (const owned of ['f:image', 'f:restartPolicy', 'f:labels', 'f:schedulerName']) t.match(fields, owned);
    for (const added of ['f:tolerations', 'f:serviceAccountName', 'f:priority', 'f:status'])
      t.notMatch(fields, added);
  },
);
