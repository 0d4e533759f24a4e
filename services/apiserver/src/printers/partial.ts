import type { KubeObject } from '@kubelab/api';

/** metadata alone, for clients that want no more (meta.k8s.io/v1 PartialObjectMetadata). */
export function partialMetadata(object: KubeObject): {
  kind: string;
  apiVersion: string;
  metadata: KubeObject['metadata'];
} {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
