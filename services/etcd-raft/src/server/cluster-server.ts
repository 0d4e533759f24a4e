import { invalidArgument, type MemberId, StoreError, storeError } from '@kubelab/store';
import type { MembershipChange } from '../contract.js';
import type { Caller, EtcdServer, Member, MembersResponse } from '../etcd-server.js';
import { addedMemberId, encodeMemberFacts } from '../state/members.js';
import { originOf, proposeFor, readBarrier, type ServerParts, throwIf } from './parts.js';

/** As etcd: one that learns costs the leader a snapshot and a log of its own. */
const learnersMax = 1;
const nonceLength = 21;

type ClusterCalls = Pick<
  EtcdServer,
  'memberList' | 'memberAdd' | 'memberRemove' | 'memberUpdate' | 'memberPromote'
>;

/** Changes of the membership. What makes no sense is refused here, what would risk the majority too (etcd: strict reconfig check). */
export function createClusterServer(parts: ServerParts): ClusterCalls {
  const { members } = parts.state;
  const admit = async (caller: Caller) => {
    await readBarrier(parts);
    throwIf(parts.state.auth.checkAdmin(originOf(parts, caller)));
  };
  const change = async (
    changes: readonly MembershipChange[],
    context: Uint8Array = new Uint8Array(0),
  ): Promise<MembersResponse> => {
    const { revision } = await parts.proposer.changeMembership(changes, context);
    return { header: parts.header(revision), members: members.list };
  };
  return {
    memberList: async ({ linearizable }, caller) => {
      if (linearizable) await readBarrier(parts);
      originOf(parts, caller);
      return { header: parts.header(), members: members.list };
    },
    memberAdd: async ({ peerUrls, isLearner }, caller) => {
      checkUrls(peerUrls);
      await admit(caller);
      const { list } = members;
      if (list.some((member) => member.peerUrls.some((url) => peerUrls.includes(url))))
        throw storeError('peerUrlExists');
      if (isLearner && list.filter((member) => member.isLearner).length >= learnersMax)
        throw storeError('tooManyLearners');
      if (!isLearner) checkStarted(list, { voters: 1, started: 0 });
      const id = addedMemberId(parts.clusterId, peerUrls, parts.world.random.id(nonceLength));
      const facts = { id, name: '', peerUrls };
      const added = { type: isLearner ? 'addLearner' : 'addVoter', id } as const;
      const response = await change([added], encodeMemberFacts([facts]));
      const member = members.get(id) ?? { ...facts, clientUrls: [], isLearner };
      return { ...response, member };
    },
    memberRemove: async (id, caller) => {
      await admit(caller);
      const member = memberOf(parts, id);
      const started = member.name === '' ? 0 : -1;
      if (!member.isLearner && started < 0) checkStarted(members.list, { voters: -1, started });
      return change([{ type: 'remove', id }]);
    },
    memberUpdate: async ({ id, peerUrls }, caller) => {
      checkUrls(peerUrls);
      await admit(caller);
      memberOf(parts, id);
      const others = members.list.filter((member) => member.id !== id);
      if (others.some((member) => member.peerUrls.some((url) => peerUrls.includes(url))))
        throw storeError('peerUrlExists');
      const header = await proposeFor(parts, { type: 'memberUpdate', id, peerUrls }, caller);
      return { header, members: members.list };
    },
    memberPromote: async (id, caller) => {
      await admit(caller);
      const { isLearner, name } = memberOf(parts, id);
      if (!isLearner) throw storeError('notLearner');
      // One that never started would cost the majority a vote, however short the log is that it lacks.
      if (name === '') throw storeError('learnerNotReady');
      return change([{ type: 'promote', id }]);
    },
  };
}

function memberOf({ state }: ServerParts, id: MemberId): Member {
  const member = state.members.get(id);
  if (member === undefined) throw storeError('memberNotFound');
  return member;
}

function checkUrls(urls: readonly string[]): void {
  if (urls.length === 0 || !urls.every((url) => /^https?:\/\/[^/]+:\d{1,5}$/.test(url)))
    throw invalidArgument('given member URLs are invalid');
}

/** After the change, members that have started once must be a majority of the voters. */
function checkStarted(
  members: readonly Member[],
  change: { readonly voters: number; readonly started: number },
): void {
  const before = members.filter((member) => !member.isLearner);
  const started = before.filter((member) => member.name !== '').length + change.started;
  const voters = before.length + change.voters;
  // The second member of a cluster of one cannot have started yet.
  if (before.length === 1 && change.voters > 0 && started === 1) return;
  if (started >= Math.floor(voters / 2) + 1) return;
  throw new StoreError(
    'unhealthyCluster',
    'etcdserver: re-configuration failed due to not enough started members',
  );
}
