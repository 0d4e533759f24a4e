import { type Container, type Pod, podKind, type Service } from '@kubelab/api';
import { type Client, type EventRecorder, type Informer, isNotFound, type WorkQueue } from '@kubelab/client';
import type { Logger, Span, Traceparent, Tracer } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { ProbeCounter } from '../probes/counter.js';
import { probeOnce } from '../probes/probe-once.js';
import {
  type ContainerRuntime,
  type ContainerStatus,
  type PodSandbox,
  RuntimeError,
} from '../runtime/cri.js';
import type { Backoff } from './backoff.js';
import { ConfigError, containerEnv, type EnvSources, expandVariables } from './env.js';
import { graceLeftMinMs, postStartMsMax, runHook } from './hooks.js';
import { followTrace, type PodTrace, podSpan } from './pod-spans.js';
import { ServiceAccountTokens } from './service-account-tokens.js';
import { envSources } from './sources.js';
import { activeMsLeft, goDuration, graceMsOf, mountsOf, type ProbeKind, probesOf, restarts } from './spec.js';
import { type ContainerView, hasInitialized, isInitialized, isSidecar, podStatus } from './status.js';
import { setUpVolumes } from './volumes.js';

const unmetRetryMs = 1_000;
/** The catalogue may get the image; nothing tells. */
const neverPullRetryMs = 10_000;
/** Ended runs kept per container: the latest, and the one before for `--previous`. */
const runsKept = 2;

export interface PodManagerOptions {
  readonly world: World;
  readonly log: Logger;
  readonly tracer?: Tracer;
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

interface ContainerMemory {
  waiting?: Waiting | undefined;
  /** The latest pull that failed: the next is made when its back-off is over, however often one looks. */
  pullFailed?: { readonly atMs: number; readonly message: string };
  /** Counters of one run, by its id. */
  run?: {
    readonly id: string;
    readonly counters: Map<ProbeKind, { counter: ProbeCounter; dueMs: number; busy: boolean }>;
  };
}

interface PodMemory extends PodTrace {
  readonly containers: Map<string, ContainerMemory>;
  written?: string;
  ending?: boolean;
  /** Told once: activeDeadlineSeconds is over. */
  failed?: { readonly reason: string; readonly message: string };
}

/**
 * One pod at a time (its key in the queue is worked on by one worker): what runs is brought to what its spec
 * says, then its status is told.
 */
export class PodManager {
  readonly #options: PodManagerOptions;
  readonly #memory = new Map<string, PodMemory>();
  readonly #tokens: ServiceAccountTokens;

  constructor(options: PodManagerOptions) {
    this.#options = options;
    this.#tokens = new ServiceAccountTokens(options.world, options.client);
  }

  /** Reconciles the pod `namespace/name`; a sandbox of that name whose pod is gone is taken down. */
  async reconcile(
    key: string,
    context: { readonly trace: Traceparent | undefined },
  ): Promise<{ requeueAfterMs?: number } | undefined> {
    const { pods, runtime } = this.#options;
    const pod = pods.get(key);
    const sandboxes = (await runtime.ListPodSandbox()).filter(
      (one) => `${one.namespace}/${one.name}` === key,
    );
    for (const sandbox of sandboxes) if (sandbox.uid !== pod?.metadata.uid) await this.#takeDown(sandbox);
    if (pod?.metadata.uid === undefined) return undefined;
    const memory = this.#remember(pod.metadata.uid);
    followTrace(memory, context.trace, pod, this.#options.world.clock.monotonicMs());
    const sandbox = sandboxes.find(({ uid }) => uid === pod.metadata.uid);
    if (pod.metadata.deletionTimestamp !== undefined) return this.#end(pod, memory, sandbox);
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') {
      if (sandbox !== undefined) await runtime.StopPodSandbox(sandbox.id);
      return undefined;
    }
    const leftMs = activeMsLeft(pod, this.#options.world.clock.nowMs());
    if (leftMs <= 0 && sandbox !== undefined) return this.#expire(pod, memory, sandbox);
    const next = await this.#run(pod, memory);
    if (leftMs === Number.POSITIVE_INFINITY) return next;
    return { requeueAfterMs: Math.max(1, Math.min(leftMs, next?.requeueAfterMs ?? leftMs)) };
  }

  /** Why a container does not run, for who asks for its log. */
  waitingOf(uid: string, container: string): string | undefined {
    return this.#memory.get(uid)?.containers.get(container)?.waiting?.reason;
  }

  /** activeDeadlineSeconds is over: everything ends, and the pod has failed. */
  async #expire(pod: Pod, memory: PodMemory, sandbox: PodSandbox): Promise<undefined> {
    const message = 'Pod was active on the node longer than the specified deadline';
    if (memory.failed === undefined) this.#event(pod, 'Normal', 'DeadlineExceeded', message);
    memory.failed = { reason: 'DeadlineExceeded', message };
    await this.#stopAll(pod, sandbox);
    await this.#report(pod, memory, sandbox);
    return undefined;
  }

