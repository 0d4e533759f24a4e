import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Event,
  eventKind,
  type KindInfo,
  type KubeObject,
  type Node,
  nodeKind,
  type Pod,
  podKind,
} from '@kubelab/api';
import { createInProcessTransport, type RunningApiserver, serveApiserver } from '@kubelab/apiserver';
import { MemoryStore } from '@kubelab/apiserver/testing';
import { type ApiRequest, type ApiTransport, Client, EventRecorder, Informer, keyOf } from '@kubelab/client';
import { ensurePki } from '@kubelab/pki';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import {
  createRealWorld,
  createSimulation,
  type Simulation,
  type TlsMaterial,
  type World,
} from '@kubelab/world';
import { type ControllerOptions, runControllers } from '../src/controller.js';
import { controllers as every } from '../src/start.js';

/** What the pretended kubelets do with a pod: when it is ready, how it ends. */
export interface PodScript {
  /** Undefined: never. */
  readonly readyAfterMs?: number;
  /** Ends by itself, so long after it was started. */
  readonly exitAfterMs?: number;
  readonly exitCode?: number;
  /** How long it takes to go when it is told to. */
  readonly stopAfterMs?: number;
}

export interface ClusterSetup {
  readonly controllers: readonly string[];
  readonly nodes?: readonly string[];
  readonly script?: (pod: Pod) => PodScript;
  readonly options?: Partial<ControllerOptions>;
  readonly seed?: number;
  /** Requests of the controllers that are refused (403), with this message. */
  readonly refuse?: (request: ApiRequest) => string | undefined;
  /** Requests of the controllers that another API server answers: metrics.k8s.io. */
  readonly answer?: (request: ApiRequest) => unknown;
}

export const admin = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
const manager = { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };
const limitMs = 3_600_000;
const eventsPerSecondMax = 20_000;

let identity: Promise<TlsMaterial> | undefined;
/** One certificate for every apiserver of a test file: nobody dials them. */
async function testTls(): Promise<TlsMaterial> {
  const directory = mkdtempSync(join(tmpdir(), 'kubelab-controllers-'));
  const subject = { commonName: 'apiserver-0', organizations: ['kubelab:apiservers'] };
  const world = createRealWorld({ host: 'apiserver-0' });
  await ensurePki(world, directory, [{ name: 'apiserver-0', hosts: ['127.0.0.1'], ...subject }]);
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const tls = {
    caPem: read('ca.crt'),
    certPem: read('apiserver-0.crt'),
    keyPem: read('apiserver-0.key'),
    identity: subject,
  };
  rmSync(directory, { recursive: true, force: true });
  return tls;
}

/**
 * The real apiserver over a store in memory, the controllers asked for with the rights they have in a cluster,
 * and pretended kubelets (and a scheduler that takes the first node), all in virtual time.
 */
export class TestCluster {
  readonly simulation: Simulation;
  readonly world: World;
  readonly client: Client;
  readonly options: ControllerOptions;
  /** Every write of a pod, in order. */
  readonly podHistory: Pod[] = [];
  readonly #apiserver: RunningApiserver;
  readonly #stopping = new AbortController();
  readonly #informers: { stop(): void }[] = [];
  #done: Promise<void> = Promise.resolve();

  private constructor(parts: {
    simulation: Simulation;
    world: World;
    apiserver: RunningApiserver;
    options: ControllerOptions;
  }) {
    this.simulation = parts.simulation;
    this.world = parts.world;
    this.#apiserver = parts.apiserver;
    this.options = parts.options;
    this.client = new Client(createInProcessTransport(parts.world, parts.apiserver.handler, admin));
  }

