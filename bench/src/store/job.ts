/** What a driver is to do; the same for both clusters, as JSON in the first argument. */
export interface Job {
  /** `host:port` of every member. */
  readonly endpoints: readonly string[];
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly operation:
    | 'put'
    | 'get'
    | 'serializableGet'
    | 'range'
    | 'txn'
    | 'keepAlive'
    | 'watch'
    | 'fill'
    | 'longestGap'
    /** Tries to write until it succeeds; both quantiles are the time when it did, ms since 1970. */
    | 'untilWritten';
  /** Loops, each with one operation under way; for watch: watchers. */
  readonly clients: number;
  /** Client objects that the loops share. */
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly valueBytes: number;
  /** Keys that are written in turn; for fill: how many there are to be. */
  readonly keys: number;
}

/** What a driver prints: one line of JSON. For watch, operations are events that watchers received. */
export interface JobReport {
  readonly operations: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}
