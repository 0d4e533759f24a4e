import type { Telemetry } from '@kubelab/telemetry';
import type { Links, WireService } from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';

/** What every component's configuration has in common. A component's own `Config` extends it. */
export interface ComponentConfig {
  /** Instance name: `etcd-raft-0`, `scheduler-1`, `node-1`, `kube-proxy-1`. */
  readonly name: string;
  /** Where its wire server (its API if it has one, and the debug service) listens. */
  readonly listen: Address;
  readonly tls: TlsMaterial;
  readonly telemetry: Telemetry;
  readonly links: Links;
  /** The debug service, to be served beside the component's own. */
  readonly debug: WireService;
}

/** What start(world, config) resolves to, once the component serves. */
export interface RunningComponent {
  readonly address: Address;
  /** One word for `kubelab status`: `leader`, `follower`, `active`, `standby`, `serving`, `ready`, ... */
  role(): string;
  /** Ready to do its work (connected, caches synced). Standby counts as ready. */
  ready(): boolean;
  /** Graceful; idempotent. */
  stop(): Promise<void>;
}

/**
 * The debug service that every component serves beside its own (only for identities in `kubelab:operators`):
 * - unary `debug.status`: {} -> { name, component, pid, role, ready, uptimeMs, memoryBytes }
 * - stream `debug.messages`: {} -> heads are MessageRecord arrays (recent ones first, then live, batched per
 *   50 ms)
 * - unary `debug.spans`: { traceId } -> SpanRecord[]: what this component remembers of a trace
 * - unary `debug.links.list` {} -> Record<string, LinkFault>; `debug.links.set` { to, fault };
 *   `debug.links.clear` { to? }
 */
export const operatorsGroup = 'kubelab:operators';