  /** Stopped at the end of the test. */
  static async start(
    t: { teardown(end: () => Promise<void>): unknown },
    setup: ClusterSetup,
  ): Promise<TestCluster> {
    identity ??= testTls();
    const tls = await identity;
    const simulation = createSimulation({ seed: setup.seed ?? 1 });
    const world = simulation.world('control-plane');
    const telemetry = silentTelemetry(world, 'apiserver', 'apiserver-0');
    const free = { host: '127.0.0.1', port: 0 };
    // Its ports are real, and nobody dials them: it is called in process.
    const listen = async () => ({ address: free, close: async () => undefined });
    const apiserver = await serveApiserver(
      { ...world, network: { ...world.network, listen } },
      {
        name: 'apiserver-0',
        listen: free,
        secureListen: free,
        advertise: { host: '127.0.0.1', port: 6443 },
        tls,
        telemetry,
        links: createLinks(),
        debug: {},
        serviceCidr: '10.96.0.0/16',
        defaultTolerationSeconds: 300,
      },
      new MemoryStore(),
    );
    const options = {
      nodeMonitorGraceMs: 40_000,
      caPem: tls.caPem,
      localVolumeDir: '/volumes',
      ...setup.options,
    };
    const cluster = new TestCluster({ simulation, world, apiserver, options });
    await cluster.until('the apiserver is ready', () => apiserver.ready());
    for (const name of setup.nodes ?? ['node-1']) await cluster.addNode(name);
    if (setup.script !== undefined) cluster.#pretendKubelets(setup.script);
    cluster.#runControllers(setup);
    t.teardown(() => cluster.#stop());
    return cluster;
  }

  #runControllers({ controllers: names, refuse, answer }: ClusterSetup): void {
    const chosen = every.filter(({ name }) => names.includes(name));
    const missing = names.filter((name) => !chosen.some((one) => one.name === name));
    if (missing.length > 0) throw new Error(`no such controllers: ${missing.join(', ')}`);
    const { world, options } = this;
    const { log } = silentTelemetry(world, 'controller-manager', 'controller-manager-0');
    const failures = { ...log, error: (fields: object, message: string) => this.#fail(fields, message) };
    const transport = createInProcessTransport(world, this.#apiserver.handler, manager);
    const client = new Client(
      intercepting(transport, refuse ?? (() => undefined), answer ?? (() => undefined)),
    );
    const events = new EventRecorder({ world, log, client, component: 'kube-controller-manager' });
    this.#done = runControllers(
      chosen,
      { world, log: failures, client, events, options },
      this.#stopping.signal,
    );
  }

  /** What a controller logged as an error: a right it lacks, an object that was refused, a bug. */
  readonly errors: string[] = [];
  #fail(fields: object, message: string): void {
    const error: unknown = Reflect.get(fields, 'error');
    const text = `${message}: ${error instanceof Error ? error.message : String(error)}`;
    if (!this.errors.includes(text)) this.errors.push(text);
  }

