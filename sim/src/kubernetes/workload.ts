import {
  ApiError,
  deploymentKind,
  findKind,
  type KindInfo,
  type KubeObject,
  type Node,
  nodeKind,
  type Pod,
  podKind,
  serviceKind,
} from '@kubelab/api';
import type { Client } from '@kubelab/client';
import type { Random, World } from '@kubelab/world';

const namespace = 'default';
/** Somebody who tries again for so long. */
const patienceMs = 60_000;
const againMs = 500;
const drainMs = 30_000;

function kindNamed(group: string, version: string, kind: string): KindInfo {
  const found = findKind({ group, version, kind });
  if (found === undefined) throw new Error(`the table of kinds has no ${kind}`);
  return found;
}

export const statefulSetKind = kindNamed('apps', 'v1', 'StatefulSet');
const daemonSetKind = kindNamed('apps', 'v1', 'DaemonSet');
const jobKind = kindNamed('batch', 'v1', 'Job');
const budgetKind = kindNamed('policy', 'v1', 'PodDisruptionBudget');

/** Scaled and rolled; `guarded` has a budget and is only drained. */
const scaled: readonly (readonly [kind: 'deployment' | 'statefulset', name: string])[] = [
  ['deployment', 'web'],
  ['deployment', 'api'],
  ['statefulset', 'db'],
  ['statefulset', 'cache'],
];
export const guardedMinAvailable = 3;

export type ActionKind =
  | { readonly kind: 'scale' | 'roll'; readonly of: number; readonly replicas: number }
  | { readonly kind: 'deletePod'; readonly at: number }
  | { readonly kind: 'drain'; readonly node: string }
  | { readonly kind: 'job'; readonly ttl: boolean; readonly deleteAfterMs: number | undefined }
  | {
      readonly kind: 'temporary';
      readonly policy: 'Background' | 'Foreground' | 'Orphan';
      readonly deleteAfterMs: number;
    };

export interface Action {
  readonly id: number;
  readonly atMs: number;
  readonly kind: ActionKind;
}

