import type { FieldError, KubeObject } from '../contract.js';
import type {
  APIService,
  CertificateSigningRequest,
  PriorityClass,
  PriorityLevelConfiguration,
  ValidatingWebhookConfiguration,
} from '../generated/types.js';
import { isObject } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { nameErrors } from './common.js';

/** Greater values are for what keeps the cluster running. */
const userPriorityMax = 1_000_000_000;

export function priorityClassErrors({ metadata, value, preemptionPolicy }: PriorityClass): FieldError[] {
  const errors: FieldError[] = [];
  const isSystem = ['system-node-critical', 'system-cluster-critical'].includes(metadata.name);
  if (metadata.name.startsWith('system-') && !isSystem) {
    const text =
      "priority class names with 'system-' prefix are reserved for system use only. error: priority class is not a known system priority class";
    errors.push(fieldErrors.forbidden('metadata.name', text));
  }
  if (!isSystem && (value ?? 0) > userPriorityMax)
    errors.push(
      fieldErrors.forbidden(
        'value',
        `maximum allowed value of a user defined priority is ${userPriorityMax}`,
      ),
    );
  if (preemptionPolicy === undefined) errors.push(fieldErrors.required('preemptionPolicy'));
  return errors;
}

/** Mutating and validating alike. */
export function webhookErrors({ webhooks = [] }: ValidatingWebhookConfiguration): FieldError[] {
  const names = new Set<string>();
  return webhooks.flatMap(({ name, clientConfig }, at) => {
    const field = `webhooks[${at}]`;
    const errors = name === '' ? [] : nameErrors('subdomain', `${field}.name`, name);
    if (errors.length === 0 && (name ?? '').split('.').length < 3) {
      const text = 'should be a domain with at least three segments separated by dots';
      errors.push(fieldErrors.invalid(`${field}.name`, name, text));
    }
    if (names.has(name)) errors.push(fieldErrors.duplicate(`${field}.name`, name));
    names.add(name);
    const { url, service } = clientConfig ?? {};
    if ((url === undefined) === (service === undefined))
      errors.push(fieldErrors.required(`${field}.clientConfig`, 'exactly one of url or service is required'));
    if (url !== undefined && !/^https:\/\/[^/?#@]+(\/[^?#]*)?$/.test(url)) {
      const text = "'https' is the only allowed URL scheme, with a host and without user, query or fragment";
      errors.push(fieldErrors.invalid(`${field}.clientConfig.url`, url, text));
    }
    return errors;
  });
}

export function apiServiceErrors({ metadata, spec }: APIService): FieldError[] {
  const { group = '', version = '', service, caBundle, insecureSkipTLSVerify } = spec ?? {};
  const errors: FieldError[] = [];
  const wanted = `${version}.${group}`;
  if (metadata.name !== wanted)
    errors.push(
      fieldErrors.invalid(
        'metadata.name',
        metadata.name,
        `must be \`spec.version+"."+spec.group\`: "${wanted}"`,
      ),
    );
  if (version === '') errors.push(fieldErrors.required('spec.version'));
  if (group === '' && metadata.name !== 'v1.')
    errors.push(
      fieldErrors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube'),
    );
  if (service === undefined && insecureSkipTLSVerify === true)
    errors.push(
      fieldErrors.invalid(
        'spec.insecureSkipTLSVerify',
        true,
        'local APIServices may not use insecureSkipTLSVerify',
      ),
    );
  if (insecureSkipTLSVerify === true && caBundle !== undefined)
    errors.push(
      fieldErrors.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'),
    );
  if (service !== undefined) {
    if ((service.namespace ?? '') === '') errors.push(fieldErrors.required('spec.service.namespace'));
    if ((service.name ?? '') === '') errors.push(fieldErrors.required('spec.service.name'));
  }
  return errors;
}

export function certificateErrors({ spec }: CertificateSigningRequest): FieldError[] {
  const { request = '', signerName = '' } = spec ?? {};
  const errors: FieldError[] = [];
  const text = Buffer.from(request, 'base64').toString('latin1');
  if (request !== '' && !/^-----BEGIN (NEW )?CERTIFICATE REQUEST-----\r?\n/m.test(text)) {
    const why = 'PEM block type must be CERTIFICATE REQUEST';
    errors.push(fieldErrors.invalid('spec.request', request, why));
  }
  const [domain = '', path, ...more] = signerName.split('/');
  if (signerName !== '' && (path === undefined || path === '' || more.length > 0 || !domain.includes('.'))) {
    const why = 'must be a fully qualified domain and path of the form "example.com/signer-name"';
    errors.push(fieldErrors.invalid('spec.signerName', signerName, why));
  }
  return errors;
}

export function priorityLevelErrors({ spec }: PriorityLevelConfiguration): FieldError[] {
  const { type, limited, exempt } = spec ?? {};
  if (type === 'Limited' && limited === undefined)
    return [fieldErrors.required('spec.limited', 'must not be empty when type is Limited')];
  if (type === 'Exempt' && limited !== undefined)
    return [fieldErrors.forbidden('spec.limited', 'must be nil if the type is not Limited')];
  if (type === 'Limited' && exempt !== undefined)
    return [fieldErrors.forbidden('spec.exempt', 'must be nil if the type is Limited')];
  const { limitResponse } = limited ?? {};
  if (limitResponse?.type === 'Reject' && limitResponse.queuing !== undefined)
    return [
      fieldErrors.forbidden(
        'spec.limited.limitResponse.queuing',
        'must be nil if limited.limitResponse.type is not Limited',
      ),
    ];
  if (limitResponse?.type === 'Queue' && limitResponse.queuing === undefined)
    return [
      fieldErrors.required(
        'spec.limited.limitResponse.queuing',
        'must not be empty if limited.limitResponse.type is Queue',
      ),
    ];
  return [];
}

/** Events of events.k8s.io are stricter than core's (KEP-383). */
export function eventErrors(event: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  if (event.eventTime === undefined) errors.push(fieldErrors.required('eventTime'));
  for (const [field, max] of [
    ['reportingController', 128],
    ['reportingInstance', 128],
    ['action', 128],
    ['reason', 128],
  ] as const) {
    const value = event[field];
    if (typeof value !== 'string' || value === '') errors.push(fieldErrors.required(field));
    else if (value.length > max)
      errors.push(fieldErrors.invalid(field, '', `can have at most ${max} characters`));
  }
  if (event.type !== 'Normal' && event.type !== 'Warning')
    errors.push(fieldErrors.invalid('type', '', `has invalid value: ${String(event.type ?? '')}`));
  const regarding = isObject(event.regarding) ? event.regarding : {};
  const namespace = typeof regarding.namespace === 'string' ? regarding.namespace : '';
  const inside = namespace === '' ? ['default', 'kube-system'] : [namespace];
  if (!inside.includes(event.metadata.namespace ?? ''))
    errors.push(fieldErrors.invalid('regarding.namespace', namespace, 'does not match event.namespace'));
  return errors;
}
