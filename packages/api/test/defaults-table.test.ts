import t from 'tap';
import { applyDefaults, findResourceByName } from '../src/index.js';
import { accepted } from './support.js';

const containers = [{ name: 'c', image: 'i' }];
const labels = { a: 'b' };
const template = { metadata: { labels }, spec: { containers } };
const selector = { matchLabels: labels };
const webhook = { name: 'h', clientConfig: {}, rules: [{}] };
const onPod = (spec: object, container: object = {}) => ({
  spec: { containers: [{ ...containers[0], ...container }], ...spec },
});
const probe = (given: object = {}) => onPod({}, { livenessProbe: { httpGet: { port: 80 }, ...given } });
const ofVolume = (source: object) => onPod({ volumes: [{ name: 'v', ...source }] });
const jobs = (spec: object) => ({ spec: { template, ...spec } });
const ports = (spec: object) => ({ spec: { ports: [{ port: 80 }], ...spec } });
const firstContainer = 'spec.containers.0';
const volume = 'spec.volumes.0';

/**
 * Kind, what is given, where to look, what is there then (undefined: nothing). From the API reference of each field ("Defaults to ...") and
 * the defaulting functions' documentation.
 */
const rows: readonly (readonly [kind: string, body: object, path: string, value: unknown])[] = [
  ['pods', onPod({}), 'spec.restartPolicy', 'Always'],
  ['pods', onPod({ restartPolicy: 'Never' }), 'spec.restartPolicy', 'Never'],
  ['pods', onPod({}), 'spec.dnsPolicy', 'ClusterFirst'],
  ['pods', onPod({}), 'spec.schedulerName', 'default-scheduler'],
  ['pods', onPod({}), 'spec.terminationGracePeriodSeconds', 30],
  ['pods', onPod({ terminationGracePeriodSeconds: 0 }), 'spec.terminationGracePeriodSeconds', 0],
  ['pods', onPod({}), 'spec.securityContext', {}],
  ['pods', onPod({}), 'spec.enableServiceLinks', true],
  ['pods', onPod({ enableServiceLinks: false }), 'spec.enableServiceLinks', false],
  ['pods', onPod({}), `${firstContainer}.imagePullPolicy`, 'Always'],
  ['pods', onPod({}, { image: 'i:latest' }), `${firstContainer}.imagePullPolicy`, 'Always'],
  ['pods', onPod({}, { image: 'i:1' }), `${firstContainer}.imagePullPolicy`, 'IfNotPresent'],
  ['pods', onPod({}, { image: 'h:5000/i' }), `${firstContainer}.imagePullPolicy`, 'Always'],
  ['pods', onPod({}, { image: 'h:5000/i:1' }), `${firstContainer}.imagePullPolicy`, 'IfNotPresent'],
  [
    'pods',
    onPod({}, { image: `i@sha256:${'0'.repeat(64)}` }),
    `${firstContainer}.imagePullPolicy`,
    'IfNotPresent',
  ],
  ['pods', onPod({}, { imagePullPolicy: 'Never' }), `${firstContainer}.imagePullPolicy`, 'Never'],
  ['pods', onPod({}), `${firstContainer}.terminationMessagePath`, '/dev/termination-log'],
  ['pods', onPod({}), `${firstContainer}.terminationMessagePolicy`, 'File'],
  ['pods', onPod({}), `${firstContainer}.resources`, {}],
  ['pods', onPod({}, { ports: [{ containerPort: 80 }] }), `${firstContainer}.ports.0.protocol`, 'TCP'],
  [
    'pods',
    onPod({ hostNetwork: true }, { ports: [{ containerPort: 80 }] }),
    `${firstContainer}.ports.0.hostPort`,
    80,
  ],
  ['pods', onPod({}, { ports: [{ containerPort: 80 }] }), `${firstContainer}.ports.0.hostPort`, undefined],
  ['pods', probe(), `${firstContainer}.livenessProbe.timeoutSeconds`, 1],
  ['pods', probe(), `${firstContainer}.livenessProbe.periodSeconds`, 10],
  ['pods', probe(), `${firstContainer}.livenessProbe.successThreshold`, 1],
  ['pods', probe(), `${firstContainer}.livenessProbe.failureThreshold`, 3],
  ['pods', probe(), `${firstContainer}.livenessProbe.initialDelaySeconds`, undefined],
  ['pods', probe(), `${firstContainer}.livenessProbe.httpGet.scheme`, 'HTTP'],
  ['pods', probe(), `${firstContainer}.livenessProbe.httpGet.path`, '/'],
  ['pods', probe({ timeoutSeconds: 7 }), `${firstContainer}.livenessProbe.timeoutSeconds`, 7],
  [
    'pods',
    onPod({}, { livenessProbe: { grpc: { port: 1 } } }),
    `${firstContainer}.livenessProbe.grpc.service`,
    '',
  ],
  [
    'pods',
    onPod({}, { lifecycle: { preStop: { httpGet: { port: 1 } } } }),
    `${firstContainer}.lifecycle.preStop.httpGet.scheme`,
    'HTTP',
  ],
  [
    'pods',
    onPod({}, { env: [{ name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    `${firstContainer}.env.0.valueFrom.fieldRef.apiVersion`,
    'v1',
  ],
  [
    'pods',
    onPod({}, { resources: { limits: { cpu: '1' } } }),
    `${firstContainer}.resources.requests`,
    { cpu: '1' },
  ],
  [
    'pods',
    onPod({}, { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }),
    `${firstContainer}.resources.requests`,
    { cpu: '500m', memory: '1Gi' },
  ],
  ['pods', onPod({ initContainers: containers }), 'spec.initContainers.0.imagePullPolicy', 'Always'],
  ['pods', ofVolume({}), `${volume}.emptyDir`, {}],
  ['pods', ofVolume({ secret: { secretName: 's' } }), `${volume}.secret.defaultMode`, 0o644],
  ['pods', ofVolume({ secret: { secretName: 's', defaultMode: 0 } }), `${volume}.secret.defaultMode`, 0],
  ['pods', ofVolume({ configMap: { name: 's' } }), `${volume}.configMap.defaultMode`, 0o644],
  ['pods', ofVolume({ downwardAPI: {} }), `${volume}.downwardAPI.defaultMode`, 0o644],
  ['pods', ofVolume({ projected: { sources: [] } }), `${volume}.projected.defaultMode`, 0o644],
  [
    'pods',
    ofVolume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
    `${volume}.projected.sources.0.serviceAccountToken.expirationSeconds`,
    3600,
  ],
  ['pods', ofVolume({ hostPath: { path: '/' } }), `${volume}.hostPath.type`, ''],
  [
    'pods',
    ofVolume({ iscsi: { targetPortal: 'p', iqn: 'i', lun: 0 } }),
    `${volume}.iscsi.iscsiInterface`,
    'default',
  ],
  ['pods', ofVolume({ rbd: { monitors: ['m'], image: 'i' } }), `${volume}.rbd.pool`, 'rbd'],
  ['pods', ofVolume({ rbd: { monitors: ['m'], image: 'i' } }), `${volume}.rbd.user`, 'admin'],
  ['pods', ofVolume({ rbd: { monitors: ['m'], image: 'i' } }), `${volume}.rbd.keyring`, '/etc/ceph/keyring'],
  ['services', ports({}), 'spec.type', 'ClusterIP'],
  ['services', ports({}), 'spec.sessionAffinity', 'None'],
  ['services', ports({}), 'spec.internalTrafficPolicy', 'Cluster'],
  ['services', ports({}), 'spec.ports.0.protocol', 'TCP'],
  ['services', ports({}), 'spec.ports.0.targetPort', 80],
  ['services', { spec: { ports: [{ port: 80, targetPort: 'http' }] } }, 'spec.ports.0.targetPort', 'http'],
  ['services', ports({ type: 'NodePort' }), 'spec.externalTrafficPolicy', 'Cluster'],
  ['services', ports({}), 'spec.externalTrafficPolicy', undefined],
  ['services', ports({ type: 'LoadBalancer' }), 'spec.allocateLoadBalancerNodePorts', true],
  ['services', ports({ type: 'NodePort' }), 'spec.allocateLoadBalancerNodePorts', undefined],
  [
    'services',
    ports({ sessionAffinity: 'ClientIP' }),
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
    10_800,
  ],
  ['deployments', { spec: { selector, template } }, 'spec.replicas', 1],
  ['deployments', { spec: { selector, template, replicas: 0 } }, 'spec.replicas', 0],
  ['deployments', { spec: { selector, template } }, 'spec.revisionHistoryLimit', 10],
  ['deployments', { spec: { selector, template } }, 'spec.progressDeadlineSeconds', 600],
  ['deployments', { spec: { selector, template } }, 'spec.strategy.type', 'RollingUpdate'],
  ['deployments', { spec: { selector, template } }, 'spec.strategy.rollingUpdate.maxSurge', '25%'],
  ['deployments', { spec: { selector, template } }, 'spec.strategy.rollingUpdate.maxUnavailable', '25%'],
  [
    'deployments',
    { spec: { selector, template, strategy: { type: 'Recreate' } } },
    'spec.strategy.rollingUpdate',
    undefined,
  ],
  ['replicasets', { spec: { selector, template } }, 'spec.replicas', 1],
  ['daemonsets', { spec: { selector, template } }, 'spec.updateStrategy.rollingUpdate.maxUnavailable', 1],
  ['statefulsets', { spec: { selector, template } }, 'spec.podManagementPolicy', 'OrderedReady'],
  ['jobs', jobs({}), 'spec.backoffLimit', 6],
  ['jobs', jobs({}), 'spec.completionMode', 'NonIndexed'],
  ['jobs', jobs({}), 'spec.suspend', false],
  ['jobs', jobs({ completionMode: 'Indexed', completions: 2 }), 'spec.completionMode', 'Indexed'],
  [
    'cronjobs',
    { spec: { schedule: '@daily', jobTemplate: { spec: { template } } } },
    'spec.concurrencyPolicy',
    'Allow',
  ],
  ['secrets', {}, 'type', 'Opaque'],
  ['secrets', { type: 'example.com/x' }, 'type', 'example.com/x'],
  ['namespaces', {}, 'status.phase', 'Active'],
  ['persistentvolumeclaims', { spec: {} }, 'spec.volumeMode', 'Filesystem'],
  ['persistentvolumeclaims', { spec: {} }, 'status.phase', 'Pending'],
  ['persistentvolumes', { spec: {} }, 'spec.persistentVolumeReclaimPolicy', 'Retain'],
  ['persistentvolumes', { spec: {} }, 'status.phase', 'Pending'],
  ['endpoints', { subsets: [{ ports: [{ port: 1 }] }] }, 'subsets.0.ports.0.protocol', 'TCP'],
  ['endpointslices', { ports: [{ port: 1 }] }, 'ports.0.protocol', 'TCP'],
  ['endpointslices', { ports: [{ port: 1 }] }, 'ports.0.name', ''],
  ['networkpolicies', { spec: { podSelector: {} } }, 'spec.policyTypes', ['Ingress']],
  [
    'rolebindings',
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }] },
    'subjects.0.apiGroup',
    'rbac.authorization.k8s.io',
  ],
  [
    'rolebindings',
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'ServiceAccount', name: 'u' }] },
    'subjects.0.apiGroup',
    undefined,
  ],
  [
    'clusterrolebindings',
    { roleRef: { kind: 'ClusterRole', name: 'r' }, subjects: [] },
    'roleRef.apiGroup',
    'rbac.authorization.k8s.io',
  ],
  ['validatingwebhookconfigurations', { webhooks: [webhook] }, 'webhooks.0.failurePolicy', 'Fail'],
  ['validatingwebhookconfigurations', { webhooks: [webhook] }, 'webhooks.0.matchPolicy', 'Equivalent'],
  ['validatingwebhookconfigurations', { webhooks: [webhook] }, 'webhooks.0.timeoutSeconds', 10],
  ['validatingwebhookconfigurations', { webhooks: [webhook] }, 'webhooks.0.rules.0.scope', '*'],
  ['validatingwebhookconfigurations', { webhooks: [webhook] }, 'webhooks.0.reinvocationPolicy', undefined],
  ['storageclasses', { provisioner: 'p' }, 'volumeBindingMode', 'Immediate'],
  ['leases', {}, 'spec', undefined],
  ['configmaps', {}, 'data', undefined],
];

function lookAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
      value,
    );
}

for (const [name, body, path, value] of rows) {
  t.test(
    `${name} ${path}: ${JSON.stringify(value) ?? 'nothing'} of ${JSON.stringify(body).slice(0, 90)}`,
    async (t) => {
      const kind = findResourceByName(name);
      if (kind === undefined) throw new Error(`no kind ${name}`);
      const object = accepted(kind, { metadata: { name: 'x' }, ...body });
      t.strictSame(lookAt(object, path), value);
      const again = structuredClone(object);
      applyDefaults(kind, again);
      t.strictSame(again, object, 'once more changes nothing');
    },
  );
}
