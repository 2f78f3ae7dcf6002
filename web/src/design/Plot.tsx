// The drawing of Chart.tsx, by uPlot: canvas, no markup of its own that a policy of content would have to allow.
import { useEffect, useRef, useSyncExternalStore, type ReactElement } from 'react';
import uPlot, { type AlignedData, type Options, type Series } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { colour, useTheme } from '~/app/theme';
import type { ChartProps } from './Chart';

type Props = ChartProps & { readonly height: number; readonly onPoint: (at: number | undefined) => void };

const DARK = matchMedia('(prefers-color-scheme: dark)');

function useDark(): string {
  const isDark = useSyncExternalStore(listener => {
    DARK.addEventListener('change', listener);
    return () => DARK.removeEventListener('change', listener);
  }, () => DARK.matches);
  return `${useTheme()} ${isDark}`;
}

export function Plot(props: Props): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef(props);
  shown.current = props;
  const look = useDark();
  const shape = `${look} ${props.look} ${props.isStacked} ${props.stepSeconds} ${props.lines.map(line => line.token + line.name).join()}`;
  useEffect(() => {
    const box = place.current!;
    const made = new uPlot(optionsOf(shown, box.clientWidth), dataOf(shown.current), box);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: shown.current.height }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.times, props.lines]);
  return <div ref={place} className="plot" />;
}

/** Sums from the ground up where lines are stacked; the highest is drawn first and the others over it. */
function dataOf({ times, lines, isStacked }: Props): AlignedData {
  if (isStacked !== true) return [[...times], ...lines.map(line => [...line.values])];
  const sums: number[][] = [];
  for (const line of lines) {
    const below = sums.at(-1);
    sums.push(line.values.map((value, at) => value + (below?.[at] ?? 0)));
  }
  return [[...times], ...sums.reverse()];
}

function optionsOf(shown: React.RefObject<Props>, width: number): Options {
  const { lines, look, isStacked, height, stepSeconds } = shown.current;
  const pad = look === 'bars' ? stepSeconds / 2 : 0;
  const [faint, rule] = [colour('--text-3'), colour('--line')];
  const font = `11px 'Geist Variable', system-ui, sans-serif`;
  const drawn = isStacked === true ? [...lines].reverse() : lines;
  const series = drawn.map((line): Series => {
    const stroke = colour(line.token);
    const bars = uPlot.paths.bars!({ size: [0.72, 28], radius: 0.12 });
    return look === 'bars'
      ? { label: line.name, fill: stroke, width: 0, paths: bars, points: { show: false } }
      : { label: line.name, stroke, fill: stroke.replace(/\)$/, ' / 0.1)'), width: 1.6, points: { show: false } };
  });
  return {
    width, height, legend: { show: false }, padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      // Half a step on either side, so that the first and the last bar stand whole.
      x: { range: (_, first, last) => [first - pad, last + pad] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      { stroke: faint, font, grid: { show: false }, ticks: { show: false }, size: 28, gap: 8, space: 70, values: timesText },
      {
        stroke: faint, font, grid: { stroke: rule, width: 1 }, ticks: { show: false }, size: 52, gap: 8, space: 38,
        values: (_, values) => values.map(value => shown.current.text(value)),
      },
    ],
    series: [{}, ...series],
    hooks: { setCursor: [made => shown.current.onPoint(made.cursor.idx ?? undefined)] },
  };
}

/** The hour, and the day where one begins. */
function timesText(_: uPlot, values: number[]): string[] {
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  return values.map(value => {
    const time = new Date(value * 1_000);
    const isDay = step >= 86_400 || (time.getHours() === 0 && time.getMinutes() === 0);
    return isDay ? time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
      : time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  });
}