  async #stopAll(pod: Pod, sandbox: PodSandbox): Promise<void> {
    const running = (await this.#options.runtime.ListContainers(sandbox.id)).filter(
      (one) => one.state === 'CONTAINER_RUNNING',
    );
    await Promise.all(running.map((run) => this.#stop(pod, run, sandbox)));
  }

  /** preStop, SIGTERM, SIGKILL: within the grace, of which the hook takes its part. */
  async #stop(pod: Pod, run: ContainerStatus, sandbox: PodSandbox): Promise<void> {
    const { world, runtime } = this.#options;
    const graceMs = graceMsOf(pod);
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    const container = all.find(({ name }) => name === run.name);
    const hook = container?.lifecycle?.preStop;
    const startedMs = world.clock.monotonicMs();
    if (container !== undefined && hook !== undefined && graceMs > 0) {
      const target = { container, containerId: run.id, podIp: sandbox.ip };
      const wrong = await runHook(this.#options, hook, target, graceMs);
      if (wrong !== undefined) {
        this.#event(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', container);
        this.#options.log.warn({ pod: pod.metadata.name, container: run.name, wrong }, 'preStop hook failed');
      }
    }
    const leftMs = graceMs - (world.clock.monotonicMs() - startedMs);
    const used = hook !== undefined && graceMs > 0;
    await runtime.StopContainer(run.id, used ? Math.max(graceLeftMinMs, leftMs) : graceMs);
  }

  #remember(uid: string): PodMemory {
    const memory = this.#memory.get(uid) ?? { containers: new Map() };
    this.#memory.set(uid, memory);
    return memory;
  }

  async #takeDown(sandbox: PodSandbox): Promise<void> {
    await this.#options.runtime.RemovePodSandbox(sandbox.id);
    this.#options.backoff.forget(sandbox.uid);
    this.#tokens.forget(sandbox.uid);
    this.#memory.delete(sandbox.uid);
  }

