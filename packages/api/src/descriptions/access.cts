/** Rights, evictions, reviews, tokens and certificates. The form: texts.ts. */
module.exports = `
@ rbac.v1
Role: Rights within one namespace. There are only grants, no denials.
  rules: What is allowed; each rule adds to it.
ClusterRole: Rights in the whole cluster, or to be bound in a namespace.
  aggregationRule: ClusterRoles whose rules are gathered here by a controller, which overwrites rules.
  rules: What is allowed; each rule adds to it.
PolicyRule: Verbs on resources or on URLs; a rule is for one or the other.
  apiGroups: Groups of the resources; "" is the core group, * all.
  nonResourceURLs: Paths such as /healthz, or /logs/* with the star at the end. Only in ClusterRoles bound in
      the whole cluster.
  resourceNames: Names of single objects. Empty: all. Cannot limit create and deletecollection, and list and
      watch only with a field selector on the name.
  resources: Plural names such as pods or pods/log, * for all, */scale for one subresource of all.
  verbs: Such as get, list, watch, create, update, patch, delete, deletecollection, bind, escalate,
      impersonate; * for all.
AggregationRule: How to gather rules.
  clusterRoleSelectors: Labels of ClusterRoles whose rules are gathered; one that matches is enough.
RoleBinding: Gives a role's rights to users, groups and accounts within one namespace.
  roleRef: A Role of the namespace or a ClusterRole. Cannot be changed: delete the binding and make another.
  subjects: Who gets the rights.
ClusterRoleBinding: Gives a ClusterRole's rights to users, groups and accounts everywhere.
  roleRef: A ClusterRole. Cannot be changed: delete the binding and make another.
  subjects: Who gets the rights.
RoleRef: The role that a binding gives.
  apiGroup: Always rbac.authorization.k8s.io.
  kind: Role or ClusterRole.
  name: The role. It need not exist yet.
Subject: A user, a group or a service account.
  apiGroup: Empty for a ServiceAccount, rbac.authorization.k8s.io for User and Group; filled in.
  kind: User, Group or ServiceAccount.
  name: The name of the user, group or account.
  namespace: The namespace of the ServiceAccount, required for it; refused for User and Group.

@ policy.v1
PodDisruptionBudget: How many pods of a selection may be missing by evictions at one time. Deletions are not
      held up.
PodDisruptionBudgetSpec: Which pods, and how many must stay. Either maxUnavailable or minAvailable.
  maxUnavailable: How many may be missing, as a number or percentage, rounded up. Needs pods that have a
      controller.
  minAvailable: How many must stay healthy, as a number or percentage, rounded up. 100% forbids all evictions.
  selector: Labels of the pods, in the namespace. Empty: all; unset: none.
  unhealthyPodEvictionPolicy: Whether pods that run but are not ready may be evicted: IfHealthyBudget
      (default): only if enough others are healthy; AlwaysAllow: at any time.
PodDisruptionBudgetStatus: What may be evicted now.
  conditions: DisruptionAllowed: whether an eviction would pass now.
  currentHealthy: Pods that are ready.
  desiredHealthy: Pods that must be ready.
  disruptedPods: Pods whose eviction has been allowed and that are about to go, with the time of it. Forgotten
      after 2 minutes.
  disruptionsAllowed: How many may be evicted now.
  expectedPods: Pods that are counted.
Eviction: Asks for a pod to be deleted if its budget allows; 429 if it does not. Posted to the pod's eviction
      subresource.
  deleteOptions: Options of the deletion, such as the grace period.

@ authentication.v1
TokenRequest: Asks for a token of a ServiceAccount. Posted to its token subresource.
TokenRequestSpec: What the token is to be like.
  audiences: Who is to accept it. Empty: the API server.
  boundObjectRef: The token is valid only as long as this object exists.
  expirationSeconds: How many seconds it is valid, at least 600. Default 3600; the server may shorten it.
TokenRequestStatus: The token.
  expirationTimestamp: When it expires.
  token: The token, a JWT.
BoundObjectReference: An object that a token is bound to.
  apiVersion: Group and version of the object.
  kind: Pod, Secret or Node.
  name: The object's name.
  uid: Identity of the object.
TokenReview: Asks whose a token is. Answered in the status; nothing is stored.
TokenReviewSpec: The token.
  audiences: Who you are: the token must be meant for one of them. Empty: the API server.
  token: Text of the token, without Bearer.
TokenReviewStatus: Whose the token is.
  audiences: Which of the audiences the token is meant for.
  authenticated: Whether the token is valid.
  error: Why it could not be checked.
  user: Whose it is, if it is valid.
UserInfo: A user, as authentication has found.
  extra: More about the user, by key.
  groups: The groups of the user.
  uid: Identity that tells apart users of one name over time.
  username: Name of the user.
SelfSubjectReview: Asks who one is (kubectl auth whoami).
SelfSubjectReviewStatus: Who asks.
  userInfo: The user who asks.

@ authorization.v1
SubjectAccessReview: Asks whether someone may do something, anywhere. Answered in the status; nothing is
      stored.
LocalSubjectAccessReview: Asks whether someone may do something in this namespace.
SelfSubjectAccessReview: Asks whether one may do something oneself (kubectl auth can-i).
SelfSubjectRulesReview: Asks what one may do in a namespace (kubectl auth can-i --list).
SubjectAccessReviewSpec, SelfSubjectAccessReviewSpec:
  nonResourceAttributes: The request, if it is for a path that is no resource. Either this or the other.
  resourceAttributes: The request, if it is for a resource.
SubjectAccessReviewSpec: Who, and what. A user or a group is needed.
  extra: More about the user, by key, as authentication gives it.
  groups: The groups of the user.
  uid: Identity of the user.
  user: Name of the user.
SelfSubjectAccessReviewSpec: What; exactly one field is set.
SelfSubjectRulesReviewSpec: The namespace to look at.
  namespace: The namespace. Required.
ResourceAttributes:
  fieldSelector: Bounds by a field selector, for list, watch and deletecollection.
  group: API group; * for all.
  labelSelector: Bounds by a label selector, for list, watch and deletecollection.
  name: A single object. Empty: all.
  namespace: The namespace. Empty: all, or none for resources of the cluster.
  resource: Plural name such as pods; * for all.
  subresource: Such as log or status. Empty: the object itself.
  verb: Such as get, list, create; * for all.
  version: API version; * for all.
NonResourceAttributes:
  path: The path of the URL.
  verb: The method in lower case, such as get.
FieldSelectorAttributes, LabelSelectorAttributes:
  rawSelector: The selector as it stands in a URL; parsed as far as possible. Not with requirements.
  requirements: The selector, taken apart; all must hold.
FieldSelectorAttributes: A field selector of a request.
LabelSelectorAttributes: A label selector of a request.
SubjectAccessReviewStatus: The answer.
  allowed: Whether it is allowed.
  denied: Whether someone has denied it for certain. Neither allowed nor denied: nobody has allowed it.
  evaluationError: What went wrong on the way; the answer may be good all the same.
  reason: Why, for people.
SubjectRulesReviewStatus: What may be done, as far as is known.
  evaluationError: What went wrong on the way.
  incomplete: Whether something may be missing, since not all authorizers can list rules.
  nonResourceRules: Verbs on paths.
  resourceRules: Verbs on resources.
ResourceRule: What may be done with some resources.
  apiGroups: Groups; * for all.
  resourceNames: Names of single objects. Empty: all.
  resources: Which resources; * for all.
  verbs: Which verbs; * for all.
NonResourceRule: What may be done with some paths.
  nonResourceURLs: Paths; * at the end for all below.
  verbs: Methods in lower case; * for all.

@ certificates.v1
CertificateSigningRequest: Asks a signer for a certificate; someone has to approve it first. Deleted some time
      after its end.
CertificateSigningRequestSpec: The request and who makes it. Cannot be changed.
  expirationSeconds: Validity to ask for in seconds, at least 600. Default: as the signer has it. The signer
      may give less.
  extra: More about who asks; filled in by the server.
  groups: The groups of who asks; filled in by the server.
  request: PKCS#10 request in PEM, here in base64.
  signerName: Who is to sign, such as kubernetes.io/kube-apiserver-client or kubernetes.io/kubelet-serving. It
      decides what is allowed.
  uid: Identity of who asks; filled in by the server.
  usages: What the key is for: signing, digital signature, content commitment, key encipherment, key
      agreement, data encipherment, cert sign, crl sign, encipher only, decipher only, any, server auth,
      client auth, code signing, email protection, s/mime, ipsec end system, ipsec tunnel, ipsec user,
      timestamping, ocsp signing, microsoft sgc or netscape sgc.
  username: Who asks; filled in by the server.
CertificateSigningRequestStatus: What became of the request.
  certificate: The chain in PEM, here in base64; empty until signed. Never changes then.
  conditions: Approved, Denied or Failed; set through the approval and status subresources. Approved and
      Denied exclude each other and stay.
CertificateSigningRequestCondition: A decision on the request.
  lastUpdateTime: When it was last written.
  status: True, False or Unknown; True for Approved, Denied and Failed.
  type: Approved, Denied or Failed.
`;
