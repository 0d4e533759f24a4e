import { findKind, type KindInfo, type KubeObject, toStored } from '@kubelab/api';
import { columnsOfCustom } from '../crd/custom-kind.js';
import { type Cell, type Column, nameColumn } from './column.js';
import { columnsByKind } from './columns.js';
import { type MetaVersion, partialMetadata } from './partial.js';

export interface TableOptions {
  readonly nowMs: number;
  readonly includeObject: string;
  readonly metadata: object;
  readonly version: MetaVersion;
}

/** Objects as rows, as kubectl prints them (meta.k8s.io/v1 Table). */
export function tableFor(kind: KindInfo, objects: readonly KubeObject[], options: TableOptions) {
  return {
    ...tableHead(kind, options),
    rows: objects.map((object) => tableRow(kind, object, options)),
  };
}

/** With columns of the caller's, for what no kind is printed as. */
export function tableOf(columns: readonly Column[], objects: readonly KubeObject[], options: TableOptions) {
  return {
    ...headOf(columns, options),
    rows: objects.map((object) => rowOf(columns, object, object, options)),
  };
}

/** A table without its rows. */
export function tableHead(kind: KindInfo, options: Pick<TableOptions, 'metadata' | 'version'>) {
  return headOf(columnsOf(kind), options);
}

function headOf(columns: readonly Column[], options: Pick<TableOptions, 'metadata' | 'version'>) {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
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
  };
}

export function tableRow(kind: KindInfo, object: KubeObject, options: Omit<TableOptions, 'metadata'>) {
  return rowOf(columnsOf(kind), object, toStored(kind, object), options);
}

/** `printed`: the form of the object that the columns are made for. */
function rowOf(
  columns: readonly Column[],
  object: KubeObject,
  printed: KubeObject,
  { nowMs, includeObject, version }: Omit<TableOptions, 'metadata'>,
) {
  return {
    cells: cellsOf(columns, printed, nowMs),
    ...(includeObject === 'None'
      ? {}
      : { object: includeObject === 'Object' ? object : partialMetadata(object, version) }),
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
