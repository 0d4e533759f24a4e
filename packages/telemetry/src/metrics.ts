/**
 * Counters, gauges and histograms in Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Names and labels are Kubernetes' where it has them.
 */
export type Labels = Readonly<Record<string, string>>;

/** Label values come from URLs, too: beyond so many combinations a metric counts under `other`. */
const seriesMax = 2_000;
const valueLengthMax = 100;

interface Collected {
  text(): string;
}

export class Counter implements Collected {
  readonly #series: SeriesMap<{ value: number }>;
  readonly #head: string;

  constructor(name: string, help: string, labelNames: readonly string[], type: 'counter' | 'gauge') {
    this.#head = head(name, help, type);
    this.#series = new SeriesMap(name, labelNames, () => ({ value: 0 }));
  }

  add(labels: Labels, amount = 1): void {
    this.#series.of(labels).value += amount;
  }

  set(labels: Labels, value: number): void {
    this.#series.of(labels).value = value;
  }

  /** What is no longer there is not told any more. */
  clear(): void {
    this.#series.clear();
  }

  text(): string {
    return (
      this.#head + this.#series.lines((name, labels, { value }) => `${name}${braced(labels)} ${value}\n`)
    );
  }
}

export class Histogram implements Collected {
  readonly #buckets: readonly number[];
  readonly #series: SeriesMap<{ counts: number[]; sum: number; count: number }>;
  readonly #head: string;

  /** `buckets`: upper bounds, ascending, without infinity. */
  constructor(name: string, help: string, labelNames: readonly string[], buckets: readonly number[]) {
    this.#head = head(name, help, 'histogram');
    this.#buckets = buckets;
    const empty = () => ({ counts: buckets.map(() => 0), sum: 0, count: 0 });
    this.#series = new SeriesMap(name, labelNames, empty);
  }

  observe(labels: Labels, value: number): void {
    const series = this.#series.of(labels);
    series.sum += value;
    series.count += 1;
    const at = this.#buckets.findIndex((bound) => value <= bound);
    if (at >= 0) series.counts[at] = (series.counts[at] ?? 0) + 1;
  }

  text(): string {
    return (
      this.#head +
      this.#series.lines((name, labels, { counts, sum, count }) => {
        let below = 0;
        const rows = this.#buckets.map((bound, at) => {
          below += counts[at] ?? 0;
          return `${name}_bucket${braced(joined(labels, `le="${bound}"`))} ${below}\n`;
        });
        rows.push(`${name}_bucket${braced(joined(labels, 'le="+Inf"'))} ${count}\n`);
        rows.push(`${name}_sum${braced(labels)} ${sum}\n`, `${name}_count${braced(labels)} ${count}\n`);
        return rows.join('');
      })
    );
  }
}

/** All metrics of one component, in the order in which they were made. */
export class Metrics {
  readonly #all: Collected[] = [];
  readonly #before: (() => void)[] = [];

  counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return this.#kept(new Counter(name, help, labelNames, 'counter'));
  }

  gauge(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return this.#kept(new Counter(name, help, labelNames, 'gauge'));
  }

  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    buckets: readonly number[],
  ): Histogram {
    return this.#kept(new Histogram(name, help, labelNames, buckets));
  }

  /** Called before each text(): sets what is looked up rather than counted. */
  collect(update: () => void): void {
    this.#before.push(update);
  }

  text(): string {
    for (const update of this.#before) update();
    return this.#all.map((one) => one.text()).join('');
  }

  #kept<T extends Collected>(one: T): T {
    this.#all.push(one);
    return one;
  }
}

class SeriesMap<T> {
  readonly #name: string;
  readonly #labelNames: readonly string[];
  readonly #empty: () => T;
  readonly #byLabels = new Map<string, T>();

  constructor(name: string, labelNames: readonly string[], empty: () => T) {
    this.#name = name;
    this.#labelNames = labelNames;
    this.#empty = empty;
  }

  of(labels: Labels): T {
    const key = this.#labelNames.map((name) => `${name}="${escaped(labels[name] ?? '')}"`).join(',');
    const known = this.#byLabels.get(key);
    if (known !== undefined) return known;
    const full = this.#byLabels.size >= seriesMax;
    const kept = full ? this.#labelNames.map((name) => `${name}="other"`).join(',') : key;
    const made = this.#byLabels.get(kept) ?? this.#empty();
    this.#byLabels.set(kept, made);
    return made;
  }

  clear(): void {
    this.#byLabels.clear();
  }

  lines(line: (name: string, labels: string, series: T) => string): string {
    return [...this.#byLabels].map(([labels, series]) => line(this.#name, labels, series)).join('');
  }
}

function head(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}

function joined(labels: string, more: string): string {
  return labels === '' ? more : `${labels},${more}`;
}

function escaped(value: string): string {
  const short = value.length > valueLengthMax ? value.slice(0, valueLengthMax) : value;
  return short.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));
}
