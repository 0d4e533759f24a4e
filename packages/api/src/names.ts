/** Letters of generated names: no vowels, so that no words come out (apimachinery util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const generatedLength = 5;
const generatedNameMax = 63;

/** `web-` -> `web-x7k2p`. */
export function generateName(prefix: string, random: { int(maxExclusive: number): number }): string {
  const suffix = Array.from({ length: generatedLength }, () => alphabet[random.int(alphabet.length)]).join(
    '',
  );
  return `${prefix.slice(0, generatedNameMax - generatedLength)}${suffix}`;
}

/**
 * A short stable name for a value: FNV-1a over its JSON with sorted keys, in letters that are safe in labels.
 */
export function stableHash(value: unknown, collisionCount = 0): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${sortedJson(value)}#${collisionCount}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return [...String(hash)].map((digit) => alphabet[(digit.charCodeAt(0) - 48) * 2 + 1]).join('');
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** `5m3s`, `2d`, `3y40d`: Kubernetes' HumanDuration. */
export function formatAge(ms: number): string {
  if (!Number.isFinite(ms)) return '<unknown>';
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  const two = (large: number, unit: string, rest: number, restUnit: string) =>
    rest === 0 ? `${large}${unit}` : `${large}${unit}${rest}${restUnit}`;
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return two(days, 'd', hours % 24, 'h');
  if (years < 2) return `${days}d`;
  return years < 8 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

/** RFC 3339 in whole seconds, as metav1.Time. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** With six decimals, as metav1.MicroTime. */
export function microTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)$/;

/** A time of RFC 3339 as Kubernetes writes it back: in UTC, in whole seconds or with six decimals. Undefined for what is none. */
export function canonicalTime(text: string, isMicro: boolean): string | undefined {
  const match = rfc3339.exec(text);
  const ms = Date.parse(text);
  if (match === null || Number.isNaN(ms)) return undefined;
  const seconds = timestamp(ms);
  return isMicro ? seconds.replace('Z', `.${(match[1] ?? '').padEnd(6, '0').slice(0, 6)}Z`) : seconds;
}