export function drawActions(
  random: Random,
  nodes: readonly string[],
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Action[] {
  const actions: Action[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += 1_000 + random.next() * 12_000)
    actions.push({ id: actions.length, atMs, kind: drawAction(random, nodes) });
  return actions;
}

function drawAction(random: Random, nodes: readonly string[]): ActionKind {
  const at = random.next();
  const of = random.int(scaled.length);
  if (at < 0.3) return { kind: 'scale', of, replicas: random.int(8) };
  if (at < 0.55) return { kind: 'roll', of, replicas: 0 };
  if (at < 0.7) return { kind: 'deletePod', at: random.next() };
  if (at < 0.8) return { kind: 'drain', node: nodes[random.int(nodes.length)] ?? '' };
  if (at < 0.9) {
    const deleteAfterMs = random.next() < 0.4 ? random.next() * 15_000 : undefined;
    return { kind: 'job', ttl: random.next() < 0.5, deleteAfterMs };
  }
  const policy = (['Background', 'Foreground', 'Orphan'] as const)[random.int(3)] ?? 'Background';
  return { kind: 'temporary', policy, deleteAfterMs: 2_000 + random.next() * 20_000 };
}

export function describeAction({ kind }: Action): string {
  switch (kind.kind) {
    case 'scale':
      return `${scaled[kind.of]?.join(' ')} is scaled to ${kind.replicas}`;
    case 'roll':
      return `${scaled[kind.of]?.join(' ')} is rolled`;
    case 'deletePod':
      return 'a pod is deleted';
    case 'drain':
      return `${kind.node} is drained`;
    case 'job':
      return `a Job runs${kind.ttl ? ', with a TTL' : ''}${kind.deleteAfterMs === undefined ? '' : ' and is deleted'}`;
    case 'temporary':
      return `a Deployment with a NodePort comes and goes (${kind.policy})`;
    default:
      return kind satisfies never;
  }
}

/** Whoever uses the cluster: says what it wants until it is heard. */
export class Person {
  readonly #world: World;
  readonly #client: Client;
  readonly #note: (what: string) => void;
  /** Actions that have not come to their end. */
  busy = 0;

  constructor(parts: { world: World; client: Client; note: (what: string) => void }) {
    this.#world = parts.world;
    this.#client = parts.client;
    this.#note = parts.note;
  }

  async prepare(): Promise<void> {
    const deployments = [
      deployment('web', 4, { maxSurge: 1, maxUnavailable: 0 }),
      deployment('api', 6, { maxSurge: '50%', maxUnavailable: '25%' }),
      deployment('guarded', 4, { maxSurge: 1, maxUnavailable: 0 }),
    ];
    for (const object of deployments) await this.#create(deploymentKind, object);
    await this.#create(statefulSetKind, statefulSet('db', 3, 'OrderedReady'));
    await this.#create(statefulSetKind, statefulSet('cache', 3, 'Parallel'));
    const selector = { matchLabels: { app: 'agent' } };
    await this.#create(daemonSetKind, {
      ...head('apps/v1', 'DaemonSet', 'agent'),
      spec: { selector, template: template('agent') },
    });
    const guarded = { matchLabels: { app: 'guarded' } };
    await this.#create(budgetKind, {
      ...head('policy/v1', 'PodDisruptionBudget', 'guarded'),
      spec: { minAvailable: guardedMinAvailable, selector: guarded },
    });
    await this.#create(serviceKind, service('web', 'NodePort'));
    await this.#create(serviceKind, service('api', 'ClusterIP'));
    await this.#create(serviceKind, service('guarded', 'ClusterIP'));
    await this.#create(serviceKind, service('db', 'ClusterIP', { clusterIP: 'None' }));
  }

  act(action: Action): void {
    this.#note(`(${action.id}) ${describeAction(action)}`);
    this.busy += 1;
    this.#do(action).then(
      () => {
        this.busy -= 1;
      },
      (error: unknown) => {
        this.busy -= 1;
        if (!(error instanceof ApiError)) throw error;
        this.#note(`(${action.id}) was given up: ${error.message}`);
      },
    );
  }

  async #do({ id, kind }: Action): Promise<void> {
    switch (kind.kind) {
      case 'scale':
        return this.#patch(kind.of, { spec: { replicas: kind.replicas } });
      case 'roll':
        return this.#patch(kind.of, {
          spec: { template: { metadata: { annotations: { roll: String(id) } } } },
        });
      case 'deletePod':
        return this.#deletePod(kind.at);
      case 'drain':
        return this.#drain(kind.node);
      case 'job':
        return this.#job(`job-${id}`, kind);
      case 'temporary':
        return this.#temporary(`temporary-${id}`, kind);
      default:
        kind satisfies never;
    }
  }

  /** Tried again while the answer leaves it open, or says later. */
  async #insist<T>(call: () => Promise<T>): Promise<T | undefined> {
    const untilMs = this.#world.clock.monotonicMs() + patienceMs;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // It is so already, or gone.
        if (error.code === 404 || error.reason === 'AlreadyExists') return undefined;
        if (this.#world.clock.monotonicMs() > untilMs) throw error;
      }
      await this.#world.timers.sleep(againMs);
    }
  }

  async #create(kind: KindInfo, object: KubeObject): Promise<void> {
    await this.#insist(() => this.#client.for(kind).create(object));
  }

  async #delete(kind: KindInfo, name: string, propagationPolicy: string): Promise<void> {
    await this.#insist(() => this.#client.for(kind).delete({ namespace, name }, { propagationPolicy }));
  }

  async #patch(of: number, patch: unknown): Promise<void> {
    const [what, name = ''] = scaled[of] ?? [];
    const kind = what === 'deployment' ? deploymentKind : statefulSetKind;
    await this.#insist(() => this.#client.for(kind).patch({ namespace, name }, 'merge', patch));
  }

  async #pods(): Promise<Pod[]> {
    const pods = (await this.#insist(() => this.#client.for<Pod>(podKind).list({ namespace })))?.items ?? [];
    return pods.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  async #deletePod(at: number): Promise<void> {
    const pods = await this.#pods();
    const pod = pods[Math.floor(at * pods.length)];
    // `guarded` loses pods to evictions and machines only, so that those can be told apart.
    if (pod === undefined || pod.metadata.labels?.app === 'guarded') return;
    await this.#insist(() => this.#client.for(podKind).delete({ namespace, name: pod.metadata.name }));
  }

  /** As `kubectl drain --ignore-daemonsets` for a while, then `kubectl uncordon`. */
  async #drain(node: string): Promise<void> {
    const cordon = (unschedulable: boolean) =>
      this.#insist(() =>
        this.#client.for<Node>(nodeKind).patch({ name: node }, 'merge', { spec: { unschedulable } }),
      );
    await cordon(true);
    const untilMs = this.#world.clock.monotonicMs() + drainMs;
    while (this.#world.clock.monotonicMs() < untilMs) {
      const here = (await this.#pods()).filter(({ spec, metadata }) => {
        const owner = metadata.ownerReferences?.[0]?.kind;
        return spec?.nodeName === node && owner !== 'DaemonSet' && metadata.deletionTimestamp === undefined;
      });
      for (const { metadata } of here) await this.#evict(metadata.name);
      if (here.length === 0) break;
      await this.#world.timers.sleep(2_000);
    }
    await cordon(false);
  }

  async #evict(name: string): Promise<void> {
    try {
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
      await this.#client.for(podKind).post({ namespace, name }, 'eviction', eviction);
    } catch (error) {
      // Not now (429), gone, or nobody knows: the next round looks again.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async #job(name: string, { ttl, deleteAfterMs }: ActionKind & { kind: 'job' }): Promise<void> {
    const spec = {
      ...{ completions: 3, parallelism: 2, template: template(name, { restartPolicy: 'Never' }) },
      ...(ttl ? { ttlSecondsAfterFinished: 20 } : {}),
    };
    await this.#create(jobKind, { ...head('batch/v1', 'Job', name), spec });
    if (deleteAfterMs === undefined) return;
    await this.#world.timers.sleep(deleteAfterMs);
    await this.#delete(jobKind, name, 'Background');
  }

  async #temporary(
    name: string,
    { policy, deleteAfterMs }: ActionKind & { kind: 'temporary' },
  ): Promise<void> {
    await this.#create(deploymentKind, deployment(name, 2, { maxSurge: 1, maxUnavailable: 0 }));
    await this.#create(serviceKind, service(name, 'NodePort'));
    await this.#world.timers.sleep(deleteAfterMs);
    await this.#delete(deploymentKind, name, policy);
    await this.#delete(serviceKind, name, 'Background');
  }
}

function head(apiVersion: string, kind: string, name: string) {
  return { apiVersion, kind, metadata: { name, namespace } };
}

function template(app: string, more: object = {}) {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'main', image: 'node:1' }], ...more },
  };
}

function deployment(name: string, replicas: number, rollingUpdate: object): KubeObject & { spec: object } {
  const strategy = { type: 'RollingUpdate', rollingUpdate };
  const spec = { replicas, selector: { matchLabels: { app: name } }, template: template(name), strategy };
  return { ...head('apps/v1', 'Deployment', name), spec };
}

function statefulSet(name: string, replicas: number, podManagementPolicy: string) {
  const selector = { matchLabels: { app: name } };
  const spec = { replicas, selector, serviceName: 'db', podManagementPolicy, template: template(name) };
  return { ...head('apps/v1', 'StatefulSet', name), spec };
}

function service(name: string, type: string, more: object = {}) {
  const spec = { type, selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...more };
  return { ...head('v1', 'Service', name), spec };
}
