import { objectType } from '../schema.js';
import type { TypeRules } from './contract.js';
import { extensionRules } from './extension.js';
import { networkRules } from './network.js';
import { storageRules } from './storage.js';
import { workloadRules } from './workloads.js';

const tables: Readonly<Record<string, TypeRules>> = {
  ...workloadRules,
  ...storageRules,
  ...networkRules,
  ...extensionRules,
};

const joined = new Map<string, Required<TypeRules>>();

/** `io.k8s.api.batch.v1.JobSpec` is `batch.v1.JobSpec` in the tables. */
export function shortType(name: string): string {
  return name.split('.').slice(-3).join('.');
}

/** Every type that has rules, for tests that hold the tables to the schema. */
export const ruledTypes = Object.keys(tables);

/** Our rules of a type over what the document tells. */
export function rulesOf(typeName: string): Required<TypeRules> {
  const known = joined.get(typeName);
  if (known !== undefined) return known;
  const own = tables[shortType(typeName)];
  const fields = [...objectType(typeName).values()];
  const told = {
    defaults: fields.flatMap(({ name, fallback }) =>
      fallback === undefined ? [] : [[name, fallback] as const],
    ),
    enums: fields.flatMap(({ name, values }) => (values.length === 0 ? [] : [[name, values] as const])),
  };
  const rules = {
    defaults: { ...Object.fromEntries(told.defaults), ...own?.defaults },
    required: [
      ...fields
        .filter(({ required, type }) => required && type.is === 'scalar' && type.scalar === 'string')
        .map(({ name }) => name),
      ...(own?.required ?? []),
    ],
    enums: { ...Object.fromEntries(told.enums), ...own?.enums },
    ranges: own?.ranges ?? {},
  };
  joined.set(typeName, rules);
  return rules;
}
