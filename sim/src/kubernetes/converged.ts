import {
  type DaemonSet,
  type Deployment,
  type EndpointSlice,
  type Endpoints,
  type Job,
  type KubeObject,
  type Lease,
  matchesSelector,
  type Node,
  type Pod,
  type ReplicaSet,
  type Service,
  type StatefulSet,
} from '@kubelab/api';
import type { History } from './history.js';
import { isOver, isReady, type Machine } from './hollow-kubelet.js';
import { isActive, ownerOf } from './invariants.js';

const serviceLabel = 'kubernetes.io/service-name';

/** What is not as it was asked for. Empty: the cluster has come to rest. */
export function complaints(history: History, machines: ReadonlyMap<string, Machine>): string[] {
  return [
    ...deployments(history),
    ...statefulSets(history),
    ...daemonSets(history),
    ...jobs(history),
    ...pods(history, machines),
    ...services(history),
    ...garbage(history),
    ...nodes(history),
  ];
}

/** Of events nobody waits: they tell of what is gone, too. */
const isEvent = ({ kind }: KubeObject) => kind === 'Event';

function activeOf(history: History, uid: string | undefined): Pod[] {
  return history.list<Pod>('Pod').filter((pod) => isActive(pod) && ownerOf(pod) === uid);
}

function deployments(history: History): string[] {
  return history.list<Deployment>('Deployment').flatMap(({ metadata, spec, status }) => {
    const sets = history.list<ReplicaSet>('ReplicaSet').filter((set) => ownerOf(set) === metadata.uid);
    const wanted = spec?.replicas ?? 1;
    const active = sets.flatMap((set) => activeOf(history, set.metadata.uid));
    const updated = active.filter(
      (pod) => pod.metadata.annotations?.roll === spec?.template?.metadata?.annotations?.roll,
    );
    const name = `Deployment ${metadata.name}`;
    if (active.length !== wanted || updated.length !== wanted)
      return `${name} has ${active.length} pods, ${updated.length} of its template, not ${wanted}`;
    const { observedGeneration, readyReplicas = 0, updatedReplicas = 0, replicas = 0 } = status ?? {};
    const told = [readyReplicas, updatedReplicas, replicas].every((count) => count === wanted);
    return told && observedGeneration === metadata.generation
      ? []
      : `the status of ${name} is not up to date`;
  });
}

function statefulSets(history: History): string[] {
  return history.list<StatefulSet>('StatefulSet').flatMap(({ metadata, spec, status }) => {
    const wanted = Array.from({ length: spec?.replicas ?? 1 }, (_, at) => `${metadata.name}-${at}`);
    const active = activeOf(history, metadata.uid);
    const names = active.map((pod) => pod.metadata.name).sort();
    if (names.join() !== wanted.join()) return `StatefulSet ${metadata.name} has [${names}], not [${wanted}]`;
    const roll = spec?.template?.metadata?.annotations?.roll;
    const old = active.filter((pod) => pod.metadata.annotations?.roll !== roll);
    if (old.length > 0) return `StatefulSet ${metadata.name} has ${old.length} pods of an older template`;
    const { readyReplicas = 0, observedGeneration } = status ?? {};
    const told = readyReplicas === wanted.length && observedGeneration === metadata.generation;
    return told ? [] : `the status of StatefulSet ${metadata.name} is not up to date`;
  });
}

function daemonSets(history: History): string[] {
  const names = history
    .list<Node>('Node')
    .map(({ metadata }) => metadata.name)
    .sort();
  return history.list<DaemonSet>('DaemonSet').flatMap(({ metadata, status }) => {
    const on = activeOf(history, metadata.uid)
      .map(({ spec }) => spec?.nodeName ?? '')
      .sort();
    if (on.join() !== names.join()) return `DaemonSet ${metadata.name} runs on [${on}], not on [${names}]`;
    return status?.numberReady === names.length
      ? []
      : `the status of DaemonSet ${metadata.name} is not up to date`;
  });
}

