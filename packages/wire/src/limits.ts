/** Every bound of a connection, in one place. What happens at each stands beside it. */
export const limits = {
  /**
   * A larger message is refused where it would be sent (`resourceExhausted`); one that comes in closes the
   * connection with 1009. Holds a 3 MiB API body and its head.
   */
  messageBytesMax: 8 * 2 ** 20,
  /** Frames of one turn leave as one message, up to about this. */
  batchBytesMax: 256 * 1024,
  /** Running at once on one connection; more are refused with `resourceExhausted` (retryable). */
  requestsMax: 4_096,
  streamsMax: 4_096,
  /** Requests and streams that wait for a connection; more are refused the same way. */
  waitingMax: 4_096,
  /** Unread bytes that a stream's receiver grants ahead. */
  streamWindowBytes: 2 ** 20,
  /** Waiting beyond the grant; a send() over it cuts the stream off with `resourceExhausted`. */
  streamQueueBytesMax: 8 * 2 ** 20,
  /** Datagrams are dropped while more than this waits to be sent. */
  datagramBufferBytesMax: 4 * 2 ** 20,
  /** A peer that lets its answers pile up beyond this is cut off: it does not read. */
  connectionBufferBytesMax: 64 * 2 ** 20,
  /** Who has heard nothing for so long looks whether the other is there. */
  pingIntervalMs: 500,
  /** Silence after which a connection counts as broken. */
  silenceMaxMs: 5_000,
  connectTimeoutMs: 3_000,
  redialDelayMinMs: 50,
  redialDelayMaxMs: 2_000,
  /** A connection that lived shorter counts as a failed dial: its server accepts and then drops. */
  stableAfterMs: 2_000,
  requestDeadlineMs: 10_000,
  /** Deadlines are looked at this often: their resolution. */
  sweepIntervalMs: 50,
} as const;

export const closeCodes = { goingAway: 1001, protocolError: 1002, broken: 1006, overloaded: 1013 } as const;
