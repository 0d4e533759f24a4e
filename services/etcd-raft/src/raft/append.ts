import type { RaftLog } from './log.js';
import type { RaftMessage } from './types.js';

type Append = RaftMessage & { type: 'appendEntries' };
type Reply = RaftMessage & { type: 'appendReply' };

export type AppendOutcome =
  | { readonly ok: true; readonly matchIndex: number; readonly firstNew: number }
  | Pick<Reply & { ok: false }, 'ok' | 'rejectedIndex' | 'hintIndex' | 'hintTerm'>;

/**
 * A follower's log takes in what its leader sent (paper, figure 2: AppendEntries RPC, receiver). `firstNew`:
 * entries from there on are not on this member's disk.
 */
export function appendToFollower(
  log: RaftLog,
  { prevIndex, prevTerm, entries, commit }: Append,
): AppendOutcome {
  // Late: what it says is committed here already.
  if (prevIndex < log.commit) return { ok: true, matchIndex: log.commit, firstNew: log.lastIndex + 1 };
  if (log.termAt(prevIndex) !== prevTerm) {
    const hintIndex = log.lastIndexNotAfter(Math.min(prevIndex, log.lastIndex), prevTerm);
    return { ok: false, rejectedIndex: prevIndex, hintIndex, hintTerm: log.termAt(hintIndex) ?? 0 };
  }
  const firstNew = log.merge(entries);
  const matchIndex = prevIndex + entries.length;
  log.commit = Math.max(log.commit, Math.min(commit, matchIndex));
  return { ok: true, matchIndex, firstNew };
}
