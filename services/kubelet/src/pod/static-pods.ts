import { createHash } from 'node:crypto';
import {
  ApiError,
  applyDefaults,
  type Node,
  nodeKind,
  type Pod,
  parseManifests,
  podKind,
  timestamp,
} from '@kubelab/api';
import { type Client, type Informer, isNotFound, keyOf } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import { DiskError, type Timer, type World } from '@kubelab/world';

/** Kubernetes' fileCheckFrequency is 20 s: here it is something to watch. */
const checkEveryMs = 2_000;
/** Of one folder; what is more is left alone, and said. */
const filesMax = 110;
const fileBytesMax = 1_048_576;

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const hashAnnotation = 'kubernetes.io/config.hash';

export interface StaticPodsOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly nodeName: string;
  /** Absolute; need not be there. Undefined: there are no static pods. */
  readonly directory: string | undefined;
  readonly pods: Pick<Informer<Pod>, 'get' | 'list' | 'synced'>;
  readonly changed: (key: string) => void;
}

/**
 * Pods of a folder of manifests: they run whether there is an API or not. In the API each has a mirror, a Pod that shows it and
 * takes its status; to delete the mirror ends nothing, it comes again. A pod's uid follows from its file, so that a changed file
 * is another pod and an unchanged one is found again by a kubelet that starts anew.
 */
export class StaticPods {
  readonly #options: StaticPodsOptions;
  readonly #pods = new Map<string, Pod>();
  /** Files that were told to be no pods, with what was in them. */
  readonly #refused = new Map<string, string>();
  #checking = false;
  #timer: Timer | undefined;

  constructor(options: StaticPodsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.directory === undefined) return;
    void this.#check();
    this.#timer = this.#options.world.timers.setInterval(() => void this.#check(), checkEveryMs);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  has(key: string): boolean {
    return this.#pods.has(key);
  }

  /**
   * The pod of a key as its kubelet is to run it: from its file with its mirror's status, or the API's. A mirror without a file is
   * no pod to run.
   */
  get(key: string): Pod | undefined {
    const own = this.#pods.get(key);
    const told = this.#options.pods.get(key);
    if (own === undefined)
      return told?.metadata.annotations?.[mirrorAnnotation] === undefined ? told : undefined;
    const status = told !== undefined && isMirrorOf(told, own) ? told.status : undefined;
    return status === undefined ? own : { ...own, status };
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      await this.#readFolder();
      if (this.#options.pods.synced) await this.#mirror();
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof DiskError)) throw error;
      this.#options.log.debug({ error: error.message }, 'static pods are looked at again');
    } finally {
      this.#checking = false;
    }
  }

  async #readFolder(): Promise<void> {
    const { world, directory = '', changed, log } = this.#options;
    const names = (await world.disk.exists(directory)) ? await world.disk.list(directory) : [];
    const files = names.filter((name) => /^[^.].*\.(ya?ml|json)$/.test(name));
    if (files.length > filesMax) log.warn({ files: files.length, filesMax }, 'too many static pods');
    const found = new Map<string, Pod>();
    for (const name of files.slice(0, filesMax)) {
      const pod = this.#parse(name, await world.disk.readFile(`${directory}/${name}`));
      if (pod !== undefined && !found.has(keyOf(pod))) found.set(keyOf(pod), pod);
    }
    for (const key of new Set([...this.#pods.keys(), ...found.keys()])) {
      const next = found.get(key);
      if (next?.metadata.uid === this.#pods.get(key)?.metadata.uid) continue;
      if (next === undefined) this.#pods.delete(key);
      else this.#pods.set(key, next);
      changed(key);
    }
  }

  #parse(name: string, bytes: Uint8Array): Pod | undefined {
    const { nodeName, world, log } = this.#options;
    const hash = createHash('sha256').update(`${nodeName}/${name}/`).update(bytes).digest('hex').slice(0, 32);
    try {
      if (bytes.length > fileBytesMax) throw new Error(`more than ${fileBytesMax} bytes`);
      const pod = staticPod(parseManifests(bytes), {
        nodeName,
        hash,
        nowIso: timestamp(world.clock.nowMs()),
      });
      this.#refused.delete(name);
      return pod;
    } catch (error) {
      if (this.#refused.get(name) !== hash) log.warn({ file: name, error }, 'a file is no static pod');
      this.#refused.set(name, hash);
      return undefined;
    }
  }

  /** Brings the API's picture to what the folder holds. */
  async #mirror(): Promise<void> {
    const { pods, client, nodeName } = this.#options;
    const api = client.for<Pod>(podKind);
    for (const pod of pods.list()) {
      if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) continue;
      const own = this.#pods.get(keyOf(pod));
      const holds = own !== undefined && isMirrorOf(pod, own) && pod.metadata.deletionTimestamp === undefined;
      if (holds || pod.spec?.nodeName !== nodeName) continue;
      const { namespace, name, uid } = pod.metadata;
      await api
        .delete({ namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } })
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
    }
    const missing = [...this.#pods].filter(([key]) => pods.get(key) === undefined);
    if (missing.length === 0) return;
    const node = await client.for<Node>(nodeKind).get(undefined, nodeName);
    for (const [, pod] of missing) await api.create(mirrorOf(pod, node));
  }
}

function isMirrorOf(told: Pod, own: Pod): boolean {
  return told.metadata.annotations?.[mirrorAnnotation] === own.metadata.uid;
}

function staticPod(
  objects: readonly { readonly kind: string }[],
  { nodeName, hash, nowIso }: { readonly nodeName: string; readonly hash: string; readonly nowIso: string },
): Pod {
  const [object] = objects;
  if (objects.length !== 1 || object === undefined || !isPod(object)) throw new Error('not one Pod');
  const pod: Pod = structuredClone(object);
  applyDefaults(podKind, pod);
  const { name, namespace = 'default', labels = {}, annotations = {} } = pod.metadata;
  const { spec } = pod;
  if (spec === undefined) throw new Error('no spec');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${nodeName}`,
      namespace,
      uid: hash,
      labels,
      annotations: {
        ...annotations,
        [hashAnnotation]: hash,
        'kubernetes.io/config.seen': nowIso,
        'kubernetes.io/config.source': 'file',
      },
    },
    spec: {
      ...spec,
      nodeName,
      // A node's taints do not end what its own files say.
      tolerations: [...(spec.tolerations ?? []), { effect: 'NoExecute', operator: 'Exists' }],
    },
  };
}

function isPod(object: { readonly kind: string }): object is Pod {
  return object.kind === 'Pod';
}

function mirrorOf(pod: Pod, node: Node): Pod {
  const { uid: hash = '', resourceVersion: _version, ...metadata } = pod.metadata;
  const { name, uid = '' } = node.metadata;
  return {
    ...pod,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [mirrorAnnotation]: hash },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid, controller: true }],
    },
  };
}
