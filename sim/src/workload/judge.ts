import {
  type CheckResult,
  checkLeases,
  checkLinearizable,
  checkReads,
  checkRevisions,
  checkWatches,
  counterexampleHtml,
  describeCounterexample,
  findCounterexample,
  type HistoryEntry,
  historyOf,
  type LeaseBounds,
  type Model,
  registerModel,
  setModel,
  txnModel,
} from '../checker/index.js';
import type { Recorder } from './recorder.js';

export interface Finding {
  readonly property: string;
  readonly message: string;
  /** The counterexample, line by line. */
  readonly story: readonly string[];
  /** A page that shows it; only for what is not linearizable. */
  readonly page?: (notes: readonly string[]) => string;
}

export interface Judgement {
  readonly finding: Finding | undefined;
  /** Parts of the history that the search gave up on. */
  readonly undecided: readonly string[];
  readonly configurations: number;
}

/** Holds all that was recorded to all that is promised, the cheapest questions first. */
export function judge(recorder: Recorder, bounds: LeaseBounds): Judgement {
  const simple = (property: string, message: string | undefined): Finding | undefined =>
    message === undefined ? undefined : { property, message, story: [] };
  const found =
    (recorder.violation === undefined ? undefined : { ...recorder.violation, story: [] }) ??
    simple('watch', checkWatches(recorder.watches, recorder.writes)) ??
    simple('reads at a revision', checkReads(recorder.reads, historyOf(recorder.watches, recorder.writes))) ??
    simple('leases', checkLeases(recorder.leases, bounds));
  const searches = [
    search(registerModel, recorder.registers),
    search(setModel, recorder.sets),
    search(txnModel, recorder.txns),
  ];
  // A counterexample says more than two revisions do; those are asked last.
  const finding =
    searches.find((one) => one.finding !== undefined)?.finding ??
    found ??
    simple('order of revisions', checkRevisions(recorder.revisions));
  return {
    finding,
    undecided: searches.flatMap((one) => one.undecided),
    configurations: searches.reduce((all, one) => all + one.configurations, 0),
  };
}

function search<State, Operation>(
  model: Model<State, Operation>,
  history: readonly HistoryEntry<Operation>[],
): Pick<CheckResult<Operation>, 'undecided' | 'configurations'> & { readonly finding: Finding | undefined } {
  const { verdict, undecided, configurations } = checkLinearizable(model, history);
  if (verdict !== 'violation') return { undecided, configurations, finding: undefined };
  const found = findCounterexample(model, history);
  if (found === undefined) throw new Error('a history that was found to violate has no counterexample');
  const story = describeCounterexample(found);
  const finding: Finding = {
    property: 'linearizability',
    message: story[0] ?? '',
    story: story.slice(1),
    page: (notes) => counterexampleHtml(found, { title: 'Not linearizable', notes }),
  };
  return { undecided, configurations, finding };
}
