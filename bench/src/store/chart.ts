import type { RowResult } from './main.js';

const width = 860;
const rowHeight = 26;
const left = 270;
const right = 190;
const top = 64;

/** Ratios as bars on a logarithmic scale: 1 is etcd, a tick is the goal. Readable in light and dark. */
export function drawChart(
  results: readonly RowResult[],
  about: { readonly machine: string; readonly commit: string; readonly versions: string },
): string {
  const max = Math.max(10, ...results.map(({ ratio }) => ratio));
  const min = Math.min(0.5, ...results.map(({ ratio }) => ratio));
  const scale = (width - left - right) / Math.log(max / min);
  const x = (ratio: number) => left + Math.log(ratio / min) * scale;
  const height = top + results.length * rowHeight + 34;
  const grid = [0.5, 1, 2, 5, 10, 20, 50].filter((tick) => tick >= min && tick <= max);
  const lines = grid.map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${top - 6}" y2="${height - 28}" class="${tick === 1 ? 'one' : 'grid'}"/>` +
      `<text x="${x(tick)}" y="${height - 12}" text-anchor="middle" class="small">${tick}x</text>`,
  );
  const bars = results.map((result, at) => {
    const y = top + at * rowHeight;
    const [from, to] = [Math.min(x(1), x(result.ratio)), Math.max(x(1), x(result.ratio))];
    const fill = result.ratio >= result.goal ? 'good' : result.ratio >= 1 ? 'fair' : 'poor';
    const unit = result.unit === '/s' ? '/s' : ` ${result.unit}`;
    const figures = [result.kubelab, result.etcd].map(({ value }) =>
      Math.round(value).toLocaleString('en-US'),
    );
    return (
      `<text x="${left - 10}" y="${y + 15}" text-anchor="end">${result.name}</text>` +
      `<rect x="${from}" y="${y + 3}" width="${Math.max(1, to - from)}" height="16" rx="3" class="${fill}"/>` +
      `<line x1="${x(result.goal)}" x2="${x(result.goal)}" y1="${y}" y2="${y + 22}" class="goal"/>` +
      `<text x="${Math.max(to, x(result.goal)) + 6}" y="${y + 15}" class="strong">${result.ratio.toFixed(1)}x</text>` +
      `<text x="${width - 8}" y="${y + 15}" text-anchor="end" class="small">${figures.join(' | ')}${unit}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">
<style>
  text { fill: #1f2328 } .small { font-size: 11px; fill: #59636e } .strong { font-weight: 600 }
  .grid { stroke: #d1d9e0 } .one { stroke: #59636e } .goal { stroke: #1f2328; stroke-width: 2 }
  .good { fill: #2da44e } .fair { fill: #bf8700 } .poor { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .grid { stroke: #3d444d } .one { stroke: #9198a1 } .goal { stroke: #f0f6fc }
  }
</style>
<text x="8" y="20" class="strong">The store against etcd: how many times better, bar from 1x, tick at the goal</text>
<text x="8" y="40" class="small">${about.versions}; ${about.machine}; commit ${about.commit}. At the right: kubelab | etcd.</text>
${[...lines, ...bars].join('\n')}
</svg>
`;
}
