/** Requests so far, in Prometheus' text format with Kubernetes' names. */
export class Metrics {
  readonly #counts = new Map<string, number>();
  readonly #seconds = new Map<string, { sum: number; count: number }>();

  request(request: {
    readonly verb: string;
    readonly resource: string;
    readonly code: number;
    readonly seconds: number;
  }): void {
    const labels = `verb="${request.verb.toUpperCase()}",resource="${labelValue(request.resource)}"`;
    const counted = `${labels},code="${request.code}"`;
    this.#counts.set(counted, (this.#counts.get(counted) ?? 0) + 1);
    if (request.verb === 'watch') return;
    const known = this.#seconds.get(labels) ?? { sum: 0, count: 0 };
    known.sum += request.seconds;
    known.count += 1;
    this.#seconds.set(labels, known);
  }

  text(): string {
    return [
      '# HELP apiserver_request_total Requests by verb, resource and code.',
      '# TYPE apiserver_request_total counter',
      ...[...this.#counts].map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`),
      '# HELP apiserver_request_duration_seconds Time to answer.',
      '# TYPE apiserver_request_duration_seconds summary',
      ...[...this.#seconds].flatMap(([labels, { sum, count }]) => [
        `apiserver_request_duration_seconds_sum{${labels}} ${sum.toFixed(6)}`,
        `apiserver_request_duration_seconds_count{${labels}} ${count}`,
      ]),
      '',
    ].join('\n');
  }
}

/** Names come from URLs: anybody's words. */
function labelValue(text: string): string {
  return text.slice(0, 63).replace(/[^\w.-]/g, '_');
}
