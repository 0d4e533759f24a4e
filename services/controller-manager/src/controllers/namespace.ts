import { definitionKind, kinds, type Namespace, namespaceKind } from '@kubelab/api';
import { type CallContext, isNotFound } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';
import { customKinds } from '../custom-kinds.js';

const againMs = 500;
const finalizer = 'kubernetes';

/** A namespace that is being deleted is emptied, kind by kind, and let go when nothing is left. */
export const namespaceController: Controller = {
  name: 'namespace',
  workers: 2,
  start: (context, queue) => {
    context.informer(definitionKind);
    context.informer<Namespace>(namespaceKind).handle({
      changed: (one, _old, trace) =>
        one.metadata.deletionTimestamp !== undefined && queue.add(one.metadata.name, trace),
    });
    return (name, call) => reconcile(context, name, call);
  },
};

async function reconcile(
  context: ControllerContext,
  name: string,
  call: CallContext,
): Promise<{ requeueAfterMs: number } | undefined> {
  const namespace = context.informer<Namespace>(namespaceKind).get(name);
  if (namespace?.metadata.deletionTimestamp === undefined) return undefined;
  let left = 0;
  for (const kind of [...kinds, ...customKinds(context)].filter((one) => one.namespaced)) {
    const client = context.client.for(kind);
    const { items } = await client.list({ namespace: name }, call);
    for (const item of items) {
      left += 1;
      if (item.metadata.deletionTimestamp !== undefined) continue;
      await quietly(
        client.delete(
          { namespace: name, name: item.metadata.name },
          { propagationPolicy: 'Background' },
          call,
        ),
      );
    }
  }
  if (left > 0) return { requeueAfterMs: againMs };
  const finalizers = (namespace.spec?.finalizers ?? []).filter((one) => one !== finalizer);
  const body = { ...namespace, spec: { ...namespace.spec, finalizers } };
  await quietly(context.client.for<Namespace>(namespaceKind).put({ name }, 'finalize', body, call));
  return undefined;
}

async function quietly(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error; // It is gone: that was the wish.
  }
}
