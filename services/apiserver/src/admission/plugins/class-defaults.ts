import { type Ingress, type KubeObject, type PersistentVolumeClaim, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { ingressClassKind, ingressKind, persistentVolumeClaimKind, storageClassKind } from '../kinds.js';
import { Lookup } from '../lookup.js';

const betaClassAnnotation = 'volume.beta.kubernetes.io/storage-class';
const ingressAnnotation = 'kubernetes.io/ingress.class';

function marked(object: KubeObject, annotations: readonly string[]): boolean {
  return annotations.some((annotation) => object.metadata.annotations?.[annotation] === 'true');
}

/** A claim that names no class gets the default one; of several, the newest. */
export function defaultStorageClass({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  const markers = [
    'storageclass.kubernetes.io/is-default-class',
    'storageclass.beta.kubernetes.io/is-default-class',
  ];
  return {
    name: 'DefaultStorageClass',
    admit: async ({ operation, kind, object, subresource }) => {
      if (operation !== 'CREATE' || kind !== persistentVolumeClaimKind || subresource !== '') return;
      const { metadata, spec } = object as PersistentVolumeClaim;
      if (spec === undefined || spec.storageClassName !== undefined) return;
      if (metadata.annotations?.[betaClassAnnotation] !== undefined) return;
      const classes = (await lookup.all(storageClassKind)).filter((one) => marked(one, markers));
      const time = (one: KubeObject) => Date.parse(one.metadata.creationTimestamp ?? '');
      const [newest] = [...classes].sort(
        (a, b) => time(b) - time(a) || (a.metadata.name < b.metadata.name ? -1 : 1),
      );
      if (newest !== undefined) spec.storageClassName = newest.metadata.name;
    },
  };
}

/** The same of Ingresses, for which there must not be several. */
export function defaultIngressClass({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  return {
    name: 'DefaultIngressClass',
    admit: async ({ operation, kind, object, subresource }) => {
      if (operation !== 'CREATE' || kind !== ingressKind || subresource !== '') return;
      const { metadata, spec } = object as Ingress;
      if (spec === undefined || spec.ingressClassName !== undefined) return;
      if (metadata.annotations?.[ingressAnnotation] !== undefined) return;
      const classes = (await lookup.all(ingressClassKind)).filter((one) =>
        marked(one, ['ingressclass.kubernetes.io/is-default-class']),
      );
      const [only] = classes;
      if (classes.length > 1)
        throw statusErrors.forbidden(
          kind,
          metadata.name,
          `${classes.length} default IngressClasses were found, only 1 allowed`,
        );
      if (only !== undefined) spec.ingressClassName = only.metadata.name;
    },
  };
}
