// Figures over time. The library that draws is loaded with the first chart; until then its place is kept.
import { lazy, Suspense, useState, type ReactElement } from 'react';
import './chart.css';

export interface ChartLine {
  readonly name: string;
  /** A colour of tokens.css, as `--accent`. */
  readonly token: string;
  readonly values: readonly number[];
}

export interface ChartProps {
  readonly label: string;
  /** In seconds since 1970, rising. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly look: 'bars' | 'area';
  /** One above the other; otherwise each from the ground. */
  readonly isStacked?: boolean;
  readonly height?: number;
  readonly text: (value: number) => string;
  /** How long each point lasts. */
  readonly stepSeconds: number;
}

const Plot = lazy(async () => ({ default: (await import('./Plot')).Plot }));

export function Chart(props: ChartProps): ReactElement {
  const { label, lines, times, text, height = 220, stepSeconds } = props;
  const [at, setAt] = useState<number>();
  const sums = lines.map(line => line.values.reduce((sum, value) => sum + value, 0));
  const most = Math.max(0, ...times.map((_, index) => lines.reduce((sum, line) => sum + (line.values[index] ?? 0), 0)));
  const said = lines.map((line, index) => `${line.name}: ${text(sums[index]!)} in all`).join('; ');
  return (
    <figure className="chart">
      <figcaption className="legend">
        {lines.map((line, index) => (
          <span key={line.name} className="key">
            <i className={`swatch c${line.token}`} />{line.name}
            <b className="num">{text(at === undefined ? sums[index]! : line.values[at] ?? 0)}</b>
          </span>
        ))}
        <span className="when faint num">{at === undefined ? 'in all' : spanText(times[at]!, stepSeconds)}</span>
      </figcaption>
      <div role="img" aria-label={`${label}. ${said}; at most ${text(most)} at once.`} style={{ height }}>
        <Suspense fallback={<div className="chart-ground" />}><Plot {...props} height={height} onPoint={setAt} /></Suspense>
      </div>
    </figure>
  );
}

function spanText(seconds: number, step: number): string {
  const time = new Date(seconds * 1_000);
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return step >= 86_400 ? day : `${day} ${time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}
