import t, { type Test } from 'tap';
import {
  ApiError,
  applyIntent,
  configMapKind,
  decodeObject,
  type KindInfo,
  type KubeObject,
  podKind,
  trackUpdate,
} from '../src/index.js';
import { type FieldSet, paths, pathText } from '../src/patch/field-set.js';
import { apply, applyRows, finalizers, named, type Row, type Step, update } from './apply-rows.js';

/** Live, applied by another, and the order of both together. */
const orders: readonly (readonly [live: string, intent: string, result: string])[] = [
  ['a b', 'a', 'a b'],
  ['a b', 'b', 'a b'],
  ['a b', 'c', 'a b c'],
  ['a b', 'a b', 'a b'],
  ['a b', 'b a', 'b a'],
  ['a b', 'a c b', 'a c b'],
  ['a b', 'c a b', 'c a b'],
  ['a b', 'c b', 'a c b'],
  ['a b', 'b c', 'a b c'],
  ['a b c', 'c a', 'b c a'],
  ['a b c', 'c x a', 'b c x a'],
  ['a b c', 'b', 'a b c'],
  ['a b c d', 'd b', 'a c d b'],
  ['a b c d', 'b d', 'a b c d'],
  ['', 'b a', 'b a'],
];

const orderRows: readonly Row[] = orders.flatMap(([live, intent, result]): Row[] => {
  const list = (text: string) => text.split(' ').filter((name) => name !== '');
  const of = (...names: string[]) => names.map((name) => `x/${name}`);
  return [
    {
      name: `items [${live}] with [${intent}] stand as [${result}]`,
      kind: podKind,
      steps: [update('u', named(...list(live))), apply('m', named(...list(intent)))],
      becomes: named(...list(result)),
    },
    {
      name: `values [${live}] with [${intent}] stand as [${result}]`,
      steps: [update('u', finalizers(...of(...list(live)))), apply('m', finalizers(...of(...list(intent))))],
      becomes: { metadata: { name: 'x', finalizers: of(...list(result)) } },
    },
  ];
});

for (const row of [...applyRows, ...orderRows]) t.test(row.name, async (t) => run(t, row));

function run(t: Test, row: Row): void {
  const { kind = configMapKind, steps, becomes, owners } = row;
  let live: KubeObject | undefined;
  for (const [at, step] of steps.entries()) {
    const told = conflictsOf(() => {
      live = written(kind, live, step, at);
    });
    t.strictSame(told, [...(step.conflicts ?? [])].sort(), `conflicts of step ${at + 1}`);
  }
  if (live === undefined) throw new Error('nothing was written');
  const { managedFields = [], ...metadata } = live.metadata;
  for (const [field, value] of Object.entries(becomes ?? {})) {
    const found: unknown = field === 'metadata' ? metadata : live[field];
    t.same(JSON.parse(JSON.stringify(found ?? null)), JSON.parse(JSON.stringify(value ?? null)), field);
  }
  if (owners === undefined) return;
  const found = managedFields.map(({ manager, operation, subresource, fieldsV1 }) => {
    const who = [manager, operation, subresource].filter((part) => part !== undefined).join(' ');
    return [
      who,
      paths(fieldsV1 as FieldSet)
        .map(pathText)
        .sort()
        .join(' '),
    ] as const;
  });
  t.strictSame(Object.fromEntries(found), owners);
}

function written(kind: KindInfo, live: KubeObject | undefined, step: Step, at: number): KubeObject {
  const body = { ...(step.apply ?? step.update) };
  const given: unknown = Reflect.get(body, 'metadata');
  const metadata = { name: 'x', ...(typeof given === 'object' ? given : {}) };
  const { object } = decodeObject(kind, { ...body, metadata });
  const nowMs = Date.parse('2026-01-01T00:00:00Z') + at * 1_000;
  const context = { kind, manager: step.by, subresource: step.subresource ?? '', nowMs };
  if (step.apply !== undefined) return applyIntent({ ...context, force: step.force === true }, live, object);
  if (live !== undefined) object.metadata.managedFields = structuredClone(live.metadata.managedFields ?? []);
  trackUpdate(context, live, object);
  return object;
}

function conflictsOf(write: () => void): string[] {
  try {
    write();
    return [];
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409) throw error;
    const causes = error.status.details?.causes ?? [];
    return causes.map(({ message, field }) => `${/"([^"]+)"/.exec(message ?? '')?.[1]} ${field}`).sort();
  }
}
