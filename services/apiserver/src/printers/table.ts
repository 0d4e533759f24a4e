import { formatAge, type KindInfo, type KubeObject } from '@kubelab/api';
import { columnsByKind } from './columns.js';
import { partialMetadata } from './partial.js';

export type Cell = string | number | boolean;

export interface Column {
  readonly name: string;
  readonly type?: 'string' | 'integer' | 'boolean' | 'date';
  /** 1 and above: only with `-o wide`. */
  readonly priority?: number;
  readonly cell: (object: KubeObject, nowMs: number) => Cell;
}

export interface TableOptions {
  readonly nowMs: number;
  readonly includeObject: string;
  readonly metadata: object;
}

/** Objects as rows, as kubectl prints them (meta.k8s.io/v1 Table). */
export function tableFor(kind: KindInfo, objects: readonly KubeObject[], options: TableOptions) {
  const columns = columnsByKind[`${kind.group}/${kind.kind}`] ?? anyKind;
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: columns.map(({ name, type = 'string', priority = 0 }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.nowMs)),
      ...(options.includeObject === 'None'
        ? {}
        : { object: options.includeObject === 'Object' ? object : partialMetadata(object) }),
    })),
  };
}

export const nameColumn: Column = { name: 'Name', cell: (object) => object.metadata.name };
export const ageColumn: Column = {
  name: 'Age',
  cell: (object, nowMs) => age(object.metadata.creationTimestamp, nowMs),
};

const anyKind: readonly Column[] = [
  nameColumn,
  { name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp ?? '' },
];

export function age(timestamp: string | undefined, nowMs: number): string {
  return timestamp === undefined ? '<unknown>' : formatAge(nowMs - Date.parse(timestamp));
}
