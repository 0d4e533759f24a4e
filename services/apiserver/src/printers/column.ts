import { formatAge, type KubeObject, type LabelSelector, type PodSpec } from '@kubelab/api';

export type Cell = string | number | boolean;

export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** 1 and above: only with `-o wide`. */
  readonly priority?: number;
  readonly cell: (object: KubeObject, nowMs: number) => Cell;
}

export const nameColumn: Column = { name: 'Name', cell: (object) => object.metadata.name };
export const ageColumn: Column = {
  name: 'Age',
  cell: (object, nowMs) => age(object.metadata.creationTimestamp, nowMs),
};

export function age(timestamp: string | undefined, nowMs: number): string {
  return timestamp === undefined ? '<unknown>' : formatAge(nowMs - Date.parse(timestamp));
}

export const none = '<none>';

/** A column whose cell reads a typed object: what is stored has passed the schema. */
export function column<T extends KubeObject>(
  name: string,
  cell: (object: T, nowMs: number) => Cell,
  more: Partial<Column> = {},
): Column {
  return { name, ...more, cell: (object, nowMs) => cell(object as T, nowMs) };
}
export const wide = { priority: 1 } as const;
export const integer = { type: 'integer' } as const;

export function containers(spec: PodSpec | undefined, field: 'name' | 'image'): string {
  return (spec?.containers ?? []).map((container) => container[field] ?? '').join(',');
}

export function selectorText(selector: LabelSelector | undefined): string {
  const labels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${(values ?? []).join(',')})`;
  });
  const all = [...labels, ...expressions];
  return all.length === 0 ? none : all.join(',');
}
