import {
  ApiError,
  type ConfigMap,
  configMapKind,
  type Namespace,
  type Node,
  namespaceKind,
  nodeKind,
  type Pod,
  podKind,
  type ServiceAccount,
  serviceAccountKind,
} from '@kubelab/api';
import { type CallContext, isNotFound, keyOf } from '@kubelab/client';
import { withCondition } from '../common/conditions.js';
import type { Controller, ControllerContext } from '../controller.js';

const rootCaName = 'kube-root-ca.crt';
/** A kubelet that is not back by then will not end its pods: the node was removed. */
const orphanGraceMs = 5_000;

async function createQuietly(create: Promise<unknown>): Promise<undefined> {
  try {
    await create;
  } catch (error) {
    const expected =
      error instanceof ApiError &&
      (error.reason === 'AlreadyExists' || error.reason === 'Forbidden' || error.reason === 'NotFound');
    if (!expected) throw error; // Already there, or its namespace is going.
  }
  return undefined;
}

function eachNamespace(context: ControllerContext, add: (name: string) => void): void {
  context
    .informer<Namespace>(namespaceKind)
    .handle({ changed: (one) => one.metadata.deletionTimestamp === undefined && add(one.metadata.name) });
}

/** Every namespace has a ServiceAccount `default`. */
export const serviceAccountController: Controller = {
  name: 'serviceaccount',
  workers: 1,
  start: (context, queue) => {
    const accounts = context.informer<ServiceAccount>(serviceAccountKind);
    eachNamespace(context, (name) => queue.add(name));
    accounts.handle({
      deleted: (account) =>
        account.metadata.name === 'default' && queue.add(account.metadata.namespace ?? ''),
    });
    return async (namespace, call) => {
      if (
        accounts.get(`${namespace}/default`) !== undefined ||
        context.informer<Namespace>(namespaceKind).get(namespace) === undefined
      )
        return undefined;
      const account: ServiceAccount = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default', namespace },
      };
      return createQuietly(context.client.for<ServiceAccount>(serviceAccountKind).create(account, call));
    };
  },
};

/** Every namespace has the cluster's CA in a ConfigMap. */
export const rootCaPublisher: Controller = {
  name: 'root-ca-publisher',
  workers: 1,
  start: (context, queue) => {
    const maps = context.informer<ConfigMap>(configMapKind);
    eachNamespace(context, (name) => queue.add(name));
    const mine = (map: ConfigMap) =>
      map.metadata.name === rootCaName && queue.add(map.metadata.namespace ?? '');
    maps.handle({ changed: mine, deleted: mine });
    return async (namespace, call) => {
      if (context.informer<Namespace>(namespaceKind).get(namespace) === undefined) return undefined;
      const data = { 'ca.crt': context.options.caPem };
      const known = maps.get(`${namespace}/${rootCaName}`);
      const client = context.client.for<ConfigMap>(configMapKind);
      if (known === undefined)
        return createQuietly(
          client.create(
            { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: rootCaName, namespace }, data },
            call,
          ),
        );
      if (known.data?.['ca.crt'] !== data['ca.crt']) await client.update({ ...known, data }, call);
      return undefined;
    };
  },
};

/** Says before a pod goes that it did not end by itself: jobs count it so. */
async function markFailed(context: ControllerContext, pod: Pod, call: CallContext): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const message = 'PodGC: node no longer exists';
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message };
  const nowMs = context.world.clock.nowMs();
  const conditions = withCondition(pod.status?.conditions, condition, nowMs);
  await context.client
    .for<Pod>(podKind)
    .patch(
      { namespace, name, subresource: 'status' },
      'merge',
      { metadata: { uid }, status: { phase: 'Failed', conditions } },
      call,
    );
}

/** Pods of nodes that no longer exist: nobody is left who would end them. */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector',
  workers: 1,
  start: (context, queue) => {
    const pods = context.informer<Pod>(podKind);
    const nodes = context.informer<Node>(nodeKind);
    nodes.handle({
      deleted: (node) => {
        for (const pod of pods.list())
          if (pod.spec?.nodeName === node.metadata.name) queue.addAfter(keyOf(pod), orphanGraceMs);
      },
    });
    pods.handle({
      changed: (pod) =>
        (pod.spec?.nodeName ?? '') !== '' &&
        nodes.synced &&
        nodes.get(pod.spec?.nodeName ?? '') === undefined &&
        queue.addAfter(keyOf(pod), orphanGraceMs),
    });
    return async (key, call) => {
      const pod = pods.get(key);
      if (pod === undefined || nodes.get(pod.spec?.nodeName ?? '') !== undefined) return undefined;
      const { namespace, name, uid } = pod.metadata;
      try {
        if (pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
          await markFailed(context, pod, call);
        await context.client
          .for<Pod>(podKind)
          .delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } }, call);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      return undefined;
    };
  },
};
