import { type RoleTable, writesEvents } from './rules.js';

/*
 * Kubernetes' default ClusterRoles (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings):
 * what clients and operators rely on by name. Those of controllers are in controller-roles.ts.
 */

const info = '/healthz /livez /readyz /version /version/';

/** A lease to be leader by; named, since whoever may update every lease may end any leader's term. */
const leads = (name: string) => [
  'create | coordination.k8s.io | leases',
  `get update | coordination.k8s.io | leases | ${name}`,
];
const asksWho = [
  'create | authentication.k8s.io | tokenreviews',
  'create | authorization.k8s.io | subjectaccessreviews',
];

/** What the three roles for people are made of; labels say which goes into which (bootstrap.ts). */
export const aggregatedRoles: RoleTable = {
  'system:aggregate-to-admin': [
    'create | authorization.k8s.io | localsubjectaccessreviews',
    'read write | rbac.authorization.k8s.io | rolebindings roles',
  ],
  'system:aggregate-to-edit': [
    'read | - | pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy',
    'impersonate | - | serviceaccounts',
    'write | - | pods pods/attach pods/exec pods/portforward pods/proxy',
    'create | - | pods/eviction',
    'write | - | configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale',
    'write | - | secrets serviceaccounts services services/proxy',
    'create | - | serviceaccounts/token',
    'write | apps | daemonsets deployments deployments/rollback deployments/scale replicasets',
    'write | apps | replicasets/scale statefulsets statefulsets/scale',
    'write | autoscaling | horizontalpodautoscalers',
    'write | batch | cronjobs jobs',
    'write | extensions | daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies',
    'write | extensions | replicasets replicasets/scale replicationcontrollers/scale',
    'write | policy | poddisruptionbudgets',
    'write | networking.k8s.io | ingresses networkpolicies',
    'read write | coordination.k8s.io | leases',
    'write | resource.k8s.io | resourceclaims resourceclaimtemplates',
  ],
  'system:aggregate-to-view': [
    'read | - | configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods',
    'read | - | replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    'read | - | bindings events limitranges namespaces/status pods/log pods/status',
    'read | - | replicationcontrollers/status resourcequotas resourcequotas/status',
    'read | - | namespaces',
    'read | discovery.k8s.io | endpointslices',
    'read | apps | controllerrevisions daemonsets daemonsets/status deployments deployments/scale',
    'read | apps | deployments/status replicasets replicasets/scale replicasets/status',
    'read | apps | statefulsets statefulsets/scale statefulsets/status',
    'read | autoscaling | horizontalpodautoscalers horizontalpodautoscalers/status',
    'read | batch | cronjobs cronjobs/status jobs jobs/status',
    'read | extensions | daemonsets daemonsets/status deployments deployments/scale deployments/status',
    'read | extensions | ingresses ingresses/status networkpolicies replicasets replicasets/scale',
    'read | extensions | replicasets/status replicationcontrollers/scale',
    'read | policy | poddisruptionbudgets poddisruptionbudgets/status',
    'read | networking.k8s.io | ingresses ingresses/status networkpolicies',
    'read | resource.k8s.io | resourceclaims resourceclaims/status resourceclaimtemplates',
  ],
};

/** What the Node authorizer grants of what it does not judge by its graph; the role itself is bound to nobody. */
export const nodeRules = [
  'create | authentication.k8s.io | tokenreviews',
  'create | authorization.k8s.io | localsubjectaccessreviews subjectaccessreviews',
  'read | - | services',
  'create read | - | nodes',
  'patch update | - | nodes/status',
  'patch update | - | nodes',
  'create patch update | - events.k8s.io | events',
  'read | - | pods',
  'create delete | - | pods',
  'patch update | - | pods/status',
  'create | - | pods/eviction',
  'read | - | configmaps secrets',
  'get | - | persistentvolumeclaims persistentvolumes',
  'get | - | endpoints',
  'create read | certificates.k8s.io | certificatesigningrequests',
  'create delete get patch update | coordination.k8s.io | leases',
  'get | storage.k8s.io | volumeattachments',
  'create | - | serviceaccounts/token',
  'get patch update | - | persistentvolumeclaims/status',
  'read | storage.k8s.io | csidrivers',
  'create delete get patch update | storage.k8s.io | csinodes',
  'read | node.k8s.io | runtimeclasses',
  'get | resource.k8s.io | resourceclaims',
  'deletecollection | resource.k8s.io | resourceslices',
  'create delete get list patch update watch | resource.k8s.io | resourceslices',
];

