import type { KindInfo } from '@kubelab/api';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Everything that is not an object: allocations, leases of apiservers, compaction. */
export const internalPrefix = '/kubelab';
/** Every object. Behind `internalPrefix` in the store's order. */
export const objectsPrefix = '/registry/';

/**
 * `/registry/apps/deployments/default/web`, `/registry/core/nodes/node-1`: values are JSON, so that
 * people can read them.
 */
export function objectKey(kind: KindInfo, namespace: string, name: string): Uint8Array {
  return encoder.encode(`${prefixText(kind)}${kind.namespaced ? `${namespace}/` : ''}${name}`);
}

/** Of all objects of a kind, or of those of a namespace. */
export function collectionPrefix(kind: KindInfo, namespace?: string): Uint8Array {
  return encoder.encode(collectionPrefixText(kind, namespace));
}

export function collectionPrefixText(kind: KindInfo, namespace?: string): string {
  const scope = kind.namespaced && namespace !== undefined ? `${namespace}/` : '';
  return `${prefixText(kind)}${scope}`;
}

function prefixText(kind: KindInfo): string {
  const { group } = kind.storedAs ?? kind;
  return `${objectsPrefix}${group === '' ? 'core' : group}/${kind.resource}/`;
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
