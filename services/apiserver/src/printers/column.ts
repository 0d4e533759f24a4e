import { formatAge, type KubeObject } from '@kubelab/api';

export type Cell = string | number | boolean;

export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'boolean' | 'date';
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
