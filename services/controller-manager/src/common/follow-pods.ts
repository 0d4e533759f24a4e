import {
  type KindInfo,
  type KubeObject,
  matchesSelector,
  type Pod,
  podKind,
  type SelectorLike,
} from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import type { ControllerContext } from '../controller.js';
import { controllerOf } from '../owners.js';
import type { Expectations } from './expectations.js';

/**
 * Looks at an owner again when one of its pods changes, or one that it may adopt, or one that it let go; and tells what was
 * expected of it and has come.
 */
export function followPods<T extends KubeObject>(
  context: ControllerContext,
  owners: { readonly kind: KindInfo; readonly selectorOf: (owner: T) => SelectorLike | undefined },
  queue: WorkQueue,
  expectations: Expectations,
): void {
  const { kind, selectorOf } = owners;
  const informer = context.informer<T>(kind);
  const concerned = (pod: Pod): string[] => {
    const { namespace, labels } = pod.metadata;
    const owner = controllerOf(pod);
    if (owner !== undefined) return owner.kind === kind.kind ? [`${namespace}/${owner.name}`] : [];
    return informer
      .inNamespace(namespace)
      .filter((one) => matchesSelector(selectorOf(one), labels))
      .map(keyOf);
  };
  const seen = (pod: Pod, how: 'created' | 'changed' | 'deleted', trace: CallContext['trace']) => {
    for (const key of concerned(pod)) {
      if (how === 'created') expectations.created(key);
      if (how === 'deleted' || pod.metadata.deletionTimestamp !== undefined)
        expectations.deleted(key, pod.metadata.uid ?? '');
      queue.add(key, trace);
    }
  };
  context.informer<Pod>(podKind).handle({
    changed: (pod, old, trace) => {
      seen(pod, old === undefined ? 'created' : 'changed', trace);
      const before = old === undefined ? undefined : controllerOf(old);
      // Let go by its owner: that one is short of a pod now.
      if (before?.kind === kind.kind && before.uid !== controllerOf(pod)?.uid)
        queue.add(`${pod.metadata.namespace}/${before.name}`, trace);
    },
    deleted: (pod, trace) => seen(pod, 'deleted', trace),
  });
}
