import {
  type ConfigMap,
  type Container,
  configMapKind,
  type Pod,
  type Probe,
  podKind,
  type Secret,
  type Service,
  secretKind,
} from '@kubelab/api';
import { type Client, type EventRecorder, type Informer, isNotFound, type WorkQueue } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { ProbeCounter } from '../probes/counter.js';
import { httpProbe, type ProbeResult, tcpProbe } from '../probes/probe.adapter.js';
import {
  type ContainerRuntime,
  type ContainerStatus,
  type Mount,
  type PodSandbox,
  RuntimeError,
} from '../runtime/cri.js';
import type { Backoff } from './backoff.js';
import { ConfigError, containerEnv, type EnvSources, expandVariables } from './env.js';
import { type ContainerView, isInitialized, isSidecar, podStatus } from './status.js';
import { setUpVolumes } from './volumes.js';

const unmetRetryMs = 1_000;
/** Ended runs kept per container: the latest, and the one before for `--previous`. */
const runsKept = 2;

export interface PodManagerOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly events: EventRecorder;
  readonly pods: Informer<Pod>;
  readonly services: Informer<Service>;
  readonly queue: WorkQueue;
  readonly backoff: Backoff;
  readonly nodeIp: string;
}

type Waiting = { readonly reason: string; readonly message?: string };
type ProbeKind = 'startup' | 'liveness' | 'readiness';

interface ContainerMemory {
  waiting?: Waiting | undefined;
  /** Counters of one run, by its id. */
  run?: {
    readonly id: string;
    readonly counters: Map<ProbeKind, { counter: ProbeCounter; dueMs: number; busy: boolean }>;
  };
}

interface PodMemory {
  readonly containers: Map<string, ContainerMemory>;
  written?: string;
  ending?: boolean;
}

/**
 * One pod at a time (its key in the queue is worked on by one worker): what runs is brought to what its spec
 * says, then its status is told.
 */
export class PodManager {
  readonly #options: PodManagerOptions;
  readonly #memory = new Map<string, PodMemory>();

  constructor(options: PodManagerOptions) {
    this.#options = options;
  }

