import type { RuleTable } from './contract.js';

const matchPolicies = ['Equivalent', 'Exact'];
const failurePolicies = ['Fail', 'Ignore'];
const reinvocationPolicies = ['IfNeeded', 'Never'];
const selectors = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const webhook = { failurePolicy: 'Fail', ...selectors, timeoutSeconds: 10 };
const webhookEnums = {
  failurePolicy: failurePolicies,
  matchPolicy: matchPolicies,
  sideEffects: ['None', 'NoneOnDryRun'],
};
const rule = {
  defaults: { scope: '*' },
  required: ['operations', 'apiGroups', 'apiVersions', 'resources'],
  enums: {
    scope: ['*', 'Cluster', 'Namespaced'],
    operations: ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'],
  },
};
const service = { defaults: { port: 443 }, ranges: { port: [1, 65_535] } } as const;

/** admissionregistration, apiextensions, apiregistration, flowcontrol. */
export const extensionRules: RuleTable = {
  'admissionregistration.v1.MutatingWebhook': {
    defaults: { ...webhook, reinvocationPolicy: 'Never' },
    required: ['admissionReviewVersions'],
    enums: { ...webhookEnums, reinvocationPolicy: reinvocationPolicies },
    ranges: { timeoutSeconds: [1, 30] },
  },
  'admissionregistration.v1.ValidatingWebhook': {
    defaults: webhook,
    required: ['admissionReviewVersions'],
    enums: webhookEnums,
    ranges: { timeoutSeconds: [1, 30] },
  },
  'admissionregistration.v1.RuleWithOperations': rule,
  'admissionregistration.v1.NamedRuleWithOperations': rule,
  'admissionregistration.v1.ServiceReference': service,
  'admissionregistration.v1.MatchResources': {
    defaults: selectors,
    enums: { matchPolicy: matchPolicies },
  },
  'admissionregistration.v1.ValidatingAdmissionPolicySpec': {
    defaults: { failurePolicy: 'Fail' },
    required: ['matchConstraints'],
    enums: { failurePolicy: failurePolicies },
  },
  'admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec': {
    required: ['policyName', 'validationActions'],
    enums: { validationActions: ['Audit', 'Deny', 'Warn'] },
  },
  'admissionregistration.v1.MutatingAdmissionPolicySpec': {
    defaults: { failurePolicy: 'Fail' },
    required: ['matchConstraints', 'mutations', 'reinvocationPolicy'],
    enums: { failurePolicy: failurePolicies, reinvocationPolicy: reinvocationPolicies },
  },
  'admissionregistration.v1.Mutation': { enums: { patchType: ['ApplyConfiguration', 'JSONPatch'] } },
  'admissionregistration.v1.MutatingAdmissionPolicyBindingSpec': { required: ['policyName'] },
  'admissionregistration.v1.ParamKind': { required: ['apiVersion', 'kind'] },
  'admissionregistration.v1.ParamRef': { enums: { parameterNotFoundAction: ['Allow', 'Deny'] } },
  'apiextensions.v1.CustomResourceDefinitionSpec': {
    defaults: { conversion: { strategy: 'None' } },
    required: ['versions'],
    enums: { scope: ['Cluster', 'Namespaced'] },
  },
  'apiextensions.v1.CustomResourceConversion': { enums: { strategy: ['None', 'Webhook'] } },
  'apiextensions.v1.WebhookConversion': { required: ['conversionReviewVersions'] },
  'apiextensions.v1.ServiceReference': service,
  'apiextensions.v1.CustomResourceColumnDefinition': {
    enums: { type: ['boolean', 'date', 'integer', 'number', 'string'] },
    ranges: { priority: [0] },
  },
  'apiregistration.v1.APIServiceSpec': {
    ranges: { groupPriorityMinimum: [1, 20_000], versionPriority: [1, 1000] },
  },
  'apiregistration.v1.ServiceReference': service,
  'flowcontrol.v1.FlowSchemaSpec': {
    defaults: { matchingPrecedence: 1000 },
    ranges: { matchingPrecedence: [1, 10_000] },
  },
  'flowcontrol.v1.FlowDistinguisherMethod': { enums: { type: ['ByNamespace', 'ByUser'] } },
  'flowcontrol.v1.PolicyRulesWithSubjects': { required: ['subjects'] },
  'flowcontrol.v1.ResourcePolicyRule': { required: ['verbs', 'apiGroups', 'resources'] },
  'flowcontrol.v1.NonResourcePolicyRule': { required: ['verbs', 'nonResourceURLs'] },
  'flowcontrol.v1.Subject': { enums: { kind: ['Group', 'ServiceAccount', 'User'] } },
  'flowcontrol.v1.PriorityLevelConfigurationSpec': { enums: { type: ['Exempt', 'Limited'] } },
  'flowcontrol.v1.LimitedPriorityLevelConfiguration': {
    defaults: { nominalConcurrencyShares: 30, lendablePercent: 0 },
    ranges: { nominalConcurrencyShares: [0], lendablePercent: [0, 100], borrowingLimitPercent: [0] },
  },
  'flowcontrol.v1.ExemptPriorityLevelConfiguration': {
    defaults: { nominalConcurrencyShares: 0, lendablePercent: 0 },
    ranges: { nominalConcurrencyShares: [0], lendablePercent: [0, 100] },
  },
  'flowcontrol.v1.LimitResponse': { enums: { type: ['Queue', 'Reject'] } },
  'flowcontrol.v1.QueuingConfiguration': {
    defaults: { queues: 64, handSize: 8, queueLengthLimit: 50 },
    ranges: { queues: [1, 10_000_000], handSize: [1], queueLengthLimit: [1] },
  },
};
