import { isObject, type JsonObject } from '../json.js';

/** Defaults that depend on other fields of the same object, by type. They run after those of the tables. In place. */
export const conditionalDefaults: Readonly<Record<string, (object: JsonObject) => void>> = {
  'apps.v1.DaemonSetUpdateStrategy': rolling,
  'apps.v1.StatefulSetUpdateStrategy': rolling,
  'core.v1.ReplicationControllerSpec': (spec) => {
    const labels = templateLabels(spec);
    if (labels !== undefined && isEmpty(spec.selector)) spec.selector = { ...labels };
  },
  /** Also the templates of a StatefulSet's claims, which are whole objects. */
  'core.v1.PersistentVolumeClaim': (claim) => {
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    claim.status ??= { phase: 'Pending' };
  },
  'core.v1.LimitRangeItem': (item) => {
    if (item.type !== 'Container') return;
    const of = (field: string) => (isObject(item[field]) ? item[field] : {});
    const limits = { ...of('max'), ...of('default') };
    // What is requested by default is the limit by default, else the least that may be.
    const requests = { ...of('min'), ...limits, ...of('defaultRequest') };
    if (Object.keys(limits).length > 0) item.default = limits;
    if (Object.keys(requests).length > 0) item.defaultRequest = requests;
  },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': (spec) => {
    if (!Array.isArray(spec.metrics) || spec.metrics.length === 0) spec.metrics = [cpuMetric()];
  },
  'autoscaling.v2.HorizontalPodAutoscalerBehavior': (behavior) => {
    const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
    const pods = { type: 'Pods', value: 4, periodSeconds: 15 };
    behavior.scaleUp = {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [pods, percent],
      ...(isObject(behavior.scaleUp) ? behavior.scaleUp : {}),
    };
    behavior.scaleDown = {
      selectPolicy: 'Max',
      policies: [percent],
      ...(isObject(behavior.scaleDown) ? behavior.scaleDown : {}),
    };
  },
  'networking.v1.NetworkPolicySpec': (spec) => {
    const egress = Array.isArray(spec.egress) && spec.egress.length > 0;
    const given = Array.isArray(spec.policyTypes) && spec.policyTypes.length > 0;
    if (!given) spec.policyTypes = ['Ingress', ...(egress ? ['Egress'] : [])];
  },
  'resource.v1.ExactDeviceRequest': exactCount,
  'resource.v1.DeviceSubRequest': exactCount,
  'apiextensions.v1.CustomResourceDefinitionSpec': (spec) => {
    if (!isObject(spec.names) || typeof spec.names.kind !== 'string') return;
    spec.names.singular ??= spec.names.kind.toLowerCase();
    spec.names.listKind ??= `${spec.names.kind}List`;
  },
};

/** What a HorizontalPodAutoscaler without metrics goes by. */
export function cpuMetric(averageUtilization = 80): JsonObject {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function rolling(strategy: JsonObject): void {
  if (strategy.type === 'RollingUpdate') strategy.rollingUpdate ??= {};
}

function exactCount(request: JsonObject): void {
  if (request.allocationMode === 'ExactCount') request.count ??= 1;
}

function isEmpty(value: unknown): boolean {
  return !isObject(value) || Object.keys(value).length === 0;
}

/** Labels of `spec.template`, when it has any. */
export function templateLabels(spec: JsonObject): JsonObject | undefined {
  const metadata = isObject(spec.template) ? spec.template.metadata : undefined;
  const labels = isObject(metadata) ? metadata.labels : undefined;
  return isObject(labels) && Object.keys(labels).length > 0 ? labels : undefined;
}
