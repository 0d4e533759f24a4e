import type { Traceparent, Tracer } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';

/**
 * Who asks: the user and groups of authorization
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/).
 */
export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What every verb knows of its request. */
export interface RequestScope {
  readonly world: World;
  readonly user: UserInfo;
  readonly trace: string | undefined;
  /** Absent: nothing is told of what the request does. */
  readonly tracer?: Tracer | undefined;
  /** What `tracing.k8s.io/traceparent` of a written object becomes; absent: it stays. */
  readonly annotation?: Traceparent | undefined;
  /** metadata.managedFields names the writer so. */
  readonly fieldManager: string;
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
  /** Texts for Warning headers. */
  readonly warn: (text: string) => void;
}