  /** Reconciles the pod `namespace/name`; a sandbox of that name whose pod is gone is taken down. */
  async reconcile(key: string): Promise<{ requeueAfterMs?: number } | undefined> {
    const { pods, runtime } = this.#options;
    const pod = pods.get(key);
    const sandboxes = (await runtime.ListPodSandbox()).filter(
      (one) => `${one.namespace}/${one.name}` === key,
    );
    for (const sandbox of sandboxes) if (sandbox.uid !== pod?.metadata.uid) await this.#takeDown(sandbox);
    if (pod?.metadata.uid === undefined) return undefined;
    const memory = this.#remember(pod.metadata.uid);
    const sandbox = sandboxes.find(({ uid }) => uid === pod.metadata.uid);
    if (pod.metadata.deletionTimestamp !== undefined) return this.#end(pod, memory, sandbox);
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') {
      if (sandbox !== undefined) await runtime.StopPodSandbox(sandbox.id);
      return undefined;
    }
    return this.#run(pod, memory);
  }

  #remember(uid: string): PodMemory {
    const memory = this.#memory.get(uid) ?? { containers: new Map() };
    this.#memory.set(uid, memory);
    return memory;
  }

  async #takeDown(sandbox: PodSandbox): Promise<void> {
    await this.#options.runtime.RemovePodSandbox(sandbox.id);
    this.#options.backoff.forget(sandbox.uid);
    this.#memory.delete(sandbox.uid);
  }

  async #run(pod: Pod, memory: PodMemory): Promise<{ requeueAfterMs: number } | undefined> {
    const { runtime } = this.#options;
    const { name, namespace = 'default', uid = '' } = pod.metadata;
    const sandbox = await runtime.RunPodSandbox({
      name,
      namespace,
      uid,
      hostNetwork: pod.spec?.hostNetwork === true,
    });
    let mounts: ReadonlyMap<string, string>;
    try {
      mounts = await setUpVolumes(this.#options.world, pod, sandbox, this.#sources(pod, sandbox));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#event(pod, 'Warning', 'FailedMount', error.message);
      await this.#report(pod, memory, sandbox);
      return { requeueAfterMs: unmetRetryMs };
    }
    let requeueAfterMs = Number.POSITIVE_INFINITY;
    let initialized = true;
    for (const container of pod.spec?.initContainers ?? []) {
      const runs = await this.#runs(sandbox, container.name);
      const view = this.#view(container, memory, runs);
      if (isInitialized(container, view)) continue;
      requeueAfterMs = Math.min(requeueAfterMs, await this.#step(pod, container, memory, sandbox, mounts));
      initialized = false;
      break;
    }
    if (initialized)
      for (const container of [
        ...(pod.spec?.initContainers ?? []).filter(isSidecar),
        ...(pod.spec?.containers ?? []),
      ])
        requeueAfterMs = Math.min(requeueAfterMs, await this.#step(pod, container, memory, sandbox, mounts));
    await this.#report(pod, memory, sandbox);
    return Number.isFinite(requeueAfterMs) ? { requeueAfterMs } : undefined;
  }

  /** One container towards its spec; answers when to look again. */
  async #step(
    pod: Pod,
    container: Container,
    memory: PodMemory,
    sandbox: PodSandbox,
    mounts: ReadonlyMap<string, string>,
  ): Promise<number> {
    const { world, backoff, runtime } = this.#options;
    const own = memory.containers.get(container.name) ?? {};
    memory.containers.set(container.name, own);
    const [run, ...older] = await this.#runs(sandbox, container.name);
    for (const old of older.slice(runsKept - 1)) await runtime.RemoveContainer(old.id);
    if (run?.state === 'CONTAINER_RUNNING') {
      own.waiting = undefined;
      return this.#probe(pod, container, own, run, sandbox);
    }
    const ended = run?.state === 'CONTAINER_EXITED';
    if (ended && !restarts(pod, container, run)) return Number.POSITIVE_INFINITY;
    const key = `${sandbox.uid}/${container.name}`;
    const title = `container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${sandbox.uid})`;
    if (ended) {
      const remainingMs = backoff.remainingMs(key, run.finishedAtMs, world.clock.nowMs());
      if (remainingMs > 0) {
        const message = `back-off ${Math.round(backoff.delayMs(key) / 1000)}s restarting failed ${title}`;
        if (own.waiting?.reason !== 'CrashLoopBackOff')
          this.#event(
            pod,
            'Warning',
            'BackOff',
            `Back-off restarting failed container ${container.name} in pod ${pod.metadata.name}_${pod.metadata.namespace}(${sandbox.uid})`,
            container,
          );
        own.waiting = { reason: 'CrashLoopBackOff', message };
        return remainingMs;
      }
      backoff.next(key, world.clock.nowMs());
    }
    const attempt = run === undefined ? 0 : run.state === 'CONTAINER_CREATED' ? run.attempt : run.attempt + 1;
    return this.#start(pod, container, own, sandbox, mounts, attempt);
  }

  async #start(
    pod: Pod,
    container: Container,
    own: ContainerMemory,
    sandbox: PodSandbox,
    mounts: ReadonlyMap<string, string>,
    attempt: number,
  ): Promise<number> {
    const { runtime, backoff, world } = this.#options;
    const image = container.image ?? '';
    const pullKey = `${sandbox.uid}/${container.name}/image`;
    if ((await runtime.ImageStatus(image)) === undefined) {
      const failing = own.waiting?.reason === 'ErrImagePull';
      if (!failing) {
        const message = `failed to resolve reference "${image}": ${image}: not found`;
        if (own.waiting === undefined) {
          this.#event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`, container);
          this.#event(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`, container);
          this.#event(pod, 'Warning', 'Failed', 'Error: ErrImagePull', container);
          own.waiting = { reason: 'ErrImagePull', message };
        }
        backoff.next(pullKey, world.clock.nowMs());
        return unmetRetryMs;
      }
      this.#event(pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`, container);
      this.#event(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff', container);
      own.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` };
      return backoff.delayMs(pullKey);
    }
    this.#event(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine`, container);
    try {
      const envs = await containerEnv(pod, container, this.#sources(pod, sandbox));
      const expand = (texts: readonly string[] | undefined) =>
        (texts ?? []).map((text) => expandVariables(text, envs));
      const id = await runtime.CreateContainer(sandbox.id, {
        name: container.name,
        attempt,
        image,
        command: expand(container.command),
        args: expand(container.args),
        workingDir: container.workingDir,
        envs: { POD_NAME: pod.metadata.name, NODE_NAME: pod.spec?.nodeName ?? '', ...envs },
        mounts: mountsOf(container, mounts),
      });
      this.#event(pod, 'Normal', 'Created', `Created container: ${container.name}`, container);
      await runtime.StartContainer(id);
      this.#event(pod, 'Normal', 'Started', `Started container ${container.name}`, container);
      own.waiting = undefined;
      return this.#firstProbe(container);
    } catch (error) {
      if (!(error instanceof ConfigError) && !(error instanceof RuntimeError)) throw error;
      const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'RunContainerError';
      own.waiting = { reason, message: error.message };
      this.#event(pod, 'Warning', 'Failed', `Error: ${error.message}`, container);
      return unmetRetryMs * 5;
    }
  }

  #firstProbe(container: Container): number {
    return probesOf(container).length > 0 ? 50 : Number.POSITIVE_INFINITY;
  }

  /** Runs the probes that are due, beside the work; a verdict puts the pod in the queue. */
  async #probe(
    pod: Pod,
    container: Container,
    own: ContainerMemory,
    run: ContainerStatus,
    sandbox: PodSandbox,
  ): Promise<number> {
    const { world, runtime } = this.#options;
    const nowMs = world.clock.monotonicMs();
    if (own.run?.id !== run.id) own.run = { id: run.id, counters: new Map() };
    const { counters } = own.run;
    let waitMs = Number.POSITIVE_INFINITY;
    for (const [kind, probe] of probesOf(container)) {
      const state = counters.get(kind) ?? {
        counter: new ProbeCounter(probe),
        dueMs: nowMs + (probe.initialDelaySeconds ?? 0) * 1000,
        busy: false,
      };
      counters.set(kind, state);
      if (
        kind !== 'startup' &&
        container.startupProbe !== undefined &&
        counters.get('startup')?.counter.verdict !== true
      )
        continue;
      if (kind === 'startup' && state.counter.verdict === true) continue;
      if (kind !== 'readiness' && state.counter.verdict === false) {
        const why = `Container ${container.name} failed ${kind} probe, will be restarted`;
        this.#event(pod, 'Normal', 'Killing', why, container);
        await runtime.StopContainer(run.id, graceMsOf(pod));
        return 0;
      }
      if (!state.busy && state.dueMs <= nowMs) {
        state.busy = true;
        state.dueMs = nowMs + (probe.periodSeconds ?? 10) * 1000;
        void this.#probeOnce(pod, container, probe, run.id, sandbox.ip).then((result) => {
          state.busy = false;
          const before = state.counter.verdict;
          state.counter.take(result.ok);
          const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
          if (!result.ok)
            this.#event(pod, 'Warning', 'Unhealthy', `${title} probe failed: ${result.output}`, container);
          if (state.counter.verdict !== before)
            this.#options.queue.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
        });
      }
      waitMs = Math.min(waitMs, Math.max(10, state.dueMs - nowMs));
    }
    return waitMs;
  }

  async #probeOnce(
    pod: Pod,
    container: Container,
    probe: Probe,
    id: string,
    ip: string,
  ): Promise<ProbeResult> {
    const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
    const { httpGet, tcpSocket, exec } = probe;
    if (httpGet !== undefined) {
      const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
      const port = portOf(container, httpGet.port);
      return httpProbe({ host: httpGet.host ?? ip, port, path: httpGet.path ?? '/', headers }, timeoutMs);
    }
    if (tcpSocket !== undefined)
      return tcpProbe({ host: tcpSocket.host ?? ip, port: portOf(container, tcpSocket.port) }, timeoutMs);
    try {
      const { exitCode, output, timedOut } = await this.#options.runtime.ExecSync(
        id,
        exec?.command ?? [],
        timeoutMs,
      );
      return { ok: exitCode === 0, output: timedOut ? `command timed out after ${timeoutMs} ms` : output };
    } catch (error) {
      return {
        ok: false,
        output: error instanceof Error ? error.message : `${pod.metadata.name}: ${String(error)}`,
      };
    }
  }

  /** SIGTERM, grace, SIGKILL; the last status; then the object goes. */
  async #end(pod: Pod, memory: PodMemory, sandbox: PodSandbox | undefined): Promise<undefined> {
    const { runtime, client } = this.#options;
    const { namespace, name, uid } = pod.metadata;
    if (sandbox !== undefined) {
      const running = (await runtime.ListContainers(sandbox.id)).filter(
        (one) => one.state === 'CONTAINER_RUNNING',
      );
      for (const one of running)
        if (memory.ending !== true) this.#event(pod, 'Normal', 'Killing', `Stopping container ${one.name}`);
      memory.ending = true;
      await Promise.all(running.map(({ id }) => runtime.StopContainer(id, graceMsOf(pod))));
      await this.#report(pod, memory, sandbox);
    }
    try {
      await client
        .for<Pod>(podKind)
        .delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (sandbox !== undefined) await this.#takeDown(sandbox);
    return undefined;
  }

  async #report(pod: Pod, memory: PodMemory, sandbox: PodSandbox): Promise<void> {
    const containers = new Map<string, ContainerView>();
    for (const one of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])])
      containers.set(one.name, this.#view(one, memory, await this.#runs(sandbox, one.name)));
    const { world, nodeIp, client } = this.#options;
    const status = podStatus(pod, {
      containers,
      podIp: sandbox.ip,
      hostIp: nodeIp,
      nowMs: world.clock.nowMs(),
    });
    // The times of conditions move only with the conditions, so that equal states are equal texts once
    // written.
    const text = JSON.stringify(status, (key, value: unknown) =>
      key === 'lastTransitionTime' ? undefined : value,
    );
    if (memory.written === text) return;
    const { namespace, name } = pod.metadata;
    try {
      await client.for<Pod>(podKind).patch({ namespace, name, subresource: 'status' }, 'merge', { status });
      memory.written = text;
    } catch (error) {
      if (!isNotFound(error)) throw error; // It is gone: the informer will say so.
    }
  }

  #view(container: Container, memory: PodMemory, runs: readonly ContainerStatus[]): ContainerView {
    const own = memory.containers.get(container.name);
    const verdict = (kind: ProbeKind, probe: Probe | undefined) =>
      probe === undefined ||
      (own?.run?.id === runs[0]?.id && own?.run?.counters.get(kind)?.counter.verdict === true);
    const running = runs[0]?.state === 'CONTAINER_RUNNING';
    const started = running && verdict('startup', container.startupProbe);
    return {
      runs,
      waiting: own?.waiting,
      started,
      ready: started && verdict('readiness', container.readinessProbe),
    };
  }

  async #runs(sandbox: PodSandbox, name: string): Promise<ContainerStatus[]> {
    const all = await this.#options.runtime.ListContainers(sandbox.id);
    return all.filter((one) => one.name === name).sort((a, b) => b.attempt - a.attempt);
  }

  #sources(pod: Pod, sandbox: PodSandbox): EnvSources {
    const { client, services, nodeIp } = this.#options;
    const { namespace } = pod.metadata;
    return {
      configMap: (name) =>
        orAbsent(
          client
            .for<ConfigMap>(configMapKind)
            .get(namespace, name)
            .then((map) => map.data ?? {}),
        ),
      secret: (name) =>
        orAbsent(
          client
            .for<Secret>(secretKind)
            .get(namespace, name)
            .then((secret) => decoded(secret.data ?? {})),
        ),
      services: services.list(),
      podIp: sandbox.ip,
      hostIp: nodeIp,
    };
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void {
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.containers{${container.name}}` };
    this.#options.events.record(pod, { type, reason, message, ...fieldPath });
  }
}

async function orAbsent<T>(value: Promise<T>): Promise<T | undefined> {
  try {
    return await value;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function decoded(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

function restarts(pod: Pod, container: Container, run: ContainerStatus): boolean {
  const policy = isSidecar(container) ? 'Always' : (pod.spec?.restartPolicy ?? 'Always');
  const isInit = (pod.spec?.initContainers ?? []).includes(container);
  return policy === 'Never'
    ? false
    : policy === 'OnFailure' || (isInit && !isSidecar(container))
      ? run.exitCode !== 0
      : true;
}

function graceMsOf(pod: Pod): number {
  return (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
}

function probesOf(container: Container): [ProbeKind, Probe][] {
  const all: [ProbeKind, Probe | undefined][] = [
    ['startup', container.startupProbe],
    ['liveness', container.livenessProbe],
    ['readiness', container.readinessProbe],
  ];
  return all.flatMap(([kind, probe]): [ProbeKind, Probe][] => (probe === undefined ? [] : [[kind, probe]]));
}

function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

function mountsOf(container: Container, directories: ReadonlyMap<string, string>): Mount[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath }) => {
    const directory = directories.get(name);
    const hostPath = subPath === undefined ? directory : `${directory}/${subPath}`;
    return directory === undefined || hostPath === undefined ? [] : [{ containerPath: mountPath, hostPath }];
  });
}
