import type { KindInfo } from './contract.js';
import { statusErrors } from './status-errors.js';

export interface SelectorLike {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

type Labels = Readonly<Record<string, string>> | undefined;

/** The object form; null or undefined selects nothing, `{}` everything. */
export function requirementsOf(selector: SelectorLike | undefined | null): Requirement[] | undefined {
  if (selector === undefined || selector === null) return undefined;
  const labels = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: 'In', values: [value] }),
  );
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }): Requirement => ({
      key,
      operator: knownOperator(operator),
      values: values ?? [],
    }),
  );
  return [...labels, ...expressions];
}

function knownOperator(text: string): Requirement['operator'] {
  const known = (['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const).find(
    (operator) => operator === text,
  );
  if (known === undefined) throw statusErrors.badRequest(`"${text}" is not a valid label selector operator`);
  return known;
}

export function matchesAll(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((one) => matchesOne(one, labels?.[one.key]));
}

function matchesOne({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isInteger(value) && Number(value) > Number(values[0]);
    case 'Lt':
      return isInteger(value) && Number(value) < Number(values[0]);
    default:
      return operator satisfies never;
  }
}

function isInteger(value: string | undefined): boolean {
  return value !== undefined && /^[-+]?\d+$/.test(value);
}

export function matchesSelector(selector: SelectorLike | undefined | null, labels: Labels): boolean {
  const requirements = requirementsOf(selector);
  return requirements !== undefined && matchesAll(requirements, labels);
}

export interface FieldRequirement {
  readonly field: string;
  readonly equal: boolean;
  readonly value: string;
}

/** `metadata.name=x,status.phase!=Running`. Throws ApiError 400. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  if (text.trim() === '') return [];
  return splitTerms(text).map((part) => {
    const match = /^([^=!]+?)(==|=|!=)(.*)$/s.exec(part);
    if (match === null)
      throw statusErrors.badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = '', operator, value = ''] = match;
    return { field: field.trim(), equal: operator !== '!=', value: unescaped(value.trim()) };
  });
}

/** At commas that no backslash stands before; empty terms mean nothing. */
function splitTerms(text: string): string[] {
  return (text.match(/(?:\\[\s\S]|[^,\\])+/g) ?? []).filter((term) => term.trim() !== '');
}

/** A comma, an equals sign or a backslash may be escaped by a backslash, nothing else. */
function unescaped(value: string): string {
  return value.replace(/\\([\s\S]?)/g, (whole, character: string) => {
    if (character !== '' && ',=\\'.includes(character)) return character;
    throw statusErrors.badRequest(`invalid field selector: invalid escape sequence: ${whole}`);
  });
}

const everyKind = ['metadata.name', 'metadata.namespace'];
/** Fields that a kind may be selected by, besides name and namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Secret: ['type'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'events.k8s.io Event': [
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'regarding.apiVersion',
    'regarding.resourceVersion',
    'regarding.fieldPath',
    'reason',
    'reportingController',
    'type',
  ],
  ReplicaSet: ['status.replicas'],
  ReplicationController: ['status.replicas'],
  Job: ['status.successful'],
  CertificateSigningRequest: ['spec.signerName'],
  IPAddress: ['spec.parentRef.name'],
  ResourceSlice: ['spec.driver', 'spec.nodeName'],
  Service: ['spec.clusterIP', 'spec.type'],
};

/** `kind` with its group in front where two kinds have one name: `events.k8s.io Event`. */
export function assertSelectable(
  { group, kind, custom }: Pick<KindInfo, 'group' | 'kind' | 'custom'>,
  requirements: readonly FieldRequirement[],
): void {
  const own = custom?.selectableFields ?? selectable[`${group} ${kind}`] ?? selectable[kind] ?? [];
  for (const { field } of requirements) {
    if (everyKind.includes(field) || own.includes(field)) continue;
    throw statusErrors.badRequest(unsupportedField(`${group} ${kind}`, field, own.length > 0));
  }
}

/** Kubernetes has one text for kinds with fields of their own, one for jobs, and one for all others. */
function unsupportedField(kind: string, field: string, hasOwn: boolean): string {
  if (kind === 'batch Job') return `field label ${JSON.stringify(field)} not supported for batchv1.Job`;
  if (hasOwn) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

export function matchesFields(requirements: readonly FieldRequirement[], object: object): boolean {
  return requirements.every(({ field, equal, value }) => (fieldText(object, field) === value) === equal);
}

/** Selectors that are not called as the field is. */
const aliases: Readonly<Record<string, string>> = {
  source: 'source.component',
  'status.successful': 'status.succeeded',
  'status.podIPs': 'status.podIP',
};

function fieldText(object: object, field: string): string {
  const path = aliases[field] ?? field;
  let value: unknown = object;
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  if (field === 'spec.unschedulable' || field === 'spec.hostNetwork') return String(value === true);
  const isCount = path === 'status.succeeded' || path === 'status.replicas';
  return value === undefined || value === null ? (isCount ? '0' : '') : String(value);
}
