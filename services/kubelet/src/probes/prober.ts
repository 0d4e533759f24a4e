import type { Probe } from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { HookTarget } from '../pod/hooks.js';
import { type ProbeKind, probesOf } from '../pod/spec.js';
import type { ContainerRuntime } from '../runtime/cri.js';
import { ProbeCounter } from './counter.js';
import { probeOnce } from './probe-once.js';

/** Soonest look after a probe that is being tried. */
const lookMinMs = 10;

interface ProbeState {
  readonly counter: ProbeCounter;
  dueMs: number;
  busy: boolean;
}

/** The probes of one run of a container, by the run's id. */
export interface ProbeRun {
  readonly id: string;
  readonly counters: Map<ProbeKind, ProbeState>;
}

export interface ProberParts {
  readonly world: World;
  readonly runtime: ContainerRuntime;
  readonly unhealthy: (message: string) => void;
  /** A verdict is another than before: the pod is to be looked at. */
  readonly changed: () => void;
}

/** What became of a look at a container's probes: it is to end for one that failed, or to be looked at again. */
export type ProbeOutcome =
  | { readonly failed: ProbeKind; readonly probe: Probe }
  | { readonly failed: undefined; readonly waitMs: number };

/** Starts the probes that are due, beside the work. Nothing but the startup probe runs before it went well. */
export function runProbes(parts: ProberParts, target: HookTarget, run: ProbeRun): ProbeOutcome {
  const { container } = target;
  const nowMs = parts.world.clock.monotonicMs();
  const begun = container.startupProbe === undefined || run.counters.get('startup')?.counter.verdict === true;
  let waitMs = Number.POSITIVE_INFINITY;
  for (const [kind, probe] of probesOf(container)) {
    const initialDelayMs = (probe.initialDelaySeconds ?? 0) * 1000;
    const state = run.counters.get(kind) ?? {
      counter: new ProbeCounter(probe),
      dueMs: nowMs + initialDelayMs,
      busy: false,
    };
    run.counters.set(kind, state);
    if (kind === 'startup' ? state.counter.verdict === true : !begun) continue;
    if (kind !== 'readiness' && state.counter.verdict === false) return { failed: kind, probe };
    if (!state.busy && state.dueMs <= nowMs) {
      state.busy = true;
      state.dueMs = nowMs + (probe.periodSeconds ?? 10) * 1000;
      void tryProbe(parts, kind, probe, target, state);
    }
    waitMs = Math.min(waitMs, Math.max(lookMinMs, state.dueMs - nowMs));
  }
  return { failed: undefined, waitMs };
}

async function tryProbe(
  parts: ProberParts,
  kind: ProbeKind,
  probe: Probe,
  target: HookTarget,
  state: ProbeState,
): Promise<void> {
  const result = await probeOnce(parts.runtime, probe, target);
  state.busy = false;
  const before = state.counter.verdict;
  state.counter.take(result.ok);
  const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  if (!result.ok) parts.unhealthy(`${title} probe failed: ${result.output}`);
  if (state.counter.verdict !== before) parts.changed();
}