function jobs(history: History): string[] {
  return history.list<Job>('Job').flatMap(({ metadata, status }) => {
    const complete = status?.conditions?.some(({ type, status: is }) => type === 'Complete' && is === 'True');
    if (complete !== true) return `Job ${metadata.name} is not complete`;
    return status?.succeeded === 3 ? [] : `Job ${metadata.name} counts ${status?.succeeded} successes, not 3`;
  });
}

function pods(history: History, machines: ReadonlyMap<string, Machine>): string[] {
  const all = history.list<Pod>('Pod');
  const unready = all.filter((pod) => isActive(pod) && !isReady(pod));
  const running = [...machines.values()].flatMap(({ name, containers }) =>
    [...containers.keys()].map((uid) => `${uid} on ${name}`),
  );
  const wanted = all
    .filter((pod) => !isOver(pod))
    .map(({ metadata, spec }) => `${metadata.uid} on ${spec?.nodeName}`);
  const differ = [...running].sort().join() !== [...wanted].sort().join();
  return [
    ...unready.map(({ metadata }) => `pod ${metadata.name} is not ready`),
    ...(differ ? [`${running.length} containers run, which are not those of the ${wanted.length} pods`] : []),
  ];
}

function services(history: History): string[] {
  return history.list<Service>('Service').flatMap(({ metadata, spec }) => {
    const { selector } = spec ?? {};
    if (selector === undefined || Object.keys(selector).length === 0) return [];
    const wanted = history
      .list<Pod>('Pod')
      .filter(
        (pod) =>
          isActive(pod) && isReady(pod) && matchesSelector({ matchLabels: selector }, pod.metadata.labels),
      )
      .map(({ metadata: { uid = '' } }) => uid)
      .sort()
      .join();
    const slices = history
      .list<EndpointSlice>('EndpointSlice')
      .filter((slice) => slice.metadata.labels?.[serviceLabel] === metadata.name)
      .flatMap(({ endpoints = [] }) => endpoints ?? [])
      .map(({ targetRef }) => targetRef?.uid ?? '');
    const old = history
      .list<Endpoints>('Endpoints')
      .filter((one) => one.metadata.name === metadata.name)
      .flatMap(({ subsets = [] }) => (subsets ?? []).flatMap(({ addresses = [] }) => addresses ?? []))
      .map(({ targetRef }) => targetRef?.uid ?? '');
    return [
      ...(slices.sort().join() === wanted
        ? []
        : [`EndpointSlices of ${metadata.name} are not its ready pods`]),
      ...(old.sort().join() === wanted ? [] : [`Endpoints of ${metadata.name} are not its ready pods`]),
    ];
  });
}

/** Everything has its owner, and nothing waits for a finalizer or its end. */
function garbage(history: History): string[] {
  const all = history.all();
  const uids = new Set(all.map(({ metadata }) => metadata.uid));
  return all.flatMap((object) => {
    const { metadata, kind } = object;
    if (isEvent(object)) return [];
    const lost = (metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid));
    return [
      ...lost.map((owner) => `${kind} ${metadata.name} is an orphan of ${owner.kind} ${owner.name}`),
      ...(metadata.deletionTimestamp === undefined
        ? []
        : [`${kind} ${metadata.name} is on its way out, finalizers: [${metadata.finalizers ?? ''}]`]),
    ];
  });
}

function nodes(history: History): string[] {
  return history.list<Node>('Node').flatMap(({ metadata, spec, status }) => {
    const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
    if (ready !== true) return `${metadata.name} is not Ready`;
    const taints = spec?.taints ?? [];
    return taints.length === 0 ? [] : `${metadata.name} has taints: ${taints.map(({ key }) => key)}`;
  });
}

/** Who holds the Lease of a component. */
export function holderOf(history: History, name: string): string | undefined {
  return (
    history.list<Lease>('Lease').find(({ metadata }) => metadata.name === name)?.spec?.holderIdentity ??
    undefined
  );
}
