/**
 * One operation of one client. Clients are sequential: a client's next operation begins after the last one
 * was answered or given up.
 */
export interface HistoryEntry<Operation> {
  readonly client: string;
  readonly operation: Operation;
  readonly calledAtMs: number;
  /** Infinity: the answer was lost. It took effect at any time after the call, or never. */
  readonly returnedAtMs: number;
}

/** What an object does when its operations come one after the other: the specification that a history is held to. */
export interface Model<State, Operation> {
  readonly name: string;
  readonly initial: State;
  /** The state after the operation; undefined when, in this state, it could not have given the answer that it gave. Pure. */
  step(state: State, operation: Operation): State | undefined;
  /** Equal states, and only they, have equal texts. */
  stateKey(state: State): string;
  /** Operations of different partitions never meet; linearizability is local (Herlihy and Wing 1990). */
  partition(operation: Operation): string;
  /** False for what reads only. */
  changes(operation: Operation): boolean;
  /**
   * Whether `observer`'s answer (or what it compared with) may owe to `operation`. An operation that nobody observes may be
   * taken out of a linearizable history, and the rest is linearizable still: that is what makes shrinking sound.
   */
  observes(observer: Operation, operation: Operation): boolean;
  /** For people: what was asked, and what came back. */
  describe(operation: Operation): { readonly call: string; readonly answer: string };
  describeState(state: State): string;
}
