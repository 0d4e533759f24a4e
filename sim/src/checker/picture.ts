import type { Counterexample } from './counterexample.js';
import type { HistoryEntry, Model } from './model.js';

/** Sizes in CSS pixels. A history that was shrunk has few operations: time is drawn by order, not to scale. */
const rowHeight = 64;
const barHeight = 22;
const columnMin = 34;
const characterWidth = 7.3;
const top = 58;

interface Bar {
  readonly entry: HistoryEntry<unknown>;
  readonly call: string;
  readonly answer: string;
  readonly row: number;
  readonly from: number;
  /** Column of the return; the last one for an answer that was lost. */
  readonly to: number;
  readonly place: number;
  readonly isStuck: boolean;
}

/**
 * A page that holds everything it needs: the timeline (clients as rows, operations as bars from call to return), the longest
 * order that was found drawn through it, the operation that no order explains in red, and the same as a table.
 */
export function counterexampleHtml<State, Operation>(
  found: Counterexample<State, Operation>,
  options: { readonly title: string; readonly notes?: readonly string[] },
): string {
  const { model, history, order, partition } = found;
  const bars = layOut(found);
  const stuck = bars.find((bar) => bar.isStuck);
  const last = order.placed.at(-1)?.state ?? model.initial;
  const why =
    stuck === undefined
      ? 'No order of these operations explains all answers.'
      : `After the operations that could be placed, the state is <code>${escapeHtml(model.describeState(last))}</code>: ` +
        `<code class="stuck">${escapeHtml(stuck.call)}</code> cannot have answered <code class="stuck">${escapeHtml(stuck.answer)}</code>, and no other order does better.`;
  const rows = [...bars]
    .sort((a, b) => a.entry.calledAtMs - b.entry.calledAtMs)
    .map((bar) => tableRow(bar, startOf(history)))
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(options.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(options.title)}</h1>
<p><strong>${escapeHtml(partition)}</strong> (${escapeHtml(model.name)}) is not linearizable.
Of ${found.operationsBefore} operations these ${history.length} are enough to show it; none of them can be left out.</p>
<p>${why}</p>
<div class="scroll">
${counterexampleSvg(found)}
</div>
<p class="legend"><span class="key done"></span> placed, numbered in the order found
<span class="key left"></span> not placed <span class="key red"></span> has no place
<span class="key lost"></span> not answered in time: took effect at any time later, or never</p>
<table>
<thead><tr><th>order</th><th>client</th><th>operation</th><th>answer</th>
<th class="number">called ms</th><th class="number">answered ms</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
${(options.notes ?? []).map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n')}
</main>
</body>
</html>
`;
}

/** The timeline alone; carries its own style, for light and dark. */
export function counterexampleSvg<State, Operation>(found: Counterexample<State, Operation>): string {
  const bars = layOut(found);
  const clients = [...new Set(bars.map((bar) => bar.entry.client))].sort();
  const left = 34 + Math.max(5, ...clients.map((client) => client.length)) * characterWidth;
  const edges = columnEdges(bars, left);
  const width = (edges.at(-1) ?? left) + 30;
  const height = top + clients.length * rowHeight + 34;
  const x = (column: number) => edges[column] ?? left;
  const y = (row: number) => top + row * rowHeight + 26;
  const lanes = clients.map(
    (client, row) =>
      `<text class="client" x="${left - 14}" y="${y(row) + 15}" text-anchor="end">${escapeHtml(client)}</text>` +
      `<line class="lane" x1="${left}" x2="${width - 12}" y1="${y(row) + barHeight / 2}" y2="${y(row) + barHeight / 2}"/>`,
  );
  const label = `${found.history.length} operations that no order explains`;
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${label}">
<style>${svgStyle}</style>
${lanes.join('\n')}
${ticks(bars, x, height, startOf(found.history))}
${effectsSvg(found, bars, x, y)}
${bars.map((bar) => barSvg(bar, x, y, width)).join('\n')}
${orderSvg(found, bars, x, y)}
<text class="client" x="${left - 14}" y="${top - 18}" text-anchor="end">state</text>
</svg>`;
}

function layOut<State, Operation>(found: Counterexample<State, Operation>): Bar[] {
  const { model, history, order } = found;
  const times = [
    ...new Set(history.flatMap((entry) => [entry.calledAtMs, entry.returnedAtMs]).filter(Number.isFinite)),
  ].sort((a, b) => a - b);
  const clients = [...new Set(history.map((entry) => entry.client))].sort();
  return history.map((entry) => ({
    entry,
    ...described(model, entry),
    row: clients.indexOf(entry.client),
    from: times.indexOf(entry.calledAtMs),
    to: Number.isFinite(entry.returnedAtMs) ? times.indexOf(entry.returnedAtMs) : times.length,
    place: order.placed.findIndex((placed) => placed.entry === entry) + 1,
    isStuck: entry === order.stuck,
  }));
}

/** A write of which nothing was heard has no answer to show. */
function described<State, Operation>(model: Model<State, Operation>, entry: HistoryEntry<Operation>) {
  const { call, answer } = model.describe(entry.operation);
  return { call, answer: answer === 'ok' && !Number.isFinite(entry.returnedAtMs) ? '?' : answer };
}

/** Where each moment is drawn: far enough apart that every label has room above and below its bar. */
function columnEdges(bars: readonly Bar[], left: number): number[] {
  const count = Math.max(...bars.map((bar) => bar.to)) + 1;
  const widths = Array.from({ length: count - 1 }, () => columnMin);
  for (const bar of [...bars].sort((a, b) => a.to - a.from - (b.to - b.from))) {
    const wanted = Math.max(bar.call.length, bar.answer.length + 3, 6) * characterWidth + 26;
    const has = widths.slice(bar.from, bar.to).reduce((all, one) => all + one, 0);
    const columns = bar.to - bar.from;
    if (columns === 0 || has >= wanted) continue;
    for (let column = bar.from; column < bar.to; column += 1)
      widths[column] = (widths[column] ?? columnMin) + (wanted - has) / columns;
  }
  const edges = [left + 10];
  for (const width of widths) edges.push((edges.at(-1) ?? left) + width);
  return edges;
}

function ticks(bars: readonly Bar[], x: (column: number) => number, height: number, startMs: number): string {
  const at = new Map<number, number>();
  for (const { entry, from, to } of bars) {
    at.set(from, entry.calledAtMs);
    if (Number.isFinite(entry.returnedAtMs)) at.set(to, entry.returnedAtMs);
  }
  let free = 0;
  return [...at]
    .sort(([a], [b]) => a - b)
    .map(([column, ms]) => {
      const line = `<line class="tick" x1="${x(column)}" x2="${x(column)}" y1="${top - 8}" y2="${height - 30}"/>`;
      const text = `${(ms - startMs).toFixed(1)} ms`;
      if (x(column) < free) return line;
      free = x(column) + text.length * characterWidth + 8;
      return `${line}<text class="time" x="${x(column)}" y="${height - 12}" text-anchor="middle">${text}</text>`;
    })
    .join('\n');
}

function barSvg(bar: Bar, x: (column: number) => number, y: (row: number) => number, width: number): string {
  const isLost = !Number.isFinite(bar.entry.returnedAtMs);
  const kind = bar.isStuck ? 'red' : bar.place > 0 ? 'done' : 'left';
  const x1 = x(bar.from);
  const x2 = isLost ? width - 14 : Math.max(x(bar.to), x1 + 8);
  const row = y(bar.row);
  return (
    `<g class="${kind}${isLost ? ' lost' : ''}"><title>${escapeHtml(`${bar.entry.client}: ${bar.call} -> ${bar.answer}`)}</title>` +
    `<rect x="${x1}" y="${row}" width="${x2 - x1}" height="${barHeight}" rx="5"/>` +
    `<text class="call" x="${x1 + 2}" y="${row - 6}">${escapeHtml(bar.call)}</text>` +
    `<text class="answer" x="${x1 + (bar.place > 0 ? 26 : 9)}" y="${row + 15.5}">${escapeHtml(bar.answer)}</text></g>`
  );
}

interface Step {
  readonly x: number;
  readonly y: number;
  readonly place: number;
  readonly state: string;
}

/** Where each operation that was placed took effect: moments that never go back. */
function steps<State, Operation>(
  found: Counterexample<State, Operation>,
  bars: readonly Bar[],
  x: (column: number) => number,
  y: (row: number) => number,
): Step[] {
  let at = 0;
  return found.order.placed.flatMap(({ entry, state }) => {
    const bar = bars.find((one) => one.entry === entry);
    if (bar === undefined) return [];
    at = Math.max(at + 16, x(bar.from) + 13);
    return [
      { x: at, y: y(bar.row) + barHeight / 2, place: bar.place, state: found.model.describeState(state) },
    ];
  });
}

/** The state after each step that changed it, and a line down to that step. */
function effectsSvg<State, Operation>(
  found: Counterexample<State, Operation>,
  bars: readonly Bar[],
  x: (column: number) => number,
  y: (row: number) => number,
): string {
  let free = 0;
  let before = found.model.describeState(found.model.initial);
  return steps(found, bars, x, y)
    .filter((step) => {
      const changed = step.state !== before;
      before = step.state;
      return changed;
    })
    .map((step) => {
      const text = step.state.length > 26 ? `${step.state.slice(0, 25)}…` : step.state;
      const from = Math.max(step.x, free);
      free = from + (text.length + 2) * characterWidth;
      return (
        `<line class="effect" x1="${step.x}" x2="${step.x}" y1="${top - 12}" y2="${step.y - 9}"/>` +
        `<text class="state" x="${from - 4}" y="${top - 18}">${escapeHtml(text)}</text>`
      );
    })
    .join('\n');
}

function orderSvg<State, Operation>(
  found: Counterexample<State, Operation>,
  bars: readonly Bar[],
  x: (column: number) => number,
  y: (row: number) => number,
): string {
  const points = steps(found, bars, x, y);
  const path = points.map((point, step) => `${step === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join(' ');
  const dots = points.map(
    (point) =>
      `<circle cx="${point.x}" cy="${point.y}" r="9"/>` +
      `<text class="place" x="${point.x}" y="${point.y + 4}" text-anchor="middle">${point.place}</text>`,
  );
  return `<path class="order" d="${path}"/>\n<g class="dots">${dots.join('')}</g>`;
}

function tableRow(bar: Bar, startMs: number): string {
  const time = (ms: number) => (Number.isFinite(ms) ? (ms - startMs).toFixed(1) : 'never');
  const place = bar.isStuck ? 'no place' : bar.place > 0 ? String(bar.place) : '-';
  return (
    `<tr${bar.isStuck ? ' class="stuck"' : ''}><td>${place}</td><td>${escapeHtml(bar.entry.client)}</td><td>${escapeHtml(bar.call)}</td>` +
    `<td>${escapeHtml(bar.answer)}</td><td class="number">${time(bar.entry.calledAtMs)}</td><td class="number">${time(bar.entry.returnedAtMs)}</td></tr>`
  );
}

function startOf(history: readonly HistoryEntry<unknown>[]): number {
  return Math.min(...history.map((entry) => entry.calledAtMs));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const lightColours =
  '--ink:#1b1f24;--dim:#66707c;--line:#d4dae1;--paper:#ffffff;--blue:#dbe9fb;--blue-edge:#2f6fc4;--grey:#eceff3;--grey-edge:#8b95a1;--red:#fde0de;--red-edge:#c62f28';
const darkColours =
  '--ink:#e6eaef;--dim:#98a3af;--line:#343c46;--paper:#14181d;--blue:#1c3556;--blue-edge:#6aa6f2;--grey:#262d36;--grey-edge:#7d8895;--red:#4d1d1b;--red-edge:#ff7a70';

const svgStyle = `
svg{${lightColours};background:var(--paper);font:12px ui-monospace,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){svg{${darkColours}}}
text{fill:var(--ink)}
.call,.state{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.client{font-weight:600}.time,.state{fill:var(--dim);font-size:11px}
.lane{stroke:var(--line)}.tick{stroke:var(--line);stroke-dasharray:2 4}
rect{stroke-width:1.5}
.done rect{fill:var(--blue);stroke:var(--blue-edge)}
.left rect{fill:var(--grey);stroke:var(--grey-edge)}
.red rect{fill:var(--red);stroke:var(--red-edge);stroke-width:2.5}.red text{fill:var(--red-edge);font-weight:700}
.lost rect{stroke-dasharray:6 4;fill-opacity:.45}
.order{fill:none;stroke:var(--blue-edge);stroke-width:2;stroke-linejoin:round;opacity:.55}
.effect{stroke:var(--blue-edge);stroke-dasharray:1 3}
.dots circle{fill:var(--blue-edge)}.place{fill:var(--paper);font-weight:700;font-size:11px}
`;

const pageStyle = `
:root{${lightColours};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${darkColours}}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1200px;margin:0 auto;padding:28px 24px 60px}
h1{font-size:22px;margin:0 0 12px}
code{font:13px ui-monospace,Menlo,Consolas,monospace;background:var(--grey);padding:1px 5px;border-radius:4px}
.stuck{color:var(--red-edge)}tr.stuck td{font-weight:600}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px;margin:18px 0 10px}
.scroll svg{display:block}
.legend,.note{color:var(--dim);font-size:13px}
.key{display:inline-block;width:22px;height:11px;border-radius:3px;border:1.5px solid;margin:0 5px 0 14px;vertical-align:-1px}
.legend .key:first-child{margin-left:0}
.key.done{background:var(--blue);border-color:var(--blue-edge)}.key.left{background:var(--grey);border-color:var(--grey-edge)}
.key.red{background:var(--red);border-color:var(--red-edge)}.key.lost{border:1.5px dashed var(--grey-edge)}
table{border-collapse:collapse;margin-top:18px;font:13px ui-monospace,Menlo,Consolas,monospace}
th{text-align:left;color:var(--dim);font-weight:600}th,td{padding:5px 18px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right}
`;
