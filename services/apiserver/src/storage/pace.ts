/** Work that takes longer than this makes way for everybody else before it goes on. */
const turnMs = 8;

export interface Turns {
  /** Resolves when all that waits has had its turn. */
  readonly turn: () => Promise<void>;
  readonly monotonicMs: () => number;
}

/** Long work in turns of the event loop: `if (pace.due) await pace.rest()` after each piece that is short itself. */
export class Pace {
  readonly #turns: Turns;
  #begunMs: number;

  constructor(turns: Turns) {
    this.#turns = turns;
    this.#begunMs = turns.monotonicMs();
  }

  get due(): boolean {
    return this.#turns.monotonicMs() - this.#begunMs >= turnMs;
  }

  async rest(): Promise<void> {
    await this.#turns.turn();
    this.#begunMs = this.#turns.monotonicMs();
  }
}