  async addNode(name: string, more: Partial<Node> = {}): Promise<Node> {
    const labels = { 'kubernetes.io/hostname': name, ...more.metadata?.labels };
    const node: Node = { apiVersion: 'v1', kind: 'Node', ...more, metadata: { name, labels } };
    const created = await this.create(nodeKind, node);
    const now = new Date(this.world.clock.nowMs()).toISOString().replace(/\.\d+/, '');
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: now, lastHeartbeatTime: now };
    const status = { conditions: [ready], allocatable: { cpu: '8', memory: '16Gi', pods: '110' } };
    await this.act(() => this.client.for<Node>(nodeKind).updateStatus({ ...created, status }));
    // A new node is tainted not-ready until the node lifecycle controller has seen it.
    return this.patch<Node>(nodeKind, name, { spec: { taints: more.spec?.taints ?? null } });
  }

  /** Runs virtual time until a call has its answer. */
  async act<T>(call: () => Promise<T>): Promise<T> {
    let settled = false;
    const promise = call();
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    await this.simulation.run({ untilMs: this.simulation.nowMs + limitMs, until: () => settled });
    return promise;
  }

  create<T extends KubeObject>(kind: KindInfo, object: T): Promise<T> {
    return this.act(() => this.client.for<T>(kind).create(object));
  }

  get<T extends KubeObject>(kind: KindInfo, name: string, namespace = 'default'): Promise<T> {
    return this.act(() => this.client.for<T>(kind).get(kind.namespaced ? namespace : undefined, name));
  }

  async find<T extends KubeObject>(kind: KindInfo, name: string): Promise<T | undefined> {
    return (await this.list<T>(kind)).find(({ metadata }) => metadata.name === name);
  }

  async list<T extends KubeObject>(kind: KindInfo): Promise<T[]> {
    return (await this.act(() => this.client.for<T>(kind).list())).items;
  }

  patch<T extends KubeObject>(
    kind: KindInfo,
    name: string,
    patch: unknown,
    subresource?: string,
  ): Promise<T> {
    const target = { name, ...(kind.namespaced ? { namespace: 'default' } : {}) };
    const whole = subresource === undefined ? target : { ...target, subresource };
    return this.act(() => this.client.for<T>(kind).patch(whole, 'merge', patch));
  }

  delete(
    kind: KindInfo,
    name: string,
    options: { propagationPolicy?: string; gracePeriodSeconds?: number } = {},
  ) {
    const target = { name, ...(kind.namespaced ? { namespace: 'default' } : {}) };
    return this.act(() => this.client.for(kind).delete(target, options));
  }

  /** Pods, by name. */
  async pods(): Promise<Pod[]> {
    const pods = await this.list<Pod>(podKind);
    return pods.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** `Reason: message` of every event, in the order in which they were first seen. */
  async events(reason?: string): Promise<string[]> {
    const events = await this.list<Event>(eventKind);
    const wanted = events.filter((event) => reason === undefined || event.reason === reason);
    return wanted
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map((event) => `${event.reason}: ${event.message}`);
  }

  /** Fails when virtual time stands still: two controllers that undo each other's work do that. */
  async advance(ms: number): Promise<void> {
    const before = this.simulation.events;
    const most = before + eventsPerSecondMax * Math.ceil(ms / 1_000);
    await this.simulation.run({
      untilMs: this.simulation.nowMs + ms,
      until: () => this.simulation.events > most,
    });
    if (this.simulation.events > most)
      throw new Error(`more than ${eventsPerSecondMax} events a second\n${this.errors.join('\n')}`);
  }

  /** Virtual time goes on until it holds; what it looks at may be asked of the apiserver. */
  async until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 600_000): Promise<void> {
    const endMs = this.simulation.nowMs + withinMs;
    while (this.simulation.nowMs <= endMs) {
      if (await holds()) return;
      await this.advance(200);
    }
    throw new Error(`never within ${withinMs} ms: ${what}\n${this.errors.join('\n')}`);
  }

  #pretendKubelets(script: (pod: Pod) => PodScript): void {
    const { world, client } = this;
    const { log } = silentTelemetry(world, 'kubelet', 'node-1');
    const pods = new Informer<Pod>(client, podKind, { world, log });
    const nodes = new Informer<Node>(client, nodeKind, { world, log });
    const kubelet = new PretendedKubelet(this, pods, nodes, script);
    pods.handle({
      changed: (pod) => {
        this.podHistory.push(pod);
        kubelet.look(pod);
      },
    });
    nodes.start();
    pods.start();
    this.#informers.push(pods, nodes);
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    for (const informer of this.#informers) informer.stop();
    await this.act(() => this.#done);
    await this.act(() => this.#apiserver.stop());
  }
}

function intercepting(
  transport: ApiTransport,
  refuse: (request: ApiRequest) => string | undefined,
  answer: (request: ApiRequest) => unknown,
): ApiTransport {
  const reply = (code: number, body: unknown) =>
    Promise.resolve({ code, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) });
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Forbidden' };
  return {
    ...transport,
    request: (request) => {
      const message = refuse(request);
      if (message !== undefined) return reply(403, { ...status, message, code: 403 });
      const answered = answer(request);
      return answered === undefined ? transport.request(request) : reply(200, answered);
    },
  };
}

class PretendedKubelet {
  readonly #cluster: TestCluster;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #script: (pod: Pod) => PodScript;
  readonly #seen = new Set<string>();
  #address = 1;

  constructor(
    cluster: TestCluster,
    pods: Informer<Pod>,
    nodes: Informer<Node>,
    script: (pod: Pod) => PodScript,
  ) {
    this.#cluster = cluster;
    this.#pods = pods;
    this.#nodes = nodes;
    this.#script = script;
  }

