/** When a CronJob runs: five fields in a time zone, or every so often. Times are milliseconds since the epoch. */
export interface Schedule {
  /** The first time after `afterMs`; undefined when there is none within five years (30 February). */
  next(afterMs: number): number | undefined;
}

export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const horizonMs = 5 * 366 * dayMs;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Field {
  readonly values: ReadonlySet<number>;
  /** `*` or `?`: of the two fields for days only the other counts then. */
  readonly isAny: boolean;
}

/** Throws ScheduleError for what is no schedule, RangeError of Intl for an unknown time zone is one too. */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule {
  const every = /^@every\s+(.+)$/.exec(text.trim());
  if (every !== null) return everySchedule(parseDuration(every[1] ?? ''));
  const line = macros[text.trim().toLowerCase()] ?? text.trim();
  const parts = line.split(/\s+/);
  if (parts.length !== 5)
    throw new ScheduleError(`expected exactly 5 fields, found ${parts.length}: [${text}]`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts;
  const weekdayField = parseField(weekday, 0, 7, weekdays);
  const fields = {
    minute: parseField(minute, 0, 59),
    hour: parseField(hour, 0, 23),
    day: parseField(day, 1, 31),
    month: parseField(month, 1, 12, months, 1),
    // Sunday is 0 and 7.
    weekday: { ...weekdayField, values: new Set([...weekdayField.values].map((value) => value % 7)) },
  };
  const zone = zoneOf(timeZone);
  return { next: (afterMs) => nextTime(fields, zone, afterMs) };
}

function parseField(text: string, min: number, max: number, names: readonly string[] = [], base = 0): Field {
  const values = new Set<number>();
  let isAny = false;
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + base : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= min && value <= max))
      throw new ScheduleError(`failed to parse int from ${word}: it is not in ${min}-${max}`);
    return value;
  };
  for (const part of text.split(',')) {
    const [range = '', stepText, more] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (!Number.isInteger(step) || step < 1 || more !== undefined)
      throw new ScheduleError(`step of range should be a positive number: ${part}`);
    let first = min;
    let last = max;
    if (range === '*' || range === '?') isAny ||= step === 1;
    else {
      const [from = '', to, third] = range.split('-');
      if (third !== undefined) throw new ScheduleError(`too many hyphens: ${part}`);
      first = numberOf(from);
      last = to !== undefined ? numberOf(to) : stepText === undefined ? first : max;
    }
    if (first > last)
      throw new ScheduleError(`beginning of range (${first}) beyond end of range (${last}): ${part}`);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return { values, isAny };
}

function parseDuration(text: string): number {
  const units: Readonly<Record<string, number>> = { h: hourMs, m: minuteMs, s: 1_000, ms: 1 };
  let ms = 0;
  let rest = text;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)(ms|h|m|s)/.exec(rest);
    if (match === null) throw new ScheduleError(`failed to parse duration ${text}`);
    ms += Number(match[1]) * (units[match[2] ?? ''] ?? 0);
    rest = rest.slice(match[0].length);
  }
  if (ms <= 0) throw new ScheduleError(`failed to parse duration ${text}`);
  return Math.max(1_000, Math.floor(ms / 1_000) * 1_000);
}

function everySchedule(periodMs: number): Schedule {
  return { next: (afterMs) => Math.floor(afterMs / 1_000) * 1_000 + periodMs };
}

interface Wall {
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
  /** Of the wall clock against UTC. */
  readonly offsetMs: number;
}

type Zone = (ms: number) => Wall;

function zoneOf(timeZone: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    const numeric = 'numeric' as const;
    const fields = {
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    };
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...fields });
  } catch (error) {
    throw new ScheduleError(`unknown time zone ${timeZone}`, { cause: error });
  }
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
    const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wallMs = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'));
    const wall = new Date(wallMs);
    return {
      month: at('month'),
      day: at('day'),
      hour: at('hour'),
      minute: at('minute'),
      weekday: wall.getUTCDay(),
      offsetMs: wallMs - Math.floor(ms / 1_000) * 1_000,
    };
  };
}

type Fields = Readonly<Record<'minute' | 'hour' | 'day' | 'month' | 'weekday', Field>>;

/**
 * Goes forward over what cannot match: days, hours, minutes of the wall clock. An hour that the zone skips in
 * spring has no runs; one that it has twice in autumn has them in both.
 */
function nextTime(fields: Fields, zone: Zone, afterMs: number): number | undefined {
  let ms = (Math.floor(afterMs / minuteMs) + 1) * minuteMs;
  while (ms - afterMs < horizonMs) {
    const wall = zone(ms);
    if (!fields.month.values.has(wall.month) || !isDay(fields, wall)) {
      ms = nextMidnight(zone, ms, wall);
    } else if (!fields.hour.values.has(wall.hour)) ms += (60 - wall.minute) * minuteMs;
    else if (!fields.minute.values.has(wall.minute)) ms += minuteMs;
    else return ms;
  }
  return undefined;
}

/** With both day fields given either of them suffices (crontab(5)). */
function isDay({ day, weekday }: Fields, wall: Wall): boolean {
  const [byDay, byWeekday] = [day.values.has(wall.day), weekday.values.has(wall.weekday)];
  return day.isAny || weekday.isAny ? byDay && byWeekday : byDay || byWeekday;
}

function nextMidnight(zone: Zone, ms: number, wall: Wall): number {
  const left = dayMs - (wall.hour * 60 + wall.minute) * minuteMs;
  const guess = ms + left;
  // The clock may have been set in between: the guess is off by as much.
  const shifted = guess - (zone(guess).offsetMs - wall.offsetMs);
  return shifted > ms ? shifted : guess;
}