  #sources(pod: Pod, sandbox: PodSandbox): EnvSources {
    return envSources({ ...this.#options, tokens: this.#tokens }, pod, sandbox);
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
    let requeueAfterMs = this.#tokens.refreshInMs(uid);
    let initialized = true;
    const views = new Map<string, ContainerView>();
    for (const one of pod.spec?.containers ?? [])
      views.set(one.name, this.#view(one, memory, await this.#runs(sandbox, one.name)));
    const begun = hasInitialized(pod, views);
    for (const container of begun ? [] : (pod.spec?.initContainers ?? [])) {
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
        const message = `back-off ${goDuration(backoff.delayMs(key))} restarting failed ${title}`;
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
    const { runtime } = this.#options;
    const image = container.image ?? '';
    const pullAgainMs = await this.#pull(pod, container, own, sandbox);
    if (pullAgainMs !== undefined) return pullAgainMs;
    const span = this.#span('container start', pod, container);
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
        stdin: container.stdin === true,
        stdinOnce: container.stdinOnce === true,
        tty: container.tty === true,
      });
      this.#event(pod, 'Normal', 'Created', `Created container: ${container.name}`, container);
      await runtime.StartContainer(id);
      span?.end();
      this.#event(pod, 'Normal', 'Started', `Started container ${container.name}`, container);
      own.waiting = undefined;
      return (await this.#postStart(pod, container, own, sandbox, id)) ?? this.#firstProbe(container);
    } catch (error) {
      if (!(error instanceof ConfigError) && !(error instanceof RuntimeError)) throw error;
      span?.end(error);
      const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'RunContainerError';
      own.waiting = { reason, message: error.message };
      this.#event(pod, 'Warning', 'Failed', `Error: ${error.message}`, container);
      return unmetRetryMs * 5;
    }
  }

  /** Undefined when the image is there; else when to look again. */
  async #pull(
    pod: Pod,
    container: Container,
    own: ContainerMemory,
    sandbox: PodSandbox,
  ): Promise<number | undefined> {
    const { runtime, backoff, world } = this.#options;
    const image = container.image ?? '';
    const policy = container.imagePullPolicy ?? 'IfNotPresent';
    const pullKey = `${sandbox.uid}/${container.name}/image`;
    const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      this.#event(pod, type, reason, message, container);
    const present = (await runtime.ImageStatus(image)) !== undefined;
    if (present && policy !== 'Always') {
      event('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return undefined;
    }
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      if (own.waiting?.reason !== 'ErrImageNeverPull') {
        event('Warning', 'ErrImageNeverPull', message);
        event('Warning', 'Failed', 'Error: ErrImageNeverPull');
      }
      own.waiting = { reason: 'ErrImageNeverPull', message };
      return neverPullRetryMs;
    }
    const leftMs = present ? 0 : backoff.remainingMs(pullKey, own.pullFailed?.atMs ?? 0, world.clock.nowMs());
    if (leftMs > 0) {
      const message = `Back-off pulling image "${image}"`;
      if (own.waiting?.reason !== 'ImagePullBackOff') {
        event('Normal', 'BackOff', message);
        event('Warning', 'Failed', 'Error: ImagePullBackOff');
      }
      own.waiting = {
        reason: 'ImagePullBackOff',
        message: `${message}: ErrImagePull: ${own.pullFailed?.message ?? ''}`,
      };
      return leftMs;
    }
    event('Normal', 'Pulling', `Pulling image "${image}"`);
    try {
      const startedMs = world.clock.monotonicMs();
      await runtime.PullImage(image);
      const took = `${Math.round(world.clock.monotonicMs() - startedMs)}ms`;
      event(
        'Normal',
        'Pulled',
        `Successfully pulled image "${image}" in ${took} (${took} including waiting)`,
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      event('Warning', 'Failed', `Failed to pull image "${image}": ${error.message}`);
      event('Warning', 'Failed', 'Error: ErrImagePull');
      own.waiting = { reason: 'ErrImagePull', message: error.message };
      own.pullFailed = { atMs: world.clock.nowMs(), message: error.message };
      backoff.next(pullKey, world.clock.nowMs());
      return unmetRetryMs;
    }
  }

  /** Undefined when there is no hook or it went well; else the container is ended and tried again. */
  async #postStart(
    pod: Pod,
    container: Container,
    own: ContainerMemory,
    sandbox: PodSandbox,
    containerId: string,
  ): Promise<number | undefined> {
    const hook = container.lifecycle?.postStart;
    if (hook === undefined) return undefined;
    const target = { container, containerId, podIp: sandbox.ip };
    const wrong = await runHook(this.#options, hook, target, postStartMsMax);
    if (wrong === undefined) return undefined;
    this.#event(pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', container);
    this.#event(pod, 'Normal', 'Killing', 'FailedPostStartHook', container);
    own.waiting = { reason: 'PostStartHookError', message: wrong };
    await this.#options.runtime.StopContainer(containerId, graceMsOf(pod));
    return unmetRetryMs;
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
    const { world } = this.#options;
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
        await this.#stop(pod, run, sandbox);
        return 0;
      }
      if (!state.busy && state.dueMs <= nowMs) {
        state.busy = true;
        state.dueMs = nowMs + (probe.periodSeconds ?? 10) * 1000;
        const span = state.counter.verdict === true ? undefined : this.#span('probe', pod, container);
        void probeOnce(this.#options.runtime, probe, {
          container,
          containerId: run.id,
          podIp: sandbox.ip,
        }).then((result) => {
          state.busy = false;
          const before = state.counter.verdict;
          state.counter.take(result.ok);
          const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
          if (!result.ok)
            this.#event(pod, 'Warning', 'Unhealthy', `${title} probe failed: ${result.output}`, container);
          if (state.counter.verdict === before) return;
          span?.rename(`probe ${kind}`);
          span?.set('k8s.container.ready', result.ok);
          span?.end(result.ok ? undefined : result.output);
          this.#options.queue.add(`${pod.metadata.namespace}/${pod.metadata.name}`, span?.traceparent);
        });
      }
      waitMs = Math.min(waitMs, Math.max(10, state.dueMs - nowMs));
    }
    return waitMs;
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
      await Promise.all(running.map((run) => this.#stop(pod, run, sandbox)));
      await this.#report(pod, memory, sandbox);
    }
    try {
      await client
        .for<Pod>(podKind)
        .delete(
          { namespace, name },
          { gracePeriodSeconds: 0, preconditions: { uid } },
          { trace: memory.trace },
        );
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
      ...(memory.failed === undefined ? {} : { failed: memory.failed }),
    });
    // The times of conditions move only with the conditions, so that equal states are equal texts once
    // written.
    const text = JSON.stringify(status, (key, value: unknown) =>
      key === 'lastTransitionTime' ? undefined : value,
    );
    if (memory.written === text) return;
    const { namespace, name } = pod.metadata;
    try {
      const target = { namespace, name, subresource: 'status' };
      await client.for<Pod>(podKind).patch(target, 'merge', { status }, { trace: memory.trace });
      memory.written = text;
    } catch (error) {
      if (!isNotFound(error)) throw error; // It is gone: the informer will say so.
    }
  }

  #view(container: Container, memory: PodMemory, runs: readonly ContainerStatus[]): ContainerView {
    const own = memory.containers.get(container.name);
    const verdict = (kind: ProbeKind, probe: object | undefined) =>
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

  #span(name: string, pod: Pod, container: Container): Span | undefined {
    const { trace } = this.#memory.get(pod.metadata.uid ?? '') ?? {};
    return podSpan(this.#options.tracer, name, pod, container.name, trace);
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void {
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.containers{${container.name}}` };
    const { trace } = this.#memory.get(pod.metadata.uid ?? '') ?? {};
    this.#options.events.record(pod, { type, reason, message, trace, ...fieldPath });
  }
}
