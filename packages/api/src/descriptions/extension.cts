/** Webhooks, policies, custom kinds, other servers, fairness among requests. The form: texts.ts. */
module.exports = `
@ admissionregistration.v1
ValidatingWebhookConfiguration: Servers that may refuse objects on their way in. They are asked side by side,
      after all changes.
  webhooks: The servers; names must differ.
MutatingWebhookConfiguration: Servers that may change objects on their way in. They are asked one after
      another, before validation.
  webhooks: The servers; names must differ.
ValidatingWebhook, MutatingWebhook:
  admissionReviewVersions: Versions of AdmissionReview that it understands, the best first; v1 must be among
      them.
  clientConfig: How to reach it.
  failurePolicy: What to do if it cannot be asked: Fail (default) refuses the request, Ignore lets it pass.
  matchConditions: CEL expressions that must all be true for it to be asked, at most 64.
  matchPolicy: Exact: only requests that rules name; Equivalent (default): also those for the same object in
      another group or version, converted.
  name: Full name as DNS with at least three parts, such as policy.example.com.
  namespaceSelector: Asked only for objects in namespaces with these labels; for Namespaces, their own.
      Objects of the cluster always pass this. Default: all.
  objectSelector: Asked only for objects with these labels, before or after the change. Users can avoid it by
      labels. Default: all.
  rules: Requests that it is asked about; one that matches is enough. Never asked about webhook configurations
      and admission policies.
  sideEffects: None or NoneOnDryRun: whether asking it changes something elsewhere. Must be one of these.
  timeoutSeconds: Seconds to wait for the answer, 1 to 30. Default 10. Then failurePolicy decides.
ValidatingWebhook: A server that may refuse objects.
MutatingWebhook: A server that may change objects.
  reinvocationPolicy: Whether it is asked again if a later one changes the object: Never (default) or
      IfNeeded: at least once more.
RuleWithOperations, NamedRuleWithOperations:
  apiGroups: Groups of the resources; "" is the core group, * all.
  apiVersions: Versions of the resources; * for all.
  operations: CREATE, UPDATE, DELETE, CONNECT; * for all.
  resources: Plural names such as pods or pods/status; * for all but subresources, */* for these too.
  scope: Cluster, Namespaced, or * (default) for both.
RuleWithOperations: Requests by operation and resource.
NamedRuleWithOperations: Requests by operation, resource and name.
  resourceNames: Names of single objects. Empty: all.
WebhookClientConfig: How to reach a server; either service or url.
  caBundle: CA certificates in PEM, here in base64, that its certificate is checked against. Default: those of
      the API server's host.
  service: A Service of the cluster.
  url: Address as https://host:port/path, without user, query or fragment.
ServiceReference: A Service to call.
  name: The Service.
  namespace: The namespace of the Service.
  path: The path of the URL. Default /.
  port: Which of the Service's ports, 1 to 65535. Default 443.
MatchCondition: A condition in CEL.
  expression: CEL over object, oldObject, request and authorizer that gives true or false. In policies also
      params and variables.
  name: A qualified name, unique in the list.
MatchResources: Requests by resource, operation and labels; all that it says must match.
  excludeResourceRules: Requests that it is not for, even if a rule matches.
  matchPolicy: Exact: only requests that rules name; Equivalent (default): also those for the same object in
      another group or version, converted.
  namespaceSelector: Only objects in namespaces with these labels. Objects of the cluster always pass this.
      Default: all.
  objectSelector: Only objects with these labels, before or after the change. Default: all.
  resourceRules: Requests that it is for; one that matches is enough.
ValidatingAdmissionPolicy: Expressions that objects have to satisfy to get in. Without a binding it does
      nothing.
ValidatingAdmissionPolicySpec: Which requests, and what must hold. At least one validation or audit
      annotation.
  auditAnnotations: Texts to put into the audit log, at most 20.
  failurePolicy: What to do if an expression fails: Fail (default) refuses the request, Ignore lets it pass.
  matchConditions: CEL expressions that must all be true for the policy to be looked at, at most 64.
  matchConstraints: Requests that it is for. Required.
  paramKind: Kind of the object that bindings pass as params. Unset: params is null.
  validations: Expressions that must all be true.
  variables: Expressions with names, for later ones to use as variables.NAME.
ValidatingAdmissionPolicyStatus: What was found out about the expressions.
  typeChecking: Mistakes in the expressions for the kinds they are for.
TypeChecking:
  expressionWarnings: One entry for each expression with a mistake.
ExpressionWarning:
  fieldRef: Path of the expression, such as spec.validations[0].expression.
  warning: What is wrong, by kind.
Validation: What must hold.
  expression: CEL over object, oldObject, request, params, namespaceObject, variables and authorizer that must
      give true.
  message: What to answer if it is false; one line. Default: the expression itself. Required if the expression
      has several lines.
  messageExpression: CEL that gives the message, instead of it.
  reason: The reason of the answer: Invalid (default, 422), Forbidden (403), Unauthorized (401) or
      RequestEntityTooLarge (413).
AuditAnnotation: A text for the audit log.
  key: Ends the key, after the policy's name and /. At most 63 characters.
  valueExpression: CEL that gives the text, or null for none; at most 5 kB. Longer results are cut at 10 kB.
Variable: An expression with a name.
  expression: CEL; may use variables defined before it.
  name: An identifier of CEL; used as variables.NAME.
ParamKind: Kind of an object with parameters.
  apiVersion: Group and version of the kind.
  kind: The kind.
ValidatingAdmissionPolicyBinding: Where a validating policy holds, with which parameters, and what follows.
MutatingAdmissionPolicyBinding: Where a mutating policy holds, and with which parameters.
ValidatingAdmissionPolicyBindingSpec, MutatingAdmissionPolicyBindingSpec: Which policy, for what.
  matchResources: Requests of the policy that it holds for. Default: all of these.
  paramRef: Object that is passed to it as params. Required if the policy has a paramKind.
  policyName: The policy. A missing one makes the binding void.
ValidatingAdmissionPolicyBindingSpec:
  validationActions: What follows if it does not hold: Deny, Warn, Audit; Deny and Warn exclude each other. At
      least one.
ParamRef: Objects to pass as params: by name or by selector. With several, the policy must hold for each.
  name: The object; not with selector.
  namespace: The namespace of the object. Unset: that of the object under review. Refused for kinds of the
      cluster.
  parameterNotFoundAction: What to do if there is none: Allow or Deny. Required.
  selector: Objects by labels; empty: all.
MutatingAdmissionPolicy: Expressions that change objects on their way in. Without a binding it does nothing.
MutatingAdmissionPolicySpec: Which requests, and what to change.
  failurePolicy: What to do if an expression fails: Fail (default) refuses the request, Ignore leaves the
      object as it is.
  matchConditions: CEL expressions that must all be true for the policy to be looked at, at most 64.
  matchConstraints: Requests that it is for; CREATE and UPDATE only. Required.
  mutations: Changes, made in this order.
  paramKind: Kind of the object that bindings pass as params.
  reinvocationPolicy: Whether it runs again if a later change needs it: Never or IfNeeded. Required.
  variables: Expressions with names, for later ones to use as variables.NAME.
Mutation: A change; the field that patchType names is set.
  applyConfiguration: The change as a part of the object, merged as by server-side apply.
  jsonPatch: The change as a JSON patch.
  patchType: ApplyConfiguration or JSONPatch.
ApplyConfiguration:
  expression: CEL that gives Object{...} with the fields to set. Cannot change atomic lists and maps in part.
JSONPatch:
  expression: CEL that gives a list of JSONPatch{op: ..., path: ..., value: ...}. jsonpatch.escapeKey()
      escapes / and ~ in keys.

@ apiextensions.v1
CustomResourceDefinition: A further kind of object, with its names, versions and schema. Its name is
      PLURAL.GROUP. Deleting it deletes all its objects.
CustomResourceDefinitionSpec: The kind, its names and versions.
  conversion: How objects are converted between versions.
  group: API group, a DNS name. Cannot be changed.
  names: The names of the kind.
  preserveUnknownFields: Must be false. Set x-kubernetes-preserve-unknown-fields in a schema instead.
  scope: Namespaced or Cluster. Cannot be changed.
  versions: One or more; exactly one is stored. Served ones are listed by rank: v2, v1, v1beta1, ...
CustomResourceDefinitionNames:
  categories: Sets that it belongs to, such as all.
  kind: Name of the kind in CamelCase. Cannot be changed once accepted.
  listKind: Name of its list. Default: the kind and List.
  plural: Name in URLs, lower case. Cannot be changed.
  shortNames: Short names for kubectl, lower case.
  singular: One object, as it is called, lower case. Default: the kind in lower case.
CustomResourceDefinitionVersion: A version of a kind.
  additionalPrinterColumns: Columns of kubectl get, after the name. Default: the age.
  deprecated: True to warn those who use it. Default false.
  deprecationWarning: Text of that warning, at most 256 characters. Only if deprecated.
  name: The version, a DNS label such as v1alpha1; unique.
  schema: What objects look like. Required, and structural.
  selectableFields: Fields for --field-selector, besides metadata.name and metadata.namespace; at most 8.
  served: Whether requests for it are answered.
  storage: Whether objects are stored in it; true for exactly one.
  subresources: Whether it has status and scale.
CustomResourceColumnDefinition: A column of kubectl get.
  description: What it shows, for people.
  format: How to show it: int32, int64, float, double, byte, date, date-time, password. name marks the name's
      column.
  jsonPath: Path of the value, such as .spec.replicas.
  name: Heading of the column.
  priority: 0 (default): always shown; greater: with -o wide only.
  type: integer, number, string, boolean or date; a date is shown as an age.
CustomResourceConversion: A way to convert objects from one version to another.
  strategy: None: only the apiVersion changes; Webhook: a server is asked.
  webhook: The server, for strategy Webhook.
WebhookConversion: A server that converts.
  clientConfig: How to reach it. Required.
  conversionReviewVersions: Versions of ConversionReview that it understands, the best first.
WebhookClientConfig: How to reach a server; either service or url.
  caBundle: CA certificates in PEM, here in base64, that its certificate is checked against. Default: those of
      the API server's host.
  service: A Service of the cluster.
  url: Address as https://host:port/path, without user, query or fragment.
ServiceReference: A Service to call.
  name: The Service. Required.
  namespace: The namespace of the Service. Required.
  path: The path of the URL. Default /.
  port: Which of the Service's ports, 1 to 65535. Default 443.
SelectableField: A field to select by.
  jsonPath: Path of a string, boolean or integer field, such as .spec.color; no lists. Required.
CustomResourceSubresources: Subresources of a kind.
  scale: Offers scale, for kubectl scale and autoscalers.
  status: {} to offer status: status is then written only there, and only there; changes of the rest raise
      generation.
CustomResourceSubresourceStatus: The status subresource; has no settings.
CustomResourceSubresourceScale: Where scale finds its numbers.
  labelSelectorPath: Path of a string, in spec or status, that has the selector of the pods. Needed by
      autoscalers.
  specReplicasPath: Path of the wanted number, below .spec.
  statusReplicasPath: Path of the number there is, below .status.
CustomResourceDefinitionStatus: How the definition is doing.
  acceptedNames: Names that are served; they may differ from the spec's in a clash.
  conditions: Established, NamesAccepted, NonStructuralSchema, Terminating and
      KubernetesAPIApprovalPolicyConformant.
  storedVersions: Versions that objects have ever been stored in. One can be removed from the spec only after
      it is removed here.
CustomResourceDefinitionCondition: Something that holds of a definition.
  status: True, False or Unknown.
  type: Established (objects can be made), NamesAccepted, NonStructuralSchema, Terminating or
      KubernetesAPIApprovalPolicyConformant.
CustomResourceValidation:
  openAPIV3Schema: The schema. Unknown fields are dropped (pruned), defaults filled in, the rest is checked.
JSONSchemaProps: A schema, as in OpenAPI 3.0, within the bounds of structural schemas.
  $ref: Not allowed in definitions of kinds.
  $schema: Not allowed in definitions of kinds.
  additionalItems: Not allowed in definitions of kinds.
  additionalProperties: Schema of all values of a map. Not together with properties.
  allOf: Schemas that must all hold; for checks only, no new fields or types.
  anyOf: Schemas of which at least one must hold; for checks only.
  default: Filled in where the field is missing, at reading as well. Must satisfy the schema.
  definitions: Not allowed in definitions of kinds.
  dependencies: Not allowed in definitions of kinds.
  description: What it is, for people; kubectl explain shows it.
  enum: Values that are allowed.
  example: An example, for people.
  exclusiveMaximum: True if the maximum itself is not allowed. Default false.
  exclusiveMinimum: True if the minimum itself is not allowed. Default false.
  externalDocs: Where to read more.
  format: Form of a string or number, such as date-time, duration, byte, uuid, ipv4, int32. Unknown ones are
      ignored.
  id: Not allowed in definitions of kinds.
  items: Schema of all items of a list. Required for lists.
  maxItems: The most items of a list. Set it to bound the cost of CEL rules.
  maxLength: The most characters of a string. Set it to bound the cost of CEL rules.
  maxProperties: The most entries of a map. Set it to bound the cost of CEL rules.
  maximum: The greatest number.
  minItems: The least items of a list.
  minLength: The least characters of a string.
  minProperties: The least entries of a map.
  minimum: The least number.
  multipleOf: Number that the value must be a multiple of.
  not: Schema that must not hold; for checks only.
  nullable: True to allow null. Default false: null is dropped where there is a default, else refused.
  oneOf: Schemas of which exactly one must hold; for checks only.
  pattern: Regular expression that must be found in a string; anchor it with ^ and $.
  patternProperties: Not allowed in definitions of kinds.
  properties: Schemas of the fields by name.
  required: Fields that must be there.
  title: A heading, for people.
  type: object, array, string, integer, number or boolean. Required but for int-or-string and fields that keep
      the unknown.
  uniqueItems: Must not be true: use x-kubernetes-list-type set.
  x-kubernetes-embedded-resource: True for a whole object with apiVersion, kind and metadata. Default false.
  x-kubernetes-int-or-string: True for an integer or a string; type must be unset. Default false.
  x-kubernetes-list-map-keys: Fields that tell items of a list of type map apart. They must be required or
      have a default.
  x-kubernetes-list-type: atomic (default): written as a whole; set: of different scalars; map: of objects
      with keys. Tells how writers are merged.
  x-kubernetes-map-type: granular (default): each entry has its writer; atomic: written as a whole.
  x-kubernetes-preserve-unknown-fields: True to keep fields that the schema does not name. Default: they are
      dropped.
  x-kubernetes-validations: CEL rules that must hold.
JSON: Any value.
JSONSchemaPropsOrArray: A schema, or a list of schemas.
JSONSchemaPropsOrBool: A schema, or true or false.
JSONSchemaPropsOrStringArray: A schema, or a list of names.
ExternalDocumentation: A page about it.
  description: What is found there.
  url: Address of the page.
ValidationRule: A CEL rule.
  fieldPath: Field to name in the error, below this one, such as .spec.replicas. Default: this one.
  message: What to answer if it does not hold; one line. Required if the rule has several lines.
  messageExpression: CEL that gives the message, instead of it.
  optionalOldSelf: True to check a rule with oldSelf also when the object is made; oldSelf is then an
      optional. Default false.
  reason: The reason of the error: FieldValueInvalid (default), FieldValueForbidden, FieldValueRequired or
      FieldValueDuplicate.
  rule: CEL over self that must give true, such as self.minReplicas <= self.replicas. With oldSelf it is
      checked on updates only.

@ apiregistration.v1
APIService: A group and version of the API and who serves it. Its name is VERSION.GROUP.
APIServiceSpec: Who serves it.
  caBundle: CA certificates in PEM, here in base64, that the server's certificate is checked against. Default:
      those of the API server's host.
  group: API group.
  groupPriorityMinimum: Rank of the group: higher ones are preferred for kinds of the same name. 1 to 20000.
  insecureSkipTLSVerify: True not to check the server's certificate. Default false; do not use it.
  service: Who serves it. Unset: this API server itself.
  version: API version.
  versionPriority: Rank among versions of the group: higher first, then by name. 1 to 1000.
APIServiceStatus: How it is doing.
  conditions: Available.
APIServiceCondition: Something that holds of a group and version.
  status: True, False or Unknown.
  type: Available: whether it can be reached.
ServiceReference: A Service to call.
  name: The Service.
  namespace: The namespace of the Service.
  port: Which of the Service's ports, 1 to 65535. Default 443.

@ flowcontrol.v1
FlowSchema: Which requests belong to which priority level.
FlowSchemaSpec: Which requests, and their level.
  distinguisherMethod: What makes flows within it, which are treated fairly among each other. Unset: all is
      one flow.
  matchingPrecedence: Order among schemas: the lowest that matches a request is taken. 1 to 10000, default
      1000.
  priorityLevelConfiguration: Level of the requests. Required.
  rules: Requests it is for; one that matches is enough. Empty: none.
FlowDistinguisherMethod:
  type: ByUser or ByNamespace.
PriorityLevelConfigurationReference: A priority level.
  name: The level.
PolicyRulesWithSubjects: Requests of someone for something: a subject and a rule must match.
  nonResourceRules: Requests for paths.
  resourceRules: Requests for resources. At least one rule of either sort is needed.
  subjects: Who makes the request; one that matches is enough.
Subject: Who makes a request; the field that kind names is set.
  group: Members of a group.
  kind: User, Group or ServiceAccount.
  serviceAccount: A ServiceAccount.
  user: A user.
UserSubject: A user by name.
  name: The user's name; * for all.
GroupSubject: A group by name.
  name: The group's name; * for all.
ServiceAccountSubject: A ServiceAccount by name.
  name: The account's name; * for all of the namespace.
  namespace: The namespace of the account.
ResourcePolicyRule: Requests for resources; all that it says must match.
  apiGroups: Groups; "" is the core group, * all.
  clusterScope: True to match requests without a namespace: for resources of the cluster, or in all
      namespaces. Default false.
  namespaces: Which namespaces; * for all. Empty: only requests without one.
  resources: Plural names such as pods or pods/status; * for all.
  verbs: Which verbs; * for all.
NonResourcePolicyRule: Requests for paths; path and verb must match.
  nonResourceURLs: Paths such as /healthz or /api/*; * for all.
  verbs: Methods in lower case; * for all.
FlowSchemaStatus: How the schema is doing.
  conditions: Dangling: its level does not exist.
FlowSchemaCondition: Something that holds of a schema.
  status: True, False or Unknown.
  type: Dangling: whether its level is missing.
PriorityLevelConfiguration: How many requests of a level are served at a time, and how others wait.
PriorityLevelConfigurationSpec: Bounds of the level.
  exempt: Settings for type Exempt.
  limited: Settings for type Limited.
  type: Exempt: never held up; Limited: by the settings. Cannot be changed for the built-in levels.
ExemptPriorityLevelConfiguration: A level that is never held up but lends what it does not use.
  lendablePercent: How much of its share others may borrow, 0 to 100. Default 0.
  nominalConcurrencyShares: Its share of the server's seats, relative to that of others. Default 0.
LimitedPriorityLevelConfiguration: A level that is held to its share.
  borrowingLimitPercent: How much it may borrow at most, in percent of its share. Unset: no bound.
  lendablePercent: How much of its share others may borrow, 0 to 100. Default 0.
  limitResponse: What becomes of requests that cannot be served now.
  nominalConcurrencyShares: Its share of the server's seats, relative to that of others. Default 30.
LimitResponse: Whether requests wait, and how.
  queuing: Queues, for type Queue.
  type: Queue: they wait; Reject: they are answered with 429.
QueuingConfiguration: Queues of a level.
  handSize: How many queues a flow may be put into; the shortest is taken. Default 8; not above queues.
  queueLengthLimit: How many requests wait in a queue at most; further ones get 429. Default 50.
  queues: How many queues there are, 1 to 10000000. Default 64; with 1, flows are not kept apart.
PriorityLevelConfigurationStatus: How the level is doing.
  conditions: Reports on the level; usually none.
PriorityLevelConfigurationCondition: Something that holds of a level.
  status: True, False or Unknown.
  type: What it is about.
`;
