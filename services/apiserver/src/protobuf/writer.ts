/** Protobuf's wire format (https://protobuf.dev/programming-guides/encoding/), written bottom-up: a message is its fields' bytes. */
export type Piece = Uint8Array;

export function textField(number: number, text: string): Piece {
  return bytesField(number, Buffer.from(text));
}

export function bytesField(number: number, bytes: Uint8Array): Piece {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.byteLength), bytes]);
}

export function messageField(number: number, pieces: readonly Piece[]): Piece {
  return bytesField(number, Buffer.concat(pieces));
}

export function boolField(number: number, value: boolean): Piece {
  return Buffer.concat([varint(number * 8), varint(value ? 1 : 0)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
