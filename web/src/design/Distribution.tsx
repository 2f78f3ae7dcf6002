// How values lie: bars, with the values that so many lie below marked across them. Made of boxes, so that its letters
// stay as large as all others whatever its width.
import type { ReactElement } from 'react';
import './chart.css';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface DistributionProps {
  readonly label: string;
  readonly bins: readonly Bin[];
  readonly text: (value: number) => string;
  /** Named values across the bars, as the median. */
  readonly marks?: readonly (readonly [string, number])[];
  readonly isLog?: boolean;
}

export function Distribution({ label, bins, text, marks = [], isLog = false }: DistributionProps): ReactElement {
  const [low, high] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 1];
  const most = Math.max(1, ...bins.map(bin => bin.count));
  const of = (value: number) => isLog ? Math.log(Math.max(value, 1e-9)) : value;
  const share = (value: number) => Math.min(1, Math.max(0, (of(value) - of(low)) / (of(high) - of(low) || 1)));
  const edges = [0, 1, 2, 3, 4].map(each => Math.round(each * bins.length / 4));
  const said = marks.map(([name, value]) => `${name} ${text(value)}`).join(', ');
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  return (
    <div className="dist" role="img" aria-label={`${label}: ${total} between ${text(low)} and ${text(high)}${said === '' ? '' : `; ${said}`}`}>
      <div className="field-of">
        {bins.map(bin => (
          <span
            key={bin.from} className={bin.count === 0 ? 'bin none' : 'bin'} title={`${text(bin.from)} to ${text(bin.to)}: ${bin.count}`}
            style={{ height: bin.count === 0 ? 0 : `max(3px, ${100 * bin.count / most}%)` }}
          />
        ))}
        {marks.map(([name, value], at) => (
          <span key={name} className={share(value) > 0.7 ? 'mark late' : 'mark'} style={{ left: `${100 * share(value)}%` }}>
            <span style={{ top: `${at * 1.05}rem` }}>{name}</span>
          </span>
        ))}
      </div>
      <div className="scale" aria-hidden="true">
        {[...new Set(edges)].map((edge, at, all) => (
          <span key={edge} className={at === all.length - 1 ? 'edge' : ''} style={{ left: `${100 * edge / bins.length}%` }}>
            {text(edge === 0 ? low : bins[edge - 1]?.to ?? high)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Equal bins over what there is, at round values. */
export function binsOf(values: readonly number[], wanted = 16): Bin[] {
  if (values.length === 0) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rough = Math.max((high - low) / wanted, high / 1e6, 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= rough) ?? rough;
  const first = Math.floor(low / step);
  const bins = Array.from({ length: Math.max(1, Math.floor(high / step) - first + 1) }, (_, at) => (
    { from: (first + at) * step, to: (first + at + 1) * step, count: 0 }));
  for (const value of values) bins[Math.min(bins.length - 1, Math.floor(value / step) - first)]!.count++;
  return bins;
}

/** What was counted fine, counted coarse: each of `counts` by the value that it goes up to, five bins to a power of ten. */
export function logBinsOf(counts: readonly (readonly [number, number])[], perPower = 5): Bin[] {
  const found = new Map<number, number>();
  for (const [value, count] of counts) {
    const index = Math.floor(Math.log10(Math.max(value, 1)) * perPower);
    found.set(index, (found.get(index) ?? 0) + count);
  }
  if (found.size === 0) return [];
  const [low, high] = [Math.min(...found.keys()), Math.max(...found.keys())];
  const [first, last] = [low - 1, high + 1];
  return Array.from({ length: last - first + 1 }, (_, at) => ({
    from: 10 ** ((first + at) / perPower), to: 10 ** ((first + at + 1) / perPower), count: found.get(first + at) ?? 0,
  }));
}