export const clusterRoles: RoleTable = {
  'cluster-admin': ['* | * | *', '* | *'],
  'system:auth-delegator': asksWho,
  'system:basic-user': [
    'create | authorization.k8s.io | selfsubjectaccessreviews selfsubjectrulesreviews',
    'create | authentication.k8s.io | selfsubjectreviews',
  ],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [
    'create | certificates.k8s.io | certificatesigningrequests/nodeclient',
  ],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [
    'create | certificates.k8s.io | certificatesigningrequests/selfnodeclient',
  ],
  'system:certificates.k8s.io:kube-apiserver-client-approver': [
    'approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client',
  ],
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': [
    'approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client-kubelet',
  ],
  'system:certificates.k8s.io:kubelet-serving-approver': [
    'approve | certificates.k8s.io | signers | kubernetes.io/kubelet-serving',
  ],
  'system:certificates.k8s.io:legacy-unknown-approver': [
    'approve | certificates.k8s.io | signers | kubernetes.io/legacy-unknown',
  ],
  'system:discovery': [`get | /api /api/* /apis /apis/* /openapi /openapi/* ${info}`],
  'system:heapster': ['read | - | events namespaces nodes pods', 'read | extensions | deployments'],
  'system:kube-aggregator': ['read | - | endpoints services'],
  'system:kube-controller-manager': [
    writesEvents,
    ...leads('kube-controller-manager'),
    'create | - | secrets serviceaccounts',
    'delete | - | secrets',
    'get | - | configmaps namespaces secrets serviceaccounts',
    'update | - | secrets serviceaccounts',
    ...asksWho,
    'list watch | * | *',
    'create | - | serviceaccounts/token',
  ],
  'system:kube-dns': ['list watch | - | endpoints services'],
  'system:kube-scheduler': [
    writesEvents,
    ...leads('kube-scheduler'),
    'read | - | nodes',
    'delete read | - | pods',
    'create | - | bindings pods/binding',
    'patch update | - | pods/status',
    'read | - | replicationcontrollers services',
    'read | apps extensions | replicasets',
    'read | apps | statefulsets',
    'read | policy | poddisruptionbudgets',
    'read | - | persistentvolumeclaims persistentvolumes',
    ...asksWho,
    'read | storage.k8s.io | csinodes',
    'read | - | namespaces',
    'read | storage.k8s.io | csidrivers',
    'read | storage.k8s.io | csistoragecapacities',
    'read | resource.k8s.io | deviceclasses',
    'patch read update | resource.k8s.io | resourceclaims',
    'patch update | resource.k8s.io | resourceclaims/status',
    'read | resource.k8s.io | resourceslices',
  ],
  'system:kubelet-api-admin': [
    'read | - | nodes',
    'proxy | - | nodes',
    '* | - | nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats',
  ],
  'system:monitoring': ['get | /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'],
  'system:node': nodeRules,
  'system:node-bootstrapper': ['create read | certificates.k8s.io | certificatesigningrequests'],
  'system:node-problem-detector': ['get | - | nodes', 'patch | - | nodes/status', writesEvents],
  'system:node-proxier': [
    'list watch | - | endpoints services',
    'read | - | nodes',
    writesEvents,
    'list watch | discovery.k8s.io | endpointslices',
    'list watch | networking.k8s.io | servicecidrs',
  ],
  'system:persistent-volume-provisioner': [
    'create delete read | - | persistentvolumes',
    'read update | - | persistentvolumeclaims',
    'read | storage.k8s.io | storageclasses',
    'watch | - | events',
    writesEvents,
  ],
  'system:public-info-viewer': [`get | ${info}`],
  'system:service-account-issuer-discovery': ['get | /.well-known/openid-configuration /openid/v1/jwks'],
  'system:volume-scheduler': [
    'patch read update | - | persistentvolumes',
    'read | storage.k8s.io | storageclasses',
    'patch read update | - | persistentvolumeclaims',
  ],
};
