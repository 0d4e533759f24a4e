import { type Container, type Pod, podKind, type Service } from '@kubelab/api';
import { type Client, type EventRecorder, type Informer, isNotFound, type WorkQueue } from '@kubelab/client';
import type { Logger, Traceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { runProbes } from '../probes/prober.js';
import {
  type ContainerRuntime,
  type ContainerStatus,
  type Mount,
  type PodSandbox,
  RuntimeError,
  terminationPathAnnotation,
} from '../runtime/cri.js';
import type { Backoff } from './backoff.js';
import { type Allocatable, ConfigError, containerEnv, type EnvSources, expandVariables } from './env.js';
import { graceLeftMinMs, postStartMsMax, runHook } from './hooks.js';
import { ensureImage, type ImagePullerParts, unmetRetryMs } from './image-puller.js';
import type { ContainerMemory, PodMemory } from './memory.js';
import { ServiceAccountTokens } from './service-account-tokens.js';
import { envSources } from './sources.js';
import {
  activeMsLeft,
  containersOf,
  goDuration,
  graceMsOf,
  isFromFile,
  mountsOf,
  type ProbeKind,
  probesOf,
  restarts,
} from './spec.js';
import { type ContainerView, hasInitialized, isInitialized, isSidecar, podStatus } from './status.js';
import { terminationLogOf, terminationMessage } from './termination-message.js';
import { hasLiveVolumes, setUpVolumes, volumeSyncMs } from './volumes.js';

const terminationPathDefault = '/dev/termination-log';
/** Ended runs kept per container: the latest, and the one before for `--previous`. */
const runsKept = 2;

export interface PodManagerOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly pods: Pick<Informer<Pod>, 'get'>;
  readonly services: Pick<Informer<Service>, 'list'>;
  readonly queue: WorkQueue;
  readonly backoff: Backoff;
  readonly nodeIp: string;
  readonly allocatable: Allocatable;
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
    memory.trace = context.trace;
    const sandbox = sandboxes.find(({ uid }) => uid === pod.metadata.uid);
    if (pod.metadata.deletionTimestamp !== undefined) return this.#end(pod, memory, sandbox);
    const phase = pod.status?.phase;
    if (phase === 'Succeeded' || phase === 'Failed') {
      if (sandbox !== undefined) await runtime.StopPodSandbox(sandbox.id);
      return undefined;
    }
    const leftMs = activeMsLeft(pod, this.#options.world.clock.nowMs());
    if (memory.failed?.reason === 'Evicted' && sandbox !== undefined)
      return this.#fail(pod, memory, sandbox, 0);
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
    return this.#fail(pod, memory, sandbox, graceMsOf(pod));
  }

  /** The node ends it, at once and for good: it is short of something (docs: node-pressure eviction). */
  evict(pod: Pod, message: string): void {
    const memory = this.#remember(pod.metadata.uid ?? '');
    if (memory.failed !== undefined) return;
    memory.failed = { reason: 'Evicted', message };
    this.#event(pod, 'Warning', 'Evicted', message);
    this.#options.queue.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
  }

  async #fail(pod: Pod, memory: PodMemory, sandbox: PodSandbox, graceMs: number): Promise<undefined> {
    await this.#stopAll(pod, sandbox, graceMs);
    await this.#report(pod, memory, sandbox);
    return undefined;
  }

  /**
   * Everything of the pod ends within one grace: the containers together, then the sidecars, the last to start first (KEP-753).
   */
  async #stopAll(pod: Pod, sandbox: PodSandbox, graceMs = graceMsOf(pod)): Promise<void> {
    const { world, runtime } = this.#options;
    const all = await runtime.ListContainers(sandbox.id);
    const running = new Map(
      all.filter(({ state }) => state === 'CONTAINER_RUNNING').map((run) => [run.name, run]),
    );
    const deadlineMs = world.clock.monotonicMs() + graceMs;
    const leftMs = () =>
      graceMs === 0 ? 0 : Math.max(graceLeftMinMs, deadlineMs - world.clock.monotonicMs());
    const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
    const others = [...running.values()].filter(({ name }) => !sidecars.includes(name));
    await Promise.all(others.map((run) => this.#stop(pod, run, sandbox, graceMs)));
    for (const name of sidecars.reverse()) {
      const run = running.get(name);
      if (run !== undefined) await this.#stop(pod, run, sandbox, leftMs());
    }
  }

  /** preStop, SIGTERM, SIGKILL: within the grace, of which the hook takes its part. */
  async #stop(pod: Pod, run: ContainerStatus, sandbox: PodSandbox, graceMs: number): Promise<void> {
    const { world, runtime } = this.#options;
    const container = containersOf(pod).find(({ name }) => name === run.name);
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
    const memory = this.#memory.get(uid) ?? { containers: new Map(), messages: new Map() };
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
      annotations: pod.metadata.annotations ?? {},
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
    const live = hasLiveVolumes(pod) ? volumeSyncMs : Number.POSITIVE_INFINITY;
    let requeueAfterMs = Math.min(live, this.#tokens.refreshInMs(uid));
    // Ephemeral containers come at any time, and nothing waits for them (KEP-277).
    for (const one of pod.spec?.ephemeralContainers ?? [])
      requeueAfterMs = Math.min(requeueAfterMs, await this.#step(pod, one, memory, sandbox, mounts));
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
        ...((await this.#isOver(pod, sandbox)) ? [] : (pod.spec?.initContainers ?? []).filter(isSidecar)),
        ...(pod.spec?.containers ?? []),
      ])
        requeueAfterMs = Math.min(requeueAfterMs, await this.#step(pod, container, memory, sandbox, mounts));
    // A pod that is done ends its sidecars before it says so.
    if (initialized && (await this.#isOver(pod, sandbox))) await this.#stopAll(pod, sandbox);
    await this.#report(pod, memory, sandbox);
    return Number.isFinite(requeueAfterMs) ? { requeueAfterMs } : undefined;
  }

  /** Every container ended, and none is started again. */
  async #isOver(pod: Pod, sandbox: PodSandbox): Promise<boolean> {
    for (const container of pod.spec?.containers ?? []) {
      const [run] = await this.#runs(sandbox, container.name);
      if (run?.state !== 'CONTAINER_EXITED' || restarts(pod, container, run)) return false;
    }
    return true;
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
    for (const old of older.slice(runsKept - 1)) {
      await runtime.RemoveContainer(old.id);
      memory.messages.delete(old.id);
    }
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
    const event: ImagePullerParts['event'] = (...told) => this.#event(pod, ...told, container);
    const backoffKey = `${sandbox.uid}/${container.name}/image`;
    const pullAgainMs = await ensureImage({ ...this.#options, event }, container, own, backoffKey);
    if (pullAgainMs !== undefined) return pullAgainMs;
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
        mounts: await this.#mounts(container, sandbox, mountsOf(container, mounts, envs), attempt),
        annotations: {
          [terminationPathAnnotation]: container.terminationMessagePath ?? terminationPathDefault,
        },
        stdin: container.stdin === true,
        stdinOnce: container.stdinOnce === true,
        tty: container.tty === true,
      });
      this.#event(pod, 'Normal', 'Created', `Created container: ${container.name}`, container);
      await runtime.StartContainer(id);
      this.#event(pod, 'Normal', 'Started', `Started container ${container.name}`, container);
      own.waiting = undefined;
      return (await this.#postStart(pod, container, own, sandbox, id)) ?? this.#firstProbe(container);
    } catch (error) {
      if (!(error instanceof ConfigError) && !(error instanceof RuntimeError)) throw error;
      const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'RunContainerError';
      own.waiting = { reason, message: error.message };
      this.#event(pod, 'Warning', 'Failed', `Error: ${error.message}`, container);
      return unmetRetryMs * 5;
    }
  }

  /** The volumes' mounts, and the run's own termination log. */
  async #mounts(
    container: Container,
    sandbox: PodSandbox,
    mounts: readonly Mount[],
    attempt: number,
  ): Promise<readonly Mount[]> {
    const hostPath = terminationLogOf(sandbox, container.name, attempt);
    if (hostPath === undefined) return mounts;
    const { disk } = this.#options.world;
    // A subPath that is not there is made, as a directory.
    for (const mount of mounts)
      if (!(await disk.exists(mount.hostPath))) await disk.makeDirectory(mount.hostPath);
    await disk.makeDirectory(hostPath.slice(0, hostPath.lastIndexOf('/')));
    await disk.writeFileAtomic(hostPath, '', { mode: 0o666 });
    return [
      ...mounts,
      { containerPath: container.terminationMessagePath ?? terminationPathDefault, hostPath },
    ];
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

  /** Looks at a running container's probes; one that failed ends it. Answers when to look again. */
  async #probe(
    pod: Pod,
    container: Container,
    own: ContainerMemory,
    run: ContainerStatus,
    sandbox: PodSandbox,
  ): Promise<number> {
    if (own.run?.id !== run.id) own.run = { id: run.id, counters: new Map() };
    const parts = {
      ...this.#options,
      unhealthy: (message: string) => this.#event(pod, 'Warning', 'Unhealthy', message, container),
      changed: () => this.#options.queue.add(`${pod.metadata.namespace}/${pod.metadata.name}`),
    };
    const outcome = runProbes(parts, { container, containerId: run.id, podIp: sandbox.ip }, own.run);
    if (outcome.failed === undefined) return outcome.waitMs;
    const why = `Container ${container.name} failed ${outcome.failed} probe, will be restarted`;
    this.#event(pod, 'Normal', 'Killing', why, container);
    // A probe may have a grace of its own (KEP-2238), where there is no deletion that has one.
    const ownGrace = outcome.probe.terminationGracePeriodSeconds;
    const graceMs = ownGrace === undefined ? graceMsOf(pod) : ownGrace * 1000;
    await this.#stop(pod, run, sandbox, graceMs);
    return 0;
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
      await this.#stopAll(pod, sandbox);
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
    for (const one of containersOf(pod))
      containers.set(one.name, this.#view(one, memory, await this.#told(one, memory, sandbox)));
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
    // A mirror of a static pod that was made anew has no status yet.
    const unknown = pod.status?.podIP === undefined && memory.written !== undefined && isFromFile(pod);
    if (memory.written === text && !unknown) return;
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

  /** The runs with what they left as messages. */
  async #told(container: Container, memory: PodMemory, sandbox: PodSandbox): Promise<ContainerStatus[]> {
    const runs = await this.#runs(sandbox, container.name);
    return Promise.all(
      runs.map(async (run) => {
        if (run.state !== 'CONTAINER_EXITED') return run;
        const path = terminationLogOf(sandbox, container.name, run.attempt);
        const message =
          memory.messages.get(run.id) ??
          (await terminationMessage(this.#options.world, container, run, path));
        memory.messages.set(run.id, message);
        return { ...run, message };
      }),
    );
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string, container?: Container): void {
    const fieldPath = container === undefined ? {} : { fieldPath: `spec.containers{${container.name}}` };
    const { trace } = this.#memory.get(pod.metadata.uid ?? '') ?? {};
    this.#options.events.record(pod, { type, reason, message, trace, ...fieldPath });
  }
}
