/**
 * What Kubernetes does to a type that its published document does not say. Types are named by group,
 * version and kind: `batch.v1.JobSpec`.
 */
export interface TypeRules {
  /** Set when absent; what is an object is then filled by its own type's rules. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Must be there and not be empty, besides the texts and objects that the document requires. */
  readonly required?: readonly string[];
  /** Values of a field, or of the items of a list. */
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  /** Least and greatest value of a number. */
  readonly ranges?: Readonly<Record<string, readonly [min: number, max?: number]>>;
}

export type RuleTable = Readonly<Record<string, TypeRules>>;
