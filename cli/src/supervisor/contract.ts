import type { ComponentKind } from '../topology.js';
import type { ProcessState } from './managed-process.js';

/** What `kubelab status` shows of one component. */
export interface ComponentStatus {
  readonly name: string;
  readonly kind: ComponentKind;
  /** null while it does not run. */
  readonly pid: number | null;
  readonly address: string;
  /** `unresponsive`: its process runs and its debug service does not answer in time. */
  readonly state: ProcessState | 'starting' | 'unresponsive';
  /**
   * What the component says of itself: leader, follower, active, standby, ...; empty when it does not answer.
   */
  readonly role: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly memoryBytes: number | null;
  /** Why it last ended, when it said so. */
  readonly lastError: string | null;
}

export interface ClusterStatus {
  /** Every component is ready. */
  readonly ready: boolean;
  /** URL for kubectl. */
  readonly api: string;
  readonly components: readonly ComponentStatus[];
}

export type ControlAction = 'kill' | 'pause' | 'resume' | 'restart' | 'stop' | 'start';

/** The supervisor's wire service, for operators only. */
export const supervisorMethods = {
  /** {} -> ClusterStatus */
  status: 'supervisor.status',
  /** { name, action, wholeNode } -> { names }: the components that it was done to. */
  control: 'supervisor.control',
  /** {} -> {} once every component and pod process has ended; the supervisor then ends too. */
  shutdown: 'supervisor.shutdown',
} as const;
