/**
 * The store's revision now, asked once for all who want it at one time: whoever comes while a question is on its way waits for
 * the next, since the answer to the first may be older than what they know.
 */
export class RevisionCheck {
  readonly #ask: () => Promise<number>;
  #running: Promise<number> | undefined;
  #next: Promise<number> | undefined;

  constructor(ask: () => Promise<number>) {
    this.#ask = ask;
  }

  current(): Promise<number> {
    if (this.#running === undefined) return this.#begin();
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(running: Promise<number>): Promise<number> {
    await running.catch(() => undefined); // Its own callers hear of it.
    this.#next = undefined;
    return this.#begin();
  }

  #begin(): Promise<number> {
    const asked = this.#ask();
    this.#running = asked;
    const over = () => {
      if (this.#running === asked) this.#running = undefined;
    };
    asked.then(over, over);
    return asked;
  }
}
