/** 4, 6, or 0 for what is no address. Pure, for packages that must not reach for node:net. */
export function isIP(text: string): 0 | 4 | 6 {
  if (isV4(text)) return 4;
  return isV6(text) ? 6 : 0;
}

function isV4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || text === '') return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? [];
  const tail = last.at(-1) ?? '';
  const mapped = tail.includes('.');
  if (mapped && !isV4(tail)) return false;
  const hex = groups.flat().slice(0, mapped ? -1 : undefined);
  const count = hex.length + (mapped ? 2 : 0);
  const whole = halves.length === 1 ? count === 8 : count <= 7;
  return whole && hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
}
