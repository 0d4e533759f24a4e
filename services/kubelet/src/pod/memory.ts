import type { Traceparent } from '@kubelab/telemetry';
import type { ProbeRun } from '../probes/prober.js';

/** What a kubelet remembers of a pod between two looks at it; a restarted one begins anew. */
export interface PodMemory {
  readonly containers: Map<string, ContainerMemory>;
  /** Messages of ended runs, by the run's id. */
  readonly messages: Map<string, string>;
  written?: string;
  ending?: boolean;
  /** Of the write that the latest reconcile answers: what follows from it carries it on. */
  trace?: Traceparent | undefined;
  /** The node has ended it: activeDeadlineSeconds is over, or it was evicted. */
  failed?: { readonly reason: string; readonly message: string };
}

export interface ContainerMemory {
  waiting?: { readonly reason: string; readonly message?: string } | undefined;
  /** The latest pull that failed: the next is made when its back-off is over, however often one looks. */
  pullFailed?: { readonly atMs: number; readonly message: string };
  run?: ProbeRun;
}