  look(pod: Pod): void {
    const { uid, deletionTimestamp, namespace, name } = pod.metadata;
    const steps = this.#script(pod);
    const { client } = this.#cluster;
    if ((pod.spec?.nodeName ?? '') === '') {
      const target = this.#choose(pod);
      if (target === undefined || deletionTimestamp !== undefined) return;
      this.#once(`bind ${uid}`, 0, async () => {
        const body = {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name },
          target: { kind: 'Node', name: target },
        };
        await client.for<Pod>(podKind).post({ namespace, name }, 'binding', body);
      });
      return;
    }
    if (deletionTimestamp !== undefined) {
      this.#once(`stop ${uid}`, steps.stopAfterMs ?? 100, () => this.#finish(pod, steps.exitCode ?? 0, true));
      return;
    }
    if (steps.readyAfterMs !== undefined)
      this.#once(`ready ${uid}`, steps.readyAfterMs, () => this.#setRunning(pod));
    if (steps.exitAfterMs !== undefined)
      this.#once(`exit ${uid}`, steps.exitAfterMs, () => this.#finish(pod, steps.exitCode ?? 0, false));
  }

  /** The node that its affinity pins, else the one with the fewest pods. */
  #choose(pod: Pod): string | undefined {
    const terms =
      pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const pinned = terms?.[0]?.matchFields?.[0]?.values?.[0];
    if (pinned !== undefined) return pinned;
    const count = (name: string) => this.#pods.list().filter((one) => one.spec?.nodeName === name).length;
    const names = this.#nodes.list().map(({ metadata }) => metadata.name);
    return names.sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1))[0];
  }

  #once(what: string, afterMs: number, run: () => Promise<unknown>): void {
    if (this.#seen.has(what)) return;
    this.#seen.add(what);
    this.#cluster.world.timers.setTimeout(() => {
      run().catch((error: unknown) => {
        // It went, or was changed, in between: the next change is looked at anew.
        this.#seen.delete(what);
        if (!/not found|modified/.test(String(error)))
          this.#cluster.errors.push(`kubelet, ${what}: ${String(error)}`);
      });
    }, afterMs);
  }

  async #setRunning({ metadata }: Pod): Promise<void> {
    const current = this.#pods.get(`${metadata.namespace}/${metadata.name}`);
    if (current?.metadata.uid !== metadata.uid || current?.metadata.deletionTimestamp !== undefined) return;
    if (current?.status?.phase !== 'Pending') return;
    const now = this.#now();
    this.#address += 1;
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: now };
    const podIP = `10.244.1.${this.#address}`;
    const status = { phase: 'Running', startTime: now, conditions: [ready], podIP, podIPs: [{ ip: podIP }] };
    await this.#status(current, status);
  }

  async #finish(pod: Pod, exitCode: number, gone: boolean): Promise<void> {
    const current = this.#pods.get(keyOf(pod));
    if (current?.metadata.uid !== pod.metadata.uid || current === undefined) return;
    const ended = current.status?.phase === 'Succeeded' || current.status?.phase === 'Failed';
    if (!gone && current.metadata.deletionTimestamp !== undefined) return;
    if (!ended) {
      const now = this.#now();
      const phase = exitCode === 0 && !gone ? 'Succeeded' : 'Failed';
      const terminated = { exitCode, startedAt: now, finishedAt: now };
      const containerStatuses = (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
        name,
        image,
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { terminated },
      }));
      const ready = { type: 'Ready', status: 'False', reason: 'PodCompleted', lastTransitionTime: now };
      await this.#status(current, { ...current.status, phase, conditions: [ready], containerStatuses });
    }
    if (!gone) return;
    const { namespace, name, uid } = pod.metadata;
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    await this.#cluster.client.for<Pod>(podKind).delete({ namespace, name }, options);
  }

  async #status(pod: Pod, status: NonNullable<Pod['status']>): Promise<void> {
    const { namespace, name } = pod.metadata;
    const target = { namespace, name, subresource: 'status' };
    await this.#cluster.client.for<Pod>(podKind).patch(target, 'merge', { status });
  }

  #now(): string {
    return new Date(this.#cluster.world.clock.nowMs()).toISOString().replace(/\.\d+/, '');
  }
}

/** A pod template that validates. */
export function template(labels: Record<string, string>, more: Record<string, unknown> = {}) {
  return {
    metadata: { name: '', labels },
    spec: { containers: [{ name: 'main', image: 'node:1' }], ...more },
  };
}
