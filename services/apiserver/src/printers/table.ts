import type { KindInfo, KubeObject } from '@kubelab/api';
import { type Column, nameColumn } from './column.js';
import { columnsByKind } from './columns.js';
import { partialMetadata } from './partial.js';

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

const anyKind: readonly Column[] = [
  nameColumn,
  { name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp ?? '' },
];
