import type { Scale } from '@kubelab/api';
import { ageColumn, type Column, column, integer, nameColumn } from './column.js';

/** `kubectl get deployment x --subresource=scale` */
export const scaleColumns: readonly Column[] = [
  nameColumn,
  column<Scale>('Desired', ({ spec }) => spec?.replicas ?? 0, integer),
  column<Scale>('Available', ({ status }) => status?.replicas ?? 0, integer),
  ageColumn,
];
