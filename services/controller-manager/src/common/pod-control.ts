import {
  ApiError,
  type KindInfo,
  type KubeObject,
  type Pod,
  type PodTemplateSpec,
  podKind,
} from '@kubelab/api';
import { type CallContext, mayHaveHappened } from '@kubelab/client';
import type { ControllerContext } from '../controller.js';
import { controllerReference } from '../owners.js';

/** At most so many creations and deletions of one owner at once. */
export const burstMax = 500;

/** A pod of a template for an owner; `name` when the owner gives names, else the server draws one. */
export function podFromTemplate(
  owner: KubeObject,
  ownerKind: KindInfo,
  template: PodTemplateSpec | undefined,
  name?: string,
): Pod {
  const { namespace } = owner.metadata;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: name ?? '',
      ...(name === undefined ? { generateName: `${owner.metadata.name}-` } : {}),
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(ownerKind, owner)],
    },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  };
}

/** Creates a pod and says so on its owner. Gives the failure; what is no API error is thrown. */
export async function createPod(
  context: ControllerContext,
  owner: KubeObject,
  pod: Pod,
  call: CallContext,
): Promise<ApiError | undefined> {
  const { trace } = call;
  try {
    const created = await context.client.for<Pod>(podKind).create(pod, call);
    const message = `Created pod: ${created.metadata.name}`;
    context.events.record(owner, { type: 'Normal', reason: 'SuccessfulCreate', message, trace });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A namespace that is going takes no pods: nobody need be told.
    const isEnding = error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating');
    const message = `Error creating: ${error.message}`;
    if (isEnding !== true)
      context.events.record(owner, { type: 'Warning', reason: 'FailedCreate', message, trace });
    return error;
  }
}

/** Deletes that very pod and says so on its owner. A pod that is gone is no failure. */
export async function deletePod(
  context: ControllerContext,
  owner: KubeObject,
  pod: Pod,
  call: CallContext,
): Promise<ApiError | undefined> {
  const { namespace, name, uid } = pod.metadata;
  const { trace } = call;
  try {
    await context.client.for<Pod>(podKind).delete({ namespace, name }, { preconditions: { uid } }, call);
    const message = `Deleted pod: ${name}`;
    context.events.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message, trace });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'NotFound') return undefined;
    const message = `Error deleting: ${error.message}`;
    context.events.record(owner, { type: 'Warning', reason: 'FailedDelete', message, trace });
    return error;
  }
}

/**
 * 1, 2, 4, ... at a time, so that what cannot succeed fails once and not five hundred times. `notMade` is told
 * of each that was expected and certainly did not come about: one whose answer was lost may come yet.
 */
export async function slowStart(
  count: number,
  create: (index: number) => Promise<ApiError | undefined>,
  notMade: () => void,
): Promise<ApiError | undefined> {
  for (let done = 0, batch = 1; done < count; ) {
    const size = Math.min(batch, count - done);
    const calls = Array.from({ length: size }, (_, at) => create(done + at));
    const failures = (await Promise.all(calls)).filter((failure) => failure !== undefined);
    const [first] = failures;
    done += size;
    batch *= 2;
    if (first === undefined) continue;
    const failed = failures.filter((failure) => !mayHaveHappened(failure)).length;
    for (let missing = failed + count - done; missing > 0; missing -= 1) notMade();
    return first;
  }
  return undefined;
}
