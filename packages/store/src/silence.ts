/** Whether somebody who is asked things still answers. Times are a monotonic clock's. */
export class Silence {
  /** When the requests under way were sent, the oldest first. */
  readonly #underWay = new Set<{ readonly sinceMs: number }>();
  #answeredAtMs = 0;

  get underWay(): number {
    return this.#underWay.size;
  }

  /** It was asked something and has answered nothing for longer than that, neither this nor anything else. */
  lasts(nowMs: number, longerThanMs: number): boolean {
    const [oldest] = this.#underWay;
    return oldest !== undefined && nowMs - Math.max(oldest.sinceMs, this.#answeredAtMs) > longerThanMs;
  }

  /** Call the result when the request is over, with the time when it was answered. */
  asked(nowMs: number): (answeredAtMs: number | undefined) => void {
    const request = { sinceMs: nowMs };
    this.#underWay.add(request);
    return (answeredAtMs) => {
      this.#underWay.delete(request);
      if (answeredAtMs !== undefined) this.#answeredAtMs = answeredAtMs;
    };
  }
}
