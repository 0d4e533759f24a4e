import type { KubeObject } from '@kubelab/api';

/** Of meta.k8s.io: in what version Table and PartialObjectMetadata are wanted. */
export type MetaVersion = 'v1' | 'v1beta1';

/** metadata alone, for clients that want no more (meta.k8s.io/v1 PartialObjectMetadata). */
export function partialMetadata(
  object: KubeObject,
  version: MetaVersion,
): { kind: string; apiVersion: string; metadata: KubeObject['metadata'] } {
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}
