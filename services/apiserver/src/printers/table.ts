import { findKind, type KindInfo, type KubeObject, toStored } from '@kubelab/api';
import { columnsOfCustom } from '../crd/custom-kind.js';
import { type Cell, type Column, nameColumn } from './column.js';
import { columnsByKind } from './columns.js';
import { partialMetadata } from './partial.js';

export interface TableOptions {
  readonly nowMs: number;
  readonly includeObject: string;
  readonly metadata: object;
}

/** Objects as rows, as kubectl prints them (meta.k8s.io/v1 Table). */
export function tableFor(kind: KindInfo, objects: readonly KubeObject[], options: TableOptions) {
  return tableOf(columnsOf(kind), objects, options, (object) => toStored(kind, object));
}

export function tableOf(
  columns: readonly Column[],
  objects: readonly KubeObject[],
  options: TableOptions,
  printed: (object: KubeObject) => KubeObject = (object) => object,
) {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: columns.map(
      ({ name, type = 'string', priority = 0, format = '', description = '' }) => ({
        name,
        type,
        format: name === 'Name' ? 'name' : format,
        description,
        priority,
      }),
    ),
    rows: objects.map((object) => ({
      cells: cellsOf(columns, printed(object), options.nowMs),
      ...(options.includeObject === 'None'
        ? {}
        : { object: options.includeObject === 'Object' ? object : partialMetadata(object) }),
    })),
  };
}

function cellsOf(columns: readonly Column[], object: KubeObject, nowMs: number): Cell[] {
  return columns.map((column) => column.cell(object, nowMs));
}

/** Forms of one kind are printed alike. */
export function columnsOf(kind: KindInfo): readonly Column[] {
  const custom = columnsOfCustom(kind);
  if (custom !== undefined) return custom;
  const stored =
    kind.storedAs === undefined ? kind : (findKind({ ...kind.storedAs, kind: kind.kind }) ?? kind);
  return columnsByKind[`${stored.group}/${stored.kind}`] ?? anyKind;
}

const anyKind: readonly Column[] = [
  nameColumn,
  { name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp ?? '' },
];
