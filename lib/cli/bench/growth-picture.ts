import type { RecallBenchRow } from '../../bench/index.js';

const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 70;
const BOTTOM = 50;
const TOP = 20;
const RIGHT = 130;

/** Milliseconds of a question over the number of memories, both axes logarithmic, as SVG. */
export function growthPicture(rows: readonly RecallBenchRow[]): string {
  const all = rows.flatMap(({ p50, exactP50 }) => [p50, exactP50]);
  const sizes = rows.map(({ size }) => size);
  const x = scale(sizes, LEFT, WIDTH - RIGHT);
  const y = scale(all, HEIGHT - BOTTOM, TOP);
  const line = (name: string, colour: string, value: (row: RecallBenchRow) => number) => {
    const points = rows.map((row) => `${x.at(row.size)},${y.at(value(row))}`);
    const dots = points.map((point) => {
      const [cx, cy] = point.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`;
    });
    const last = rows.at(-1)!;
    const label = `<text x="${x.at(last.size) + 8}" y="${y.at(value(last)) + 4}" fill="${colour}">${name}</text>`;
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${label}`;
  };
  const grid = [
    ...x.ticks.map(
      (tick) =>
        `<line x1="${x.at(tick)}" x2="${x.at(tick)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/><text x="${x.at(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${tick.toLocaleString('en')}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.at(tick)}" y2="${y.at(tick)}" stroke="#ddd"/><text x="${LEFT - 8}" y="${y.at(tick) + 4}" text-anchor="end">${tick} ms</text>`,
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${grid.join('\n')}
${line('every key compared', '#888', ({ exactP50 }) => exactP50)}
${line('as recall looks', '#d6336c', ({ p50 }) => p50)}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">memories</text>
</svg>
`;
}

/** A logarithmic axis from `from` to `to`, with its powers of ten. */
function scale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => Number(`1e${low + index}`));
  const at = (value: number) =>
    Math.round(from + ((Math.log10(value) - low) / (high - low)) * (to - from));
  return { ticks, at };
}
