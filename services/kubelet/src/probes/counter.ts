import type { Probe } from '@kubelab/api';

/** A probe's verdict changes only after its threshold of equal results in a row. */
export class ProbeCounter {
  readonly #probe: Probe;
  #row = 0;
  #last: boolean | undefined;
  verdict: boolean | undefined;

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  take(ok: boolean): void {
    this.#row = this.#last === ok ? this.#row + 1 : 1;
    this.#last = ok;
    const threshold = ok ? (this.#probe.successThreshold ?? 1) : (this.#probe.failureThreshold ?? 3);
    if (this.#row >= threshold) this.verdict = ok;
  }
}
