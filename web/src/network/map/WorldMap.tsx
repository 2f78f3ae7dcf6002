// Where compute is: land in one quiet tone, a dot for each region, as large as what is on offer there. The shapes are
// Natural Earth's, which belong to everybody. Loaded when a map is first shown; the list beside it needs none of it.
import { geoEqualEarth, geoPath } from 'd3-geo';
import { useMemo, type ReactElement } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import land from 'world-atlas/land-110m.json';
import type { RegionView } from '~/api/statistics';
import { namedOf } from './placing';
import { spotOf } from './places';
import './map.css';

const [WIDTH, HEIGHT] = [960, 424];
const projection = geoEqualEarth().rotate([-10, 0]).scale(178).translate([WIDTH / 2, 248]);

let drawn: string | undefined;

function landPath(): string {
  const topology = land as unknown as Topology<{ land: GeometryCollection }>;
  // The south, where nobody computes, would take a fifth of the picture.
  drawn ??= geoPath(projection.clipExtent([[0, 0], [WIDTH, HEIGHT]])).digits(1)(feature(topology, topology.objects.land)) ?? '';
  return drawn;
}

export function WorldMap({ regions, marked, mark }: {
  readonly regions: readonly RegionView[];
  readonly marked: string | undefined;
  readonly mark: (region: string | undefined) => void;
}): ReactElement {
  const dots = useMemo(() => {
    const most = Math.max(1, ...regions.map(region => region.offers));
    return regions.flatMap(region => {
      const spot = spotOf(region.region);
      const at = spot === undefined ? null : projection([spot[0], spot[1]]);
      return at === null ? [] : [{ region, name: region.region, x: at[0], y: at[1], size: sizeOf(region.offers, most) }];
    }).sort((left, right) => right.size - left.size);
  }, [regions]);
  const named = useMemo(() => namedOf(dots), [dots]);
  return (
    <div className="world" aria-hidden="true">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} focusable="false"><path d={landPath()} /></svg>
      {dots.map(({ region, x, y, size }) => (
        <span
          key={region.region} className={`dot-of ${region.online > 0 ? '' : 'off'} ${named.has(region.region) ? 'named' : ''} ${marked === region.region ? 'marked' : ''}`}
          style={{ left: `${100 * x / WIDTH}%`, top: `${100 * y / HEIGHT}%`, '--size': `${size}px` } as React.CSSProperties}
          onPointerEnter={() => mark(region.region)} onPointerLeave={() => mark(undefined)}
        >
          <i /><b>{region.region}</b>
        </span>
      ))}
    </div>
  );
}

/** Its area goes with the number of offers, and the largest has always the same. */
function sizeOf(offers: number, most: number): number {
  return Math.round(10 + 26 * Math.sqrt(offers / most));
}
