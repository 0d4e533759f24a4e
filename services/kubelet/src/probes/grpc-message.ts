/*
 * The two messages of gRPC's health checking protocol (grpc.health.v1), in gRPC's frame: a byte that says whether it is compressed,
 * four bytes of length, the message.
 */

const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type HealthStatus = (typeof statuses)[number];

/** HealthCheckRequest { string service = 1 }, framed. A service's name is at most 127 bytes long. */
export function healthRequest(service: string): Uint8Array {
  const name = new TextEncoder().encode(service).subarray(0, 127);
  const message = name.length === 0 ? [] : [0x0a, name.length, ...name];
  return new Uint8Array([0, 0, 0, 0, message.length, ...message]);
}

/** The status of a framed HealthCheckResponse { ServingStatus status = 1 }; undefined for anything else. */
export function healthStatus(frame: Uint8Array): HealthStatus | undefined {
  if (frame.length < 5 || frame[0] !== 0) return undefined;
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(1);
  const message = frame.subarray(5, 5 + length);
  if (message.length !== length) return undefined;
  // Absent is the default, 0; field 1 as a varint has the tag 8.
  if (length === 0) return 'UNKNOWN';
  return message[0] === 0x08 ? statuses[message[1] ?? 0] : undefined;
}
