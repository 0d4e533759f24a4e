import type { ProbeRun } from '../probes/prober.js';
import type { PodTrace } from './pod-spans.js';

/** What a kubelet remembers of a pod between two looks at it; a restarted one begins anew. */
export interface PodMemory extends PodTrace {
  readonly containers: Map<string, ContainerMemory>;
  /** Messages of ended runs, by the run's id. */
  readonly messages: Map<string, string>;
  written?: string;
  ending?: boolean;
  /** The node has ended it: activeDeadlineSeconds is over, or it was evicted. */
  failed?: { readonly reason: string; readonly message: string };
}

export interface ContainerMemory {
  waiting?: { readonly reason: string; readonly message?: string } | undefined;
  /** The latest pull that failed: the next is made when its back-off is over, however often one looks. */
  pullFailed?: { readonly atMs: number; readonly message: string };
  run?: ProbeRun;
}
