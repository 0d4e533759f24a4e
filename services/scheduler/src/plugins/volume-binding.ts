import {
  ApiError,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  quantityValue,
} from '@kubelab/api';
import type { Handle, NodeFilter, Plugin } from '../framework/contract.js';
import type { PodInfo } from '../framework/pod-info.js';
import { failure, type Status, unresolvable } from '../framework/status.js';
import {
  canProvision,
  claimKey,
  claimsOf,
  classOf,
  findVolume,
  isBound,
  isDelayed,
  selectedNodeAnnotation,
  volumeFitsNode,
} from './volume-claims.js';

const name = 'VolumeBinding';
const affinityConflict = unresolvable(name, 'node(s) had volume node affinity conflict');
const noVolume = unresolvable(name, "node(s) didn't find available persistent volumes to bind");
const volumeGone = unresolvable(
  name,
  'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
);
const immediateUnbound = unresolvable(name, 'pod has unbound immediate PersistentVolumeClaims');
/** How often claims are looked at while they are being bound. */
const pollMs = 250;

export interface VolumeBindingArgs {
  readonly bindTimeoutSeconds?: number;
}

/** What is to be done for a pod on a node before it can be bound there. */
interface Plan {
  readonly bind: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  readonly provision: readonly PersistentVolumeClaim[];
}

/**
 * Volumes that a pod has must be reachable from its node; claims that wait for their first pod
 * (WaitForFirstConsumer) get a volume that is, or are told the node that their volume is to be made for. The
 * volume binder does the rest, and the pod is bound when all its claims are.
 */
export function volumeBinding(args: VolumeBindingArgs, handle: Handle): Plugin {
  const binder = new Binder(handle, (args.bindTimeoutSeconds ?? 600) * 1_000);
  return {
    name,
    preFilter: (info) => {
      if (info.claims.length === 0) return undefined;
      const claims = claimsOf(info.pod, handle.listers);
      if (typeof claims === 'string') return { refused: unresolvable(name, claims) };
      const unbound = claims.filter((claim) => !isBound(claim));
      if (unbound.some((claim) => !isDelayed(claim, handle.listers))) return { refused: immediateUnbound };
      const filter: NodeFilter = {
        filter: ({ node }) => {
          const plan = binder.plan(claims, node);
          return 'code' in plan ? plan : undefined;
        },
      };
      return { filter };
    },
    reserve: (info, { node }) => (info.claims.length === 0 ? undefined : binder.reserve(info, node)),
    unreserve: (info) => binder.release(info),
    preBind: (info, nodeName) => binder.bind(info, nodeName),
    hints: [
      {
        on: ['PersistentVolumeClaim/Change'],
        helps: ({ claims, namespace }, event) =>
          'object' in event && claims.includes(`${namespace}/${event.object.metadata.name}`),
      },
      {
        on: [
          'PersistentVolume/Change',
          'StorageClass/Change',
          'CSINode/Change',
          'Node/Add',
          'Node/UpdateLabel',
        ],
      },
    ],
  };
}

class Binder {
  readonly #handle: Handle;
  readonly #timeoutMs: number;
  /** Promised by reserve and not yet seen: by pod. */
  readonly #plans = new Map<string, Plan>();
  /** Volume to the claim that it is promised to; claim to the node that it is promised to. */
  readonly #volumes = new Map<string, string>();
  readonly #nodes = new Map<string, string>();

  constructor(handle: Handle, timeoutMs: number) {
    this.#handle = handle;
    this.#timeoutMs = timeoutMs;
  }

  plan(claims: readonly PersistentVolumeClaim[], node: Node): Plan | Status {
    const { listers } = this.#handle;
    const bind: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
    const provision: PersistentVolumeClaim[] = [];
    const open: PersistentVolumeClaim[] = [];
    for (const claim of claims) {
      if (isBound(claim)) {
        const volume = listers.volumes.get(claim.spec?.volumeName ?? '');
        if (volume === undefined) return volumeGone;
        if (!volumeFitsNode(volume, node)) return affinityConflict;
        continue;
      }
      const chosen = this.#nodes.get(claimKey(claim)) ?? claim.metadata.annotations?.[selectedNodeAnnotation];
      if (chosen === undefined) open.push(claim);
      else if (chosen !== node.metadata.name) return noVolume;
      else provision.push(claim);
    }
    // The largest claim is served last: small volumes go to small claims.
    const sizeOf = (claim: PersistentVolumeClaim) => quantityValue(claim.spec?.resources?.requests?.storage);
    for (const claim of open.sort((a, b) => sizeOf(a) - sizeOf(b))) {
      const taken = (volume: string) => {
        const promised = this.#volumes.get(volume);
        return (
          (promised !== undefined && promised !== claimKey(claim)) ||
          bind.some((other) => other.volume.metadata.name === volume)
        );
      };
      const volume = findVolume(claim, node, listers, taken);
      if (volume === undefined) provision.push(claim);
      else bind.push({ claim, volume });
    }
    const possible = provision.every((claim) =>
      canProvision(listers.storageClasses.get(classOf(claim)), node),
    );
    return possible ? { bind, provision } : noVolume;
  }

  reserve(info: PodInfo, node: Node): Status | undefined {
    const claims = claimsOf(info.pod, this.#handle.listers);
    if (typeof claims === 'string') return unresolvable(name, claims);
    const plan = this.plan(claims, node);
    if ('code' in plan) return plan;
    this.#plans.set(info.key, plan);
    for (const { claim, volume } of plan.bind) this.#volumes.set(volume.metadata.name, claimKey(claim));
    for (const claim of plan.provision) this.#nodes.set(claimKey(claim), node.metadata.name);
    return undefined;
  }

  release(info: PodInfo): void {
    const plan = this.#plans.get(info.key);
    if (plan === undefined) return;
    this.#plans.delete(info.key);
    for (const { volume } of plan.bind) this.#volumes.delete(volume.metadata.name);
    for (const claim of plan.provision) this.#nodes.delete(claimKey(claim));
  }

  async bind(info: PodInfo, nodeName: string): Promise<Status | undefined> {
    const plan = this.#plans.get(info.key);
    if (plan === undefined || plan.bind.length + plan.provision.length === 0) return undefined;
    const { actions } = this.#handle;
    try {
      for (const { claim, volume } of plan.bind) await actions.bindVolume(volume, claim);
      for (const claim of plan.provision) {
        if (claim.metadata.annotations?.[selectedNodeAnnotation] !== nodeName)
          await actions.selectNode(claim, nodeName);
      }
      return await this.#untilBound(info);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return failure(name, `binding volumes: ${error.message}`);
    } finally {
      this.release(info);
    }
  }

  async #untilBound(info: PodInfo): Promise<Status | undefined> {
    const { listers, now, sleep } = this.#handle;
    const deadlineMs = now() + this.#timeoutMs;
    const told = new Set<string>();
    for (;;) {
      const claims = claimsOf(info.pod, listers);
      if (typeof claims === 'string') return failure(name, `binding volumes: ${claims}`);
      const waiting = claims.filter((claim) => !isBound(claim));
      if (waiting.length === 0) return undefined;
      for (const claim of waiting) {
        // The provisioner takes the node back when it cannot do it there: another node is to be chosen.
        if (claim.metadata.annotations?.[selectedNodeAnnotation] !== undefined) told.add(claimKey(claim));
        else if (told.has(claimKey(claim)))
          return failure(name, `binding volumes: provisioning failed for PVC "${claim.metadata.name}"`);
      }
      if (now() >= deadlineMs) return failure(name, 'binding volumes: context deadline exceeded');
      await sleep(pollMs);
    }
  }
}
