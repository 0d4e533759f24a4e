import type { MemberId } from '@kubelab/store';
import type { WireContext } from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import type { InitialMember } from './data-directory.js';
import { askForCluster } from './peers.js';

/** Of one member that is asked. */
const askDeadlineMs = 1_000;
/** A member that was removed and does not know it yet is unknown too: it makes nobody ask more often. */
const askEveryMs = 1_000;

/**
 * Members that this one has to answer and cannot have heard of: it lags behind the entry that added its leader. Without their addresses
 * it could acknowledge nothing and would lag for good (etcd: addRemoteFromRequest). So it asks the members that it knows.
 */
export class UnknownMembers {
  readonly #context: WireContext;
  readonly #tls: TlsMaterial;
  readonly #learned: (members: readonly InitialMember[]) => void;
  #asking = false;

  constructor(context: WireContext, tls: TlsMaterial, learned: (members: readonly InitialMember[]) => void) {
    this.#context = context;
    this.#tls = tls;
    this.#learned = learned;
  }

  /** `addresses`: of the members that are known. */
  met(member: MemberId, addresses: readonly Address[]): void {
    if (this.#asking) return;
    this.#asking = true;
    void this.#ask(member, addresses);
  }

  async #ask(member: MemberId, addresses: readonly Address[]): Promise<void> {
    const { world, telemetry } = this.#context;
    try {
      const tls = this.#tls;
      const { members } = await askForCluster(this.#context, { addresses, tls, deadlineMs: askDeadlineMs });
      if (members.some(({ id }) => id === member)) this.#learned(members);
    } catch (error) {
      telemetry.log.debug({ error, member }, 'nobody tells who an unknown member is');
    }
    await world.timers.sleep(askEveryMs);
    this.#asking = false;
  }
}
