import type { KindInfo } from './contract.js';
import { resources } from './generated/resources.js';

/**
 * What no published document tells of a kind. Plural, scope, verbs, root type and subresources come from
 * generated/resources.ts.
 */
type Facts = Partial<
  Pick<KindInfo, 'shortNames' | 'categories' | 'createOnUpdate' | 'hasGeneration' | 'storedAs'>
>;

const all = { categories: ['all'] };
const generation = { hasGeneration: true };
const extension = { categories: ['api-extensions'], ...generation };

/** By group, version and kind; in the order in which a group lists them. `-` is the core group. */
const facts: Readonly<Record<string, Facts>> = {
  '-/v1 LimitRange': { shortNames: ['limits'], createOnUpdate: true },
  '-/v1 PersistentVolumeClaim': { shortNames: ['pvc'] },
  '-/v1 PersistentVolume': { shortNames: ['pv'] },
  '-/v1 PodTemplate': generation,
  '-/v1 ReplicationController': { shortNames: ['rc'], ...all, ...generation },
  '-/v1 ResourceQuota': { shortNames: ['quota'] },
  'apps/v1 ControllerRevision': {},
  'apps/v1 DaemonSet': { shortNames: ['ds'], ...all, ...generation },
  'apps/v1 StatefulSet': { shortNames: ['sts'], ...all, ...generation },
  'autoscaling/v2 HorizontalPodAutoscaler': { shortNames: ['hpa'], ...all },
  'autoscaling/v1 HorizontalPodAutoscaler': {
    shortNames: ['hpa'],
    ...all,
    storedAs: { group: 'autoscaling', version: 'v2' },
  },
  'batch/v1 CronJob': { shortNames: ['cj'], ...all, ...generation },
  'batch/v1 Job': { ...all, ...generation },
  'certificates.k8s.io/v1 CertificateSigningRequest': { shortNames: ['csr'] },
  'events.k8s.io/v1 Event': {
    shortNames: ['ev'],
    createOnUpdate: true,
    storedAs: { group: '', version: 'v1' },
  },
  'networking.k8s.io/v1 Ingress': { shortNames: ['ing'], ...generation },
  'networking.k8s.io/v1 IngressClass': generation,
  'networking.k8s.io/v1 IPAddress': { shortNames: ['ip'] },
  'networking.k8s.io/v1 NetworkPolicy': { shortNames: ['netpol'], ...generation },
  'networking.k8s.io/v1 ServiceCIDR': {},
  'policy/v1 PodDisruptionBudget': { shortNames: ['pdb'], ...generation },
  'storage.k8s.io/v1 CSIDriver': {},
  'storage.k8s.io/v1 CSINode': {},
  'storage.k8s.io/v1 CSIStorageCapacity': {},
  'storage.k8s.io/v1 StorageClass': { shortNames: ['sc'] },
  'storage.k8s.io/v1 VolumeAttachment': {},
  'storage.k8s.io/v1 VolumeAttributesClass': { shortNames: ['vac'] },
  'admissionregistration.k8s.io/v1 MutatingAdmissionPolicy': extension,
  'admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding': extension,
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration': extension,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': extension,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': extension,
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': extension,
  'apiextensions.k8s.io/v1 CustomResourceDefinition': { shortNames: ['crd', 'crds'], ...extension },
  'apiregistration.k8s.io/v1 APIService': { categories: ['api-extensions'] },
  'scheduling.k8s.io/v1 PriorityClass': { shortNames: ['pc'], ...generation },
  'node.k8s.io/v1 RuntimeClass': {},
  'resource.k8s.io/v1 DeviceClass': generation,
  'resource.k8s.io/v1 ResourceClaim': {},
  'resource.k8s.io/v1 ResourceClaimTemplate': {},
  'resource.k8s.io/v1 ResourceSlice': generation,
  'flowcontrol.apiserver.k8s.io/v1 FlowSchema': generation,
  'flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration': generation,
};

/** Subresources that this apiserver carries out; a document names more (proxies, streams). */
const served = new Set(['status', 'scale', 'approval']);

export type KindRow = Pick<
  KindInfo,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'schema' | 'verbs' | 'subresources'
> &
  Facts;

/** A line of generated/resources.ts as a row, without what is special about it. */
export function parseResource(line: string): KindRow {
  const [groupVersion = '', kind = '', resource = '', scope, schema = '', verbs = '', ...subs] =
    line.split(' ');
  const [group = '', version = ''] = groupVersion.split('/');
  return {
    group: group === '-' ? '' : group,
    version,
    kind,
    resource,
    namespaced: scope === 'namespaced',
    schema,
    verbs: verbs.split(','),
    subresources: subs.map((sub) => {
      const [name = '', its = '', body] = sub.split(':');
      const [bodyGroup = '', bodyVersion = '', bodyKind = ''] = body?.split('/') ?? [];
      const own = { group: bodyGroup === '-' ? '' : bodyGroup, version: bodyVersion, kind: bodyKind };
      return { name, verbs: its.split(','), ...(body === undefined ? {} : own) };
    }),
  };
}

/** Rows of `facts`, joined to the document's. */
export function kindRows(): KindRow[] {
  const lines = new Map(resources.map((line) => [line.split(' ').slice(0, 2).join(' '), line]));
  return Object.entries(facts).map(([key, own]) => {
    const line = lines.get(key);
    if (line === undefined) throw new Error(`generated/resources.ts has no ${key}`);
    const found = parseResource(line);
    return { ...found, ...own, subresources: found.subresources.filter((sub) => served.has(sub.name)) };
  });
}
