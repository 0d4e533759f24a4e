import {
  apiError,
  decodeAs,
  deepEqual,
  evictionSchema,
  isObject,
  matchesSelector,
  type Pod,
  type PodDisruptionBudget,
  podKind,
  statusErrors,
  timestamp,
} from '@kubelab/api';
import { disruptionBudgetKind } from '../admission/kinds.js';
import { Lookup } from '../admission/lookup.js';
import type { DeleteOptions } from '../registry/registry.js';
import type { ApiReply } from './contract.js';
import { optionalBody, reply } from './negotiate.js';
import { deleteOptionsOf, type ObjectCall } from './objects.js';

/** Evictions that the budgets' controller has not heard of yet, of one budget. */
const disruptedPodsMax = 2_000;
const retryAfterSeconds = 10;
const cause = 'DisruptionBudget';

/**
 * POST pods/NAME/eviction (https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/): a deletion that the
 * pod's disruption budget grants. The grant is taken from the budget's status before the pod goes, by compare-and-swap, so
 * that of two who ask for the last one only one gets it.
 */
export async function evictPod(request: ObjectCall): Promise<ApiReply> {
  const { registry, scope, namespace, name } = request;
  const sent = optionalBody(request.call);
  const { object } = decodeAs(
    evictionSchema,
    sent,
    'Eviction in version "v1" cannot be handled as a Eviction',
  );
  const named = isObject(object.metadata) ? object.metadata.name : undefined;
  if (typeof named === 'string' && named !== '' && named !== name)
    throw statusErrors.badRequest('name in URL does not match name in Eviction object');
  const asked = isObject(object.deleteOptions) ? object.deleteOptions : {};
  const dryRun = scope.dryRun || (Array.isArray(asked.dryRun) && asked.dryRun.includes('All'));
  const options = deleteOptionsOf(asked, {});
  const ref = { kind: podKind, namespace, name };
  const pod = (await registry.get(ref)) as Pod;
  const evicting = { ...request, scope: { ...scope, dryRun } };
  const pinned = (await isGranted(evicting, pod)) === 'whileUnready';
  const resourceVersion = pod.metadata.resourceVersion;
  const held: DeleteOptions = pinned
    ? { ...options, preconditions: { ...options.preconditions, resourceVersion } }
    : options;
  await registry.delete(evicting.scope, ref, held);
  const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return reply(request.call, 201, success, request.form);
}

/** `whileUnready`: it needed no grant, as long as it does not become ready. Throws when it may not go. */
async function isGranted(request: ObjectCall, pod: Pod): Promise<'granted' | 'whileUnready'> {
  const phase = pod.status?.phase;
  const gone = phase !== 'Running' && phase !== 'Unknown';
  if (gone || pod.metadata.deletionTimestamp !== undefined) return 'granted';
  const all = await new Lookup(request.registry.storage).all<PodDisruptionBudget>(
    disruptionBudgetKind,
    pod.metadata.namespace ?? '',
  );
  const budgets = all.filter(({ spec }) => {
    const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
    const empty = Object.keys(matchLabels).length + matchExpressions.length === 0;
    return !empty && matchesSelector({ matchLabels, matchExpressions }, pod.metadata.labels);
  });
  const [budget] = budgets;
  if (budgets.length > 1) {
    const text =
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw apiError('InternalError', text, { code: 500 });
  }
  if (budget === undefined) return 'granted';
  const ready = (pod.status?.conditions ?? []).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  const always = budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow';
  if (!ready && (always || (currentHealthy >= desiredHealthy && desiredHealthy > 0))) return 'whileUnready';
  const ref = {
    kind: disruptionBudgetKind,
    namespace: pod.metadata.namespace ?? '',
    name: budget.metadata.name,
  };
  await request.registry.mutate(request.scope, ref, 'status', (found) => {
    take(found as PodDisruptionBudget, pod.metadata.name, timestamp(request.world.clock.nowMs()));
  });
  return 'granted';
}

/** One disruption fewer. In place. */
function take(budget: PodDisruptionBudget, pod: string, now: string): void {
  const { metadata, status } = budget;
  const { disruptionsAllowed = 0, disruptedPods = {}, observedGeneration = 0 } = status ?? {};
  if (observedGeneration < (metadata.generation ?? 0))
    throw refused(
      `The disruption budget ${metadata.name} is still being processed by the server.`,
      retryAfterSeconds,
    );
  if (disruptionsAllowed < 0)
    throw statusErrors.forbidden(disruptionBudgetKind, metadata.name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > disruptedPodsMax)
    throw statusErrors.forbidden(
      disruptionBudgetKind,
      metadata.name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (disruptionsAllowed === 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {};
    throw refused(
      `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
      0,
    );
  }
  const next = {
    ...status,
    disruptionsAllowed: disruptionsAllowed - 1,
    disruptedPods: { ...disruptedPods, [pod]: now },
  };
  if (!deepEqual(next, status)) Reflect.set(budget, 'status', next);
}

function refused(message: string, seconds: number): Error {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  const wait = seconds === 0 ? {} : { retryAfterSeconds: seconds };
  return apiError('TooManyRequests', text, { details: { causes: [{ reason: cause, message }], ...wait } });
}
