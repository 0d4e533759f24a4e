import type { World } from '@kubelab/world';
import type { StatusResponse } from '../contract.js';
import { type CallOptions, type GrpcChannel, GrpcError } from './channel.adapter.js';
import { oneAnswer } from './one-answer.js';
import { clusterMethods, kvMethods, maintenanceMethods, watchMethod } from './services.js';
import { fromGrpcStatus } from './status.js';
import { headerOf } from './translate.js';

type Timed = Pick<World, 'timers'>;

const noMember = '0'.repeat(16);
/** The least key there is. */
const anyKey = new Uint8Array(1);

/** What a member of etcd says of itself. */
export async function statusOf(
  world: Timed,
  channel: GrpcChannel,
  call: CallOptions,
): Promise<StatusResponse> {
  const [answer, list, compactRevision] = await Promise.all([
    channel.unary(maintenanceMethods.status, {}, call),
    channel.unary(clusterMethods.memberList, {}, call),
    compactRevisionOf(world, channel, call),
  ]);
  const { dbSize: dbBytes, dbSizeInUse: dbBytesInUse, ...status } = answer;
  const header = headerOf(answer);
  return {
    ...status,
    header,
    name: list.members.find((member) => member.id === header.memberId)?.name ?? '',
    role: answer.leader === header.memberId ? 'leader' : answer.isLearner ? 'learner' : 'follower',
    leader: answer.leader === noMember ? '' : answer.leader,
    dbBytes,
    dbBytesInUse,
    compactRevision,
  };
}

/** etcd tells it to a watch that begins before it. (The answer to HashKV has it too, but that reads every key.) */
async function compactRevisionOf(world: Timed, channel: GrpcChannel, call: CallOptions): Promise<number> {
  const first = { key: anyKey, revision: 1, serializable: true, countOnly: true };
  try {
    await channel.unary(kvMethods.range, first, call);
    return 0;
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    const { code } = fromGrpcStatus(error, { write: false });
    if (code === 'futureRevision') return 0; // Nothing was ever written.
    if (code !== 'compacted') throw error;
  }
  const answer = await oneAnswer(world, channel, {
    method: watchMethod,
    request: { create: { key: anyKey, startRevision: 1 } },
    call,
    wanted: (response) => response.compactRevision > 0,
  });
  return answer.compactRevision;
}
