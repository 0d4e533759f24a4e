/** A body that is no protobuf message of the wanted form. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/**
 * One field of a message: its number, and a varint or bytes
 * (https://protobuf.dev/programming-guides/encoding/).
 */
export interface RawField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of a message in the order of the wire. */
export function* rawFields(bytes: Uint8Array): Generator<RawField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError('the message ends within a number');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('a number is longer than ten bytes');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.byteLength) throw new ProtobufError('a field is longer than its message');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.byteLength) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) yield { number, value: varint() };
    else if (wireType === 1) yield { number, value: take(8) };
    else if (wireType === 2) yield { number, value: take(Number(varint())) };
    else if (wireType === 5) yield { number, value: take(4) };
    else throw new ProtobufError(`wire type ${wireType} is not supported`);
  }
}
