import {
  type APIService,
  type CertificateSigningRequest,
  type FlowSchema,
  formatAge,
  type Ingress,
  type IngressClass,
  type IPAddress,
  isObject,
  type KubeObject,
  type MutatingAdmissionPolicy,
  type NetworkPolicy,
  type PriorityClass,
  type PriorityLevelConfiguration,
  type ResourceResourceClaim,
  type ResourceSlice,
  type RuntimeClass,
  type ServiceCIDR,
  type ValidatingAdmissionPolicy,
  type ValidatingAdmissionPolicyBinding,
} from '@kubelab/api';
import { ageColumn, type Column, column, integer, nameColumn, none, selectorText } from './column.js';

const unset = '<unset>';
const hostsShown = 3;

function ingressHosts({ spec }: Ingress): string {
  const rules = spec?.rules ?? [];
  const hosts = rules.slice(0, hostsShown).flatMap(({ host }) => ((host ?? '') === '' ? [] : [host]));
  if (hosts.length === 0) return '*';
  const more = rules.length > hostsShown ? ` + ${rules.length - hostsShown} more...` : '';
  return `${hosts.join(',')}${more}`;
}

const ingress = [
  nameColumn,
  column<Ingress>('Class', ({ spec }) => spec?.ingressClassName ?? none),
  column<Ingress>('Hosts', ingressHosts),
  column<Ingress>('Address', ({ status }) =>
    [...new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? ''))]
      .filter(Boolean)
      .join(','),
  ),
  column<Ingress>('Ports', ({ spec }) => ((spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
  ageColumn,
];

const ingressClass = [
  nameColumn,
  column<IngressClass>('Controller', ({ spec }) => spec?.controller ?? ''),
  column<IngressClass>('Parameters', ({ spec }) => {
    const { apiGroup, kind, name } = spec?.parameters ?? {};
    if (name === undefined) return none;
    return `${kind ?? ''}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
  }),
  ageColumn,
];

function ipParent({ spec }: IPAddress): string {
  if (spec?.parentRef === undefined) return none;
  const { group = '', resource, namespace = '', name } = spec.parentRef;
  return [group, resource, namespace, name].filter((part) => part !== '').join('/');
}

function certificateCondition({ status }: CertificateSigningRequest): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const decided = ['Approved', 'Denied', 'Failed'].filter((type) => types.includes(type));
  const issued = (status?.certificate ?? '') === '' ? [] : ['Issued'];
  return decided.length === 0 ? ['Pending', ...issued].join(',') : [...decided, ...issued].join(',');
}

const certificate = [
  nameColumn,
  ageColumn,
  column<CertificateSigningRequest>('SignerName', ({ spec }) => spec?.signerName ?? none),
  column<CertificateSigningRequest>('Requestor', ({ spec }) => spec?.username ?? ''),
  column<CertificateSigningRequest>('RequestedDuration', ({ spec }) =>
    spec?.expirationSeconds === undefined ? none : formatAge(spec.expirationSeconds * 1000),
  ),
  column<CertificateSigningRequest>('Condition', certificateCondition),
];

const priorityClass = [
  nameColumn,
  column<PriorityClass>('Value', ({ value }) => value ?? 0, integer),
  column<PriorityClass>('Global-Default', ({ globalDefault }) => globalDefault ?? false, { type: 'boolean' }),
  ageColumn,
  column<PriorityClass>(
    'PreemptionPolicy',
    ({ preemptionPolicy }) => preemptionPolicy ?? 'PreemptLowerPriority',
  ),
];

const webhooks = [
  nameColumn,
  column(
    'Webhooks',
    (object: KubeObject) => (Array.isArray(object.webhooks) ? object.webhooks.length : 0),
    integer,
  ),
  ageColumn,
];

function paramKind({ spec }: ValidatingAdmissionPolicy | MutatingAdmissionPolicy): string {
  const { apiVersion, kind } = spec?.paramKind ?? {};
  return kind === undefined ? unset : `${apiVersion ?? ''}/${kind}`;
}

const policyBinding = [
  nameColumn,
  column<ValidatingAdmissionPolicyBinding>('PolicyName', ({ spec }) => spec?.policyName ?? ''),
  column<ValidatingAdmissionPolicyBinding>('ParamRef', ({ spec }) => {
    const { namespace, name } = spec?.paramRef ?? {};
    if (spec?.paramRef === undefined) return unset;
    return `${namespace ?? '*'}/${name ?? '*'}`;
  }),
  ageColumn,
];

/** Local ones are served by the apiserver itself. */
function apiServiceTarget({ spec }: APIService): string {
  const { service } = spec ?? {};
  return service === undefined ? 'Local' : `${service.namespace ?? ''}/${service.name ?? ''}`;
}

function apiServiceAvailable({ status }: APIService): string {
  const found = (status?.conditions ?? []).find(({ type }) => type === 'Available');
  if (found === undefined) return 'Unknown';
  return found.status === 'True' ? 'True' : `${found.status} (${found.reason ?? ''})`;
}

const flowSchema = [
  nameColumn,
  column<FlowSchema>('PriorityLevel', ({ spec }) => spec?.priorityLevelConfiguration.name ?? ''),
  column<FlowSchema>('MatchingPrecedence', ({ spec }) => spec?.matchingPrecedence ?? 0),
  column<FlowSchema>('DistinguisherMethod', ({ spec }) => spec?.distinguisherMethod?.type ?? none),
  ageColumn,
  column<FlowSchema>(
    'MissingPL',
    ({ status }) => (status?.conditions ?? []).find(({ type }) => type === 'Dangling')?.status ?? '?',
  ),
];

function queuing(field: 'queues' | 'handSize' | 'queueLengthLimit') {
  return ({ spec }: PriorityLevelConfiguration) => spec?.limited?.limitResponse?.queuing?.[field] ?? none;
}

const priorityLevel = [
  nameColumn,
  column<PriorityLevelConfiguration>('Type', ({ spec }) => spec?.type ?? ''),
  column<PriorityLevelConfiguration>(
    'NominalConcurrencyShares',
    ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? none,
  ),
  column<PriorityLevelConfiguration>('Queues', queuing('queues')),
  column<PriorityLevelConfiguration>('HandSize', queuing('handSize')),
  column<PriorityLevelConfiguration>('QueueLengthLimit', queuing('queueLengthLimit')),
  ageColumn,
];

function claimState({ metadata, status }: ResourceResourceClaim): string {
  const states = [
    ...(metadata.deletionTimestamp === undefined ? [] : ['deleted']),
    ...(status?.allocation === undefined ? [] : ['allocated']),
    ...((status?.reservedFor ?? []).length === 0 ? [] : ['reserved']),
  ];
  return status?.allocation === undefined ? [...states, 'pending'].join(',') : states.join(',');
}

function mutations({ spec }: MutatingAdmissionPolicy): number {
  return (spec?.mutations ?? []).length;
}

const admission = 'admissionregistration.k8s.io';

/** Networking, certificates, and what extends or protects the apiserver. */
export const extensionColumns: Readonly<Record<string, readonly Column[]>> = {
  'networking.k8s.io/Ingress': ingress,
  'networking.k8s.io/IngressClass': ingressClass,
  'networking.k8s.io/NetworkPolicy': [
    nameColumn,
    column<NetworkPolicy>('Pod-Selector', ({ spec }) => selectorText(spec?.podSelector)),
    ageColumn,
  ],
  'networking.k8s.io/IPAddress': [nameColumn, column<IPAddress>('ParentRef', ipParent)],
  'networking.k8s.io/ServiceCIDR': [
    nameColumn,
    column<ServiceCIDR>('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')),
    ageColumn,
  ],
  'certificates.k8s.io/CertificateSigningRequest': certificate,
  'scheduling.k8s.io/PriorityClass': priorityClass,
  'node.k8s.io/RuntimeClass': [
    nameColumn,
    column<RuntimeClass>('Handler', ({ handler }) => handler),
    ageColumn,
  ],
  [`${admission}/MutatingWebhookConfiguration`]: webhooks,
  [`${admission}/ValidatingWebhookConfiguration`]: webhooks,
  [`${admission}/ValidatingAdmissionPolicy`]: [
    nameColumn,
    column<ValidatingAdmissionPolicy>('Validations', ({ spec }) => (spec?.validations ?? []).length, integer),
    column<ValidatingAdmissionPolicy>('ParamKind', paramKind),
    ageColumn,
  ],
  [`${admission}/ValidatingAdmissionPolicyBinding`]: policyBinding,
  [`${admission}/MutatingAdmissionPolicy`]: [
    nameColumn,
    column<MutatingAdmissionPolicy>('Mutations', mutations, integer),
    column<MutatingAdmissionPolicy>('ParamKind', paramKind),
    ageColumn,
  ],
  [`${admission}/MutatingAdmissionPolicyBinding`]: policyBinding,
  'apiregistration.k8s.io/APIService': [
    nameColumn,
    column<APIService>('Service', apiServiceTarget),
    column<APIService>('Available', apiServiceAvailable),
    ageColumn,
  ],
  'flowcontrol.apiserver.k8s.io/FlowSchema': flowSchema,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': priorityLevel,
  'resource.k8s.io/DeviceClass': [nameColumn, ageColumn],
  'resource.k8s.io/ResourceClaim': [
    nameColumn,
    column<ResourceResourceClaim>('State', claimState),
    ageColumn,
  ],
  'resource.k8s.io/ResourceClaimTemplate': [nameColumn, ageColumn],
  'resource.k8s.io/ResourceSlice': [
    nameColumn,
    column<ResourceSlice>('Node', ({ spec }) => spec?.nodeName ?? ''),
    column<ResourceSlice>('Driver', ({ spec }) => spec?.driver ?? ''),
    column<ResourceSlice>('Pool', ({ spec }) => (isObject(spec?.pool) ? String(spec.pool.name) : '')),
    ageColumn,
  ],
};
