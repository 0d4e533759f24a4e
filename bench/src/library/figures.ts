/** What driver-main.ts prints. Of a `cold` round only the first two are measured. */
export interface LibraryFigures {
  readonly importMs: number;
  readonly coldMs: number;
  readonly warmMs: readonly number[];
  readonly stopMs: readonly number[];
  readonly sideBySideMs: number;
  /** Heap and buffers, more with each cluster. */
  readonly memoryBytes: number;
  /** Of one core, of each cluster. */
  readonly idleCpuPercent: number;
}

export function isFigures(value: unknown): value is LibraryFigures {
  return typeof value === 'object' && value !== null && 'importMs' in value && 'idleCpuPercent' in value;
}
