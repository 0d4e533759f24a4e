/**
 * A Kubernetes object as it travels: plain JSON. Typed views of it (`Pod`, `Node`, ...) are in
 * generated/types.ts.
 */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  fieldsType?: 'FieldsV1';
  fieldsV1?: Record<string, unknown>;
  subresource?: string;
}

/** One row of the table of kinds (kinds.ts). All that is not special about a kind is here. */
export interface KindInfo {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  /** Plural, as in the URL. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceInfo[];
  /** Name of the root type in the schema tables, for example `io.k8s.api.core.v1.Pod`. */
  readonly schema: string;
  /** PUT on an absent name creates it. */
  readonly createOnUpdate: boolean;
  /** metadata.generation counts changes of the desired state. */
  readonly hasGeneration: boolean;
  /** status is written through /status only. */
  readonly hasStatus: boolean;
  /** The kind is another form of one that is stored under this group and version, with the same plural; see convert.ts. */
  readonly storedAs?: { readonly group: string; readonly version: string };
  /** What a CustomResourceDefinition says takes the place of the tables. */
  readonly custom?: CustomKind;
}

/** How objects of a custom resource's version are read, filled in and checked. */
export interface CustomKind {
  /** Drops what the schema does not know, in place; paths of what was dropped. */
  prune(object: KubeObject): string[];
  /** In place. */
  applyDefaults(object: KubeObject): void;
  validate(object: KubeObject, old: KubeObject | undefined): FieldError[];
  /** apiVersion of what is in the store; nothing else is converted. */
  readonly storedApiVersion: string;
  /** Fields that objects may be selected by: `spec.color`. */
  readonly selectableFields: readonly string[];
}

export interface SubresourceInfo {
  readonly name: string;
  readonly verbs: readonly string[];
  /** Group, version and kind of the body when it is not the parent's own. */
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** Kubernetes' reasons (metav1.StatusReason). */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'Invalid'
  | 'TooManyRequests'
  | 'InternalError'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'Timeout'
  | '';

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** metav1.Status: what every failed request answers. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { resourceVersion?: string; continue?: string };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: StatusReason;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    uid?: string;
    causes?: StatusCause[];
    retryAfterSeconds?: number;
  };
  code?: number;
}

/** Thrown anywhere below a request handler and answered as its Status; also what client calls reject with. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: Status;
  constructor(status: Status, options?: ErrorOptions) {
    super(status.message ?? status.reason ?? 'unknown error', options);
    this.status = status;
  }
  get code(): number {
    return this.status.code ?? 500;
  }
  get reason(): StatusReason {
    return this.status.reason ?? '';
  }
}

/**
 * One finding of validation, worded as Kubernetes' field.Error. `field` in the form
 * `spec.containers[0].name`.
 */
export interface FieldError {
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid';
  readonly field: string;
  /** Without the field in front: `Required value`, `Invalid value: "x": must be ...`. */
  readonly message: string;
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}
