import type { RaftNode, StateMachine } from '../src/contract.js';

/** A log of one member without a disk, for tests of what stands on the log. */
export function singleNode(name: string, stateMachine: StateMachine): RaftNode {
  let index = 0;
  return {
    propose: async (data) => {
      index += 1;
      const result = stateMachine.apply(index, data);
      stateMachine.applied(index);
      return result;
    },
    readIndex: async () => undefined,
    status: () => ({
      name,
      role: 'leader',
      term: 1,
      leader: name,
      lastIndex: index,
      commitIndex: index,
      appliedIndex: index,
      snapshotIndex: 0,
    }),
    onStatusChange: () => () => undefined,
    stop: async () => undefined,
  };
}
