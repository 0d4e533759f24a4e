import { formatAge } from '@kubelab/api';
import { isRecord } from '../cluster-file.js';
import { columns } from '../output.js';

/** Fields whose content says little to a person. */
const hidden = new Set(['managedFields', 'uid', 'resourceVersion', 'generation']);

/** Fields whose own keys are a person's data: printed as they are. */
const keyed = new Set(['labels', 'annotations', 'data', 'matchLabels', 'selector', 'nodeSelector']);

/** An object as indented text, and its events below, in the manner of `kubectl describe`. */
export function describeLines(object: unknown, events: unknown, nowMs: number): string[] {
  const lines: string[] = [];
  if (isRecord(object)) {
    const metadata = isRecord(object.metadata) ? object.metadata : {};
    append(lines, 0, metadata);
    for (const part of ['spec', 'data', 'status'])
      if (isRecord(object[part])) append(lines, 0, { [part]: object[part] });
  }
  return [...lines, ...eventLines(events, nowMs)];
}

function append(lines: string[], depth: number, fields: Record<string, unknown>, parent = ''): void {
  const indent = '  '.repeat(depth);
  for (const [name, value] of Object.entries(fields)) {
    if (hidden.has(name) && !keyed.has(parent)) continue;
    const shown = keyed.has(parent) ? name : title(name);
    if (isRecord(value)) {
      lines.push(`${indent}${shown}:`);
      append(lines, depth + 1, value, name);
    } else if (Array.isArray(value)) {
      lines.push(`${indent}${shown}:`);
      for (const item of value) appendItem(lines, depth + 1, item);
    } else {
      lines.push(`${indent}${shown}: ${String(value)}`);
    }
  }
}

function appendItem(lines: string[], depth: number, item: unknown): void {
  const indent = '  '.repeat(depth);
  if (!isRecord(item)) {
    lines.push(`${indent}- ${String(item)}`);
    return;
  }
  const from = lines.length;
  append(lines, depth + 1, item);
  const first = lines[from];
  if (first !== undefined) lines[from] = `${indent}- ${first.trimStart()}`;
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function eventLines(events: unknown, nowMs: number): string[] {
  const items = isRecord(events) && Array.isArray(events.items) ? events.items.filter(isRecord) : [];
  if (items.length === 0) return ['Events: <none>'];
  const rows = items.map((event) => {
    const source = isRecord(event.source) ? event.source.component : undefined;
    const seenMs = Date.parse(String(event.lastTimestamp ?? event.eventTime ?? ''));
    const age = Number.isNaN(seenMs) ? '<unknown>' : formatAge(nowMs - seenMs);
    const from = source ?? event.reportingComponent ?? '';
    return [event.type, event.reason, age, from, event.message].map((cell) => String(cell ?? ''));
  });
  const table = columns([['TYPE', 'REASON', 'AGE', 'FROM', 'MESSAGE'], ...rows]);
  return ['Events:', ...table.map((line) => `  ${line}`)];
}
