import type { MemberId, ResponseHeader } from '@kubelab/store';
import type { World } from '@kubelab/world';
import type { RaftNode, RaftStatus } from '../contract.js';
import type { Backend } from '../mvcc/backend.js';
import { MvccStore } from '../mvcc/mvcc-store.js';
import type { PlantedBug } from '../raft/types.js';
import { StoreState } from '../state/state-machine.js';
import type { MemberRecord } from './data-directory.js';

export const serverDefaults = {
  maxRequestBytes: 1.5 * 1024 * 1024,
  watchProgressNotifyIntervalMs: 10_000,
} as const;

/** Term and leader of the node that is followed; they change seldom, and every answer says them. */
export function openState(
  world: World,
  record: MemberRecord,
  backend: Backend,
  plantedBug: PlantedBug | undefined,
) {
  let raftTerm = 0;
  let leader: MemberId | undefined;
  const { clusterId, id: memberId } = record;
  const header = (revision: number = state.store.revision): ResponseHeader => ({
    ...{ clusterId, memberId, revision, raftTerm },
  });
  const state: StoreState = new StoreState({
    openStore: (leases) => new MvccStore({ backend, leases, timers: world.timers, header, plantedBug }),
    nowMs: () => world.clock.monotonicMs(),
  });
  const follow = (node: RaftNode) => {
    const take = (status: RaftStatus) => {
      raftTerm = status.term;
      leader = status.leader;
    };
    take(node.status());
    node.onStatusChange(take);
  };
  return { state, header, follow, leader: () => leader };
}
