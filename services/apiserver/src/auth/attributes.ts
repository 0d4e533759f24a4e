import type { FieldRequirement } from '@kubelab/api';

/** What is asked for: a resource, or a path that is none. */
export type Attributes = ResourceAttributes | { readonly verb: string; readonly path: string };

export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a list, watch or deletecollection: what narrows it. */
  readonly fieldSelector?: readonly FieldRequirement[];
}

/**
 * An authorizer's answer. Without `allowed` it has no opinion: nobody says no, and when all are silent the request is
 * forbidden. The reason is shown to the client.
 */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
  /** What kept it from looking at everything: `status.evaluationError` of reviews. */
  readonly error?: string;
}

export const noOpinion: Decision = { allowed: false, reason: '' };
