import type { CustomResourceDefinitionVersion, KubeObject } from '@kubelab/api';
import { age, ageColumn, type Cell, type Column, nameColumn } from '../printers/column.js';
import { parseJsonPath } from './json-path.js';

type ColumnDefinition = NonNullable<CustomResourceDefinitionVersion['additionalPrinterColumns']>[number];

const types = ['string', 'integer', 'boolean', 'date'] as const;

/** What `kubectl get` prints of a custom resource: its own columns, or its age. */
export function customColumns({ additionalPrinterColumns = [] }: CustomResourceDefinitionVersion): Column[] {
  if (additionalPrinterColumns.length === 0) return [nameColumn, { ...ageColumn, type: 'date' }];
  return [nameColumn, ...additionalPrinterColumns.map(columnOf)];
}

function columnOf({ name, type, jsonPath, priority, description, format }: ColumnDefinition): Column {
  const path = parseJsonPath(jsonPath);
  const known = types.find((one) => one === type);
  return {
    name,
    type: known ?? 'number',
    priority: priority ?? 0,
    description: description ?? '',
    format: format ?? '',
    cell: (object: KubeObject, nowMs: number) => {
      const [value] = path?.(object) ?? [];
      return value === undefined || value === null ? '' : cellOf(value, type, nowMs);
    },
  };
}

/** A value of another type than the column's is left out, as Kubernetes does. */
function cellOf(value: unknown, type: string, nowMs: number): Cell {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : '';
    case 'number':
      return typeof value === 'number' ? value : '';
    case 'boolean':
      return typeof value === 'boolean' ? value : '';
    case 'date':
      return typeof value === 'string'
        ? Number.isNaN(Date.parse(value))
          ? '<invalid>'
          : age(value, nowMs)
        : '';
    default:
      return typeof value === 'string'
        ? value
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
  }
}
