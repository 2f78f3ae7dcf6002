// Tasks over time as a small picture. It is drawn by hand, so that the first page needs no library for it.
import type { ReactElement } from 'react';
import type { Minute } from '~/api/statistics';

const [WIDTH, HEIGHT] = [1_000, 90];

export function Spark({ of }: { readonly of: readonly Minute[] | undefined }): ReactElement {
  const series = of ?? [];
  const most = Math.max(1, ...series.map(each => each.submitted));
  const step = WIDTH / Math.max(1, series.length);
  const bars = series.map((each, at) => {
    const height = (HEIGHT - 4) * each.submitted / most;
    return height === 0 ? '' : `M${(at * step + step * 0.15).toFixed(1)} ${HEIGHT}v${(-height).toFixed(1)}h${(step * 0.7).toFixed(1)}V${HEIGHT}z`;
  }).join('');
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label="Tasks handed in over the last 24 hours">
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className="ground" />
      <path d={bars} />
    </svg>
  );
}
