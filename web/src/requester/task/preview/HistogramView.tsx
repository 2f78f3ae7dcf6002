// A histogram as physicists draw it: steps, with counts above the axis, the bin under the pointer told in words.
import { useState, type ReactElement } from 'react';
import { grouped } from '~/app/words';
import { Facts } from '~/design/parts';
import type { Histogram } from './kinds';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [760, 280, 56, 30, 12];

function figure(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? grouped(String(value)) : String(Number(value.toPrecision(4)));
}

/** Round values, four or so, from nothing to the highest. */
export function ticksTo(most: number, wanted = 4): number[] {
  if (most <= 0) return [0];
  const rough = most / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= rough)!;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
}

export function HistogramView({ of }: { readonly of: Histogram }): ReactElement {
  const { edges, counts } = of;
  const [bin, setBin] = useState<number>();
  const [low, high, most] = [edges[0]!, edges.at(-1)!, Math.max(...counts, 1e-300)];
  const total = counts.reduce((sum, each) => sum + each, 0);
  const mean = counts.reduce((sum, each, at) => sum + each * (edges[at]! + edges[at + 1]!) / 2, 0) / (total || 1);
  const xOf = (value: number) => LEFT + (WIDTH - LEFT - 8) * (value - low) / (high - low || 1);
  const yOf = (value: number) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most;
  const steps = counts.map((count, at) => `L${xOf(edges[at]!)} ${yOf(count)}L${xOf(edges[at + 1]!)} ${yOf(count)}`).join('');
  const outline = `M${xOf(low)} ${yOf(0)}${steps}L${xOf(high)} ${yOf(0)}`;
  const marks = [0, 0.25, 0.5, 0.75, 1].map(part => low + part * (high - low));
  return (
    <div className="stack">
      <svg
        className="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img"
        aria-label={`Histogram of ${counts.length} bins from ${figure(low)} to ${figure(high)}, ${figure(total)} entries`}
        onPointerLeave={() => setBin(undefined)}
      >
        {ticksTo(most).map(tick => (
          <g key={tick}>
            <line className="rule" x1={LEFT} x2={WIDTH - 8} y1={yOf(tick)} y2={yOf(tick)} />
            <text className="mark" x={LEFT - 8} y={yOf(tick) + 4} textAnchor="end">{figure(tick)}</text>
          </g>
        ))}
        {marks.map(mark => <text className="mark" key={mark} x={xOf(mark)} y={HEIGHT - 8} textAnchor="middle">{figure(mark)}</text>)}
        <path className="fill" d={outline + 'Z'} />
        <path className="outline" d={outline} />
        {counts.map((_, at) => (
          <rect
            key={at} className={bin === at ? 'bin now' : 'bin'} x={xOf(edges[at]!)} y={TOP} onPointerEnter={() => setBin(at)}
            width={Math.max(0, xOf(edges[at + 1]!) - xOf(edges[at]!))} height={HEIGHT - BOTTOM - TOP}
          />
        ))}
      </svg>
      <p className="small muted num" aria-live="polite">
        {bin === undefined ? 'Point at a bin to read it.'
          : <>From {figure(edges[bin]!)} to {figure(edges[bin + 1]!)}: <b>{figure(counts[bin]!)}</b>, {(100 * counts[bin]! / (total || 1)).toFixed(2)} %</>}
      </p>
      <Facts of={[['Bins', counts.length], ['Entries', figure(total)], ['Mean', figure(mean)], ['Range', `${figure(low)} to ${figure(high)}`]]} />
    </div>
  );
}
