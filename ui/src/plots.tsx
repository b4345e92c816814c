import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Moment } from './app.js';
import type { Turn } from './turns.js';

/** The spray since the page was opened, and the influence on each reply. */
export function Plots({ moments, turns }: { moments: readonly Moment[]; turns: readonly Turn[] }) {
  const replies = turns.flatMap(({ figures }) => (figures?.influence ? [figures.influence] : []));
  return (
    <section class="plots" aria-label="Plots">
      <Plot
        title="Spray since this page was opened: its length, and how far it was moved last"
        time
        x={moments.map(({ at }) => at)}
        lines={[
          { label: 'length', values: moments.map(({ sprayNorm }) => sprayNorm) },
          { label: 'drift', values: moments.map(({ drift }) => drift) },
        ]}
      />
      <Plot
        title="KL of each reply, nats: mean and largest of its tokens"
        x={replies.map((_, at) => at + 1)}
        lines={[
          { label: 'mean', values: replies.map((influence) => influence.mean_kl) },
          { label: 'largest', values: replies.map((influence) => influence.max_kl) },
        ]}
      />
    </section>
  );
}

/** Steps of an axis that counts. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

function Plot({
  title,
  x,
  lines,
  time = false,
}: {
  title: string;
  x: readonly number[];
  lines: readonly { readonly label: string; readonly values: readonly number[] }[];
  time?: boolean;
}) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (!element || x.length === 0) return undefined;
    const style = getComputedStyle(element);
    const axis = { stroke: style.color, grid: { stroke: style.borderColor, width: 1 } };
    const colours = ['--accent', '--second'].map((name) => style.getPropertyValue(name));
    const size = () => ({ width: element.clientWidth, height: 240 });
    const plot = new uPlot(
      {
        ...size(),
        scales: { x: { time } },
        axes: [time ? axis : { ...axis, incrs: WHOLE }, axis],
        series: [
          { label: time ? 'time' : 'reply' },
          ...lines.map(({ label }, at) => ({
            label,
            stroke: colours[at]!,
            width: 2,
            points: { show: true, size: 6 },
          })),
        ],
      },
      [[...x], ...lines.map(({ values }) => [...values])],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [x, lines, time]);
  return (
    <figure>
      <figcaption>{title}</figcaption>
      {x.length === 0 ? <p class="hint">Nothing yet.</p> : <div class="plot" ref={holder} />}
    </figure>
  );
}
