/**
 * What `exec`, `attach` and `port-forward` have in common on every way that they go: kubectl's WebSocket channels and SPDY streams, and the
 * stream between apiserver and kubelet.
 */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

/** In the WebSocket protocol's version 5: a message on it names a channel that the client closes. */
export const closeChannel = 255;

/** Head of a message between apiserver and kubelet; `end`: nothing more comes on the channel. */
export interface ChannelHead {
  readonly channel: number;
  readonly end?: boolean;
}

export function channelHead(head: unknown): ChannelHead | undefined {
  if (typeof head !== 'object' || head === null) return undefined;
  const channel: unknown = Reflect.get(head, 'channel');
  return typeof channel === 'number' ? { channel, end: Reflect.get(head, 'end') === true } : undefined;
}

/** What the error channel tells at the end of a command. */
export function exitStatusOf(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
    code: 500,
  };
}

/** `{"Width":90,"Height":30}`, as clients send it on the resize channel. */
export function terminalSizeOf(payload: Uint8Array): { columns: number; rows: number } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined; // Not a size: the terminal keeps the one that it has.
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const columns: unknown = Reflect.get(value, 'Width');
  const rows: unknown = Reflect.get(value, 'Height');
  return isLength(columns) && isLength(rows) ? { columns, rows } : undefined;
}

/** The kernel's winsize holds 16 bits. */
function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0xffff;
}
