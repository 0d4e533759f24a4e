/** An int-or-percent of a total (intstr): `25%` of 10 rounded as asked. */
export function resolvePercent(
  value: number | string,
  total: number,
  round: (value: number) => number,
): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? round((Number(value.slice(0, -1)) * total) / 100) : Number(value);
}
