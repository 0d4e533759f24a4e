/** A stream as one body; no more than about `bytesMax` of one that may go on for ever. */
export async function gather(
  body: AsyncIterable<{ readonly bytes: Uint8Array }>,
  bytesMax = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const { bytes } of body) {
    parts.push(bytes);
    size += bytes.byteLength;
    if (size > bytesMax) break;
  }
  return new Uint8Array(Buffer.concat(parts));
}
