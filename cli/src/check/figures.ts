import type { Finding, Judgement, Recorder } from '@kubelab/sim/workload';
import type { InjectedFault } from './injector.js';

/** What `-o json` prints; times are milliseconds since the beginning. */
export interface CheckReport {
  readonly verdict: 'linearizable' | 'violation' | 'undecided';
  readonly seed: number;
  readonly seconds: number;
  readonly operations: {
    readonly answered: number;
    readonly unknownFate: number;
    readonly refused: number;
    readonly perSecond: number;
  };
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly checked: {
    readonly register: number;
    readonly set: number;
    readonly txn: number;
    readonly leases: number;
    readonly watches: number;
    readonly watchEvents: number;
    readonly reads: number;
    readonly configurations: number;
  };
  readonly faults: readonly InjectedFault[];
  /** The longest time in which no operation at all was answered, and what was broken then. */
  readonly longestUnavailability: { readonly ms: number; readonly atMs: number; readonly during: string };
  readonly undecided: readonly string[];
  readonly violation: Pick<Finding, 'property' | 'message' | 'story'> | undefined;
  readonly picture: string | undefined;
  readonly notMended: readonly string[];
}

export function reportOf(parts: {
  readonly recorder: Recorder;
  readonly judgement: Judgement;
  readonly seed: number;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly faults: readonly InjectedFault[];
  readonly picture: string | undefined;
  readonly notMended: readonly string[];
}): CheckReport {
  const { recorder, judgement, seed, startedAtMs, durationMs, faults, picture, notMended } = parts;
  const { finding, undecided, configurations } = judgement;
  const seconds = durationMs / 1000;
  const latencies = recorder.revisions
    .map((entry) => entry.returnedAtMs - entry.calledAtMs)
    .sort((a, b) => a - b);
  const quantile = (part: number) =>
    round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0);
  return {
    verdict: finding !== undefined ? 'violation' : undecided.length > 0 ? 'undecided' : 'linearizable',
    seed,
    seconds: round(seconds),
    operations: {
      answered: recorder.answered,
      unknownFate: recorder.unknown,
      refused: recorder.refused,
      perSecond: Math.round(recorder.answered / seconds),
    },
    latencyMs: { p50: quantile(0.5), p99: quantile(0.99), max: round(latencies.at(-1) ?? 0) },
    checked: {
      register: recorder.registers.length,
      set: recorder.sets.length,
      txn: recorder.txns.length,
      leases: recorder.leases.length,
      watches: recorder.watches.length,
      watchEvents: recorder.watches.reduce((all, watch) => all + watch.events.length, 0),
      reads: recorder.reads.length,
      configurations,
    },
    faults,
    longestUnavailability: longestSilence(
      recorder.revisions.map((entry) => entry.returnedAtMs - startedAtMs),
      durationMs,
      faults,
    ),
    undecided,
    violation:
      finding === undefined
        ? undefined
        : { property: finding.property, message: finding.message, story: finding.story },
    picture,
    notMended,
  };
}

/** Of linearizable operations, on any client. */
export function longestSilence(
  answersMs: readonly number[],
  endMs: number,
  faults: readonly InjectedFault[],
): CheckReport['longestUnavailability'] {
  let longest = { ms: 0, atMs: 0 };
  let before = 0;
  for (const atMs of [...answersMs.filter((ms) => ms <= endMs).sort((a, b) => a - b), endMs]) {
    if (atMs - before > longest.ms) longest = { ms: atMs - before, atMs: before };
    before = atMs;
  }
  const fault = faults.find((one) => one.atMs <= longest.atMs + longest.ms && one.untilMs >= longest.atMs);
  return { ms: round(longest.ms), atMs: round(longest.atMs), during: fault?.what ?? 'no fault' };
}

export function reportLines(report: CheckReport): string[] {
  const { operations, latencyMs, checked, faults, longestUnavailability: silence } = report;
  const count = (kind: InjectedFault['kind']) => faults.filter((fault) => fault.kind === kind).length;
  const kinds = (['kill', 'pause', 'partition'] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${count(kind)} ${kind}${count(kind) === 1 ? '' : 's'}`);
  const number = (value: number) => value.toLocaleString('en-US');
  return [
    `operations    ${number(operations.answered)} answered, ${number(operations.unknownFate)} of unknown fate, ${number(operations.refused)} refused; ${number(operations.perSecond)}/s for ${report.seconds.toFixed(0)} s`,
    `latency       p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms, max ${latencyMs.max} ms`,
    `faults        ${kinds.length === 0 ? 'none' : kinds.join(', ')}`,
    `unavailable   ${(silence.ms / 1000).toFixed(2)} s at most without any answer (${silence.during})`,
    `checked       ${number(checked.register)} register, ${number(checked.set)} set, ${number(checked.txn)} transaction operations; ${number(checked.reads)} reads against the history; ` +
      `${checked.leases} leases; ${number(checked.watchEvents)} events of ${checked.watches} watches; ${number(checked.configurations)} configurations`,
    ...verdictLines(report),
  ];
}

function verdictLines(report: CheckReport): string[] {
  const { violation, undecided, picture, notMended } = report;
  const lines: string[] = [''];
  if (violation !== undefined) {
    lines.push(`VIOLATION of ${violation.property}: ${violation.message}`, ...violation.story);
    if (picture !== undefined) lines.push('', `picture: ${picture}`);
  } else if (undecided.length > 0)
    lines.push(
      `undecided: the search gave up on ${undecided.slice(0, 5).join(', ')}; nothing was found to be wrong`,
    );
  else lines.push('linearizable: every property held');
  if (notMended.length > 0) lines.push('', `could not be mended; do it by hand: ${notMended.join('; ')}`);
  return lines;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
