const encoder = new TextEncoder();

export interface LineOptions {
  /** RFC 3339 with nine digits of fraction before each line, as kubectl's `--timestamps` shows it. */
  readonly timestamps: boolean;
  /** Lines before it are left out. */
  readonly sinceMs: number | undefined;
  readonly timeAt: (offset: number) => number;
}

/**
 * Bytes of a log in, bytes for its reader out. Works on pieces of lines, so that a line without an end costs
 * no memory.
 */
export class LineFilter {
  readonly #options: LineOptions;
  #atStart = true;
  #skipping = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** `data` stands at `offset` of the log. */
  push(offset: number, data: Uint8Array): Uint8Array[] {
    const { timestamps, sinceMs, timeAt } = this.#options;
    if (!timestamps && sinceMs === undefined) return [data];
    const out: Uint8Array[] = [];
    for (let from = 0; from < data.length; ) {
      const newline = data.indexOf(10, from);
      const to = newline < 0 ? data.length : newline + 1;
      if (this.#atStart) {
        const timeMs = timeAt(offset + from);
        this.#skipping = sinceMs !== undefined && timeMs < sinceMs;
        if (timestamps && !this.#skipping) out.push(encoder.encode(`${nanoTimestamp(timeMs)} `));
      }
      if (!this.#skipping) out.push(data.subarray(from, to));
      this.#atStart = newline >= 0;
      from = to;
    }
    return out;
  }
}

/** `2026-01-02T03:04:05.678000000Z` */
export function nanoTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('Z', '000000Z');
}
