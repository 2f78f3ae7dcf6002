import { lazy, Suspense, useState, type ReactElement } from 'react';
import type { RegionView } from '~/api/statistics';
import { Link } from '~/app/router';
import { count, money } from '~/app/words';
import { Panel } from '~/design/parts';
import { Empty } from '~/design/states';
import { useSession } from '~/session/session';
import './map.css';

const WorldMap = lazy(async () => ({ default: (await import('./WorldMap')).WorldMap }));

export function Regions({ of }: { readonly of: readonly RegionView[] }): ReactElement {
  const [marked, mark] = useState<string>();
  const session = useSession();
  const rows = [...of].sort((left, right) => right.offers - left.offers || (left.region < right.region ? -1 : 1));
  return (
    <Panel label="Regions" isFlush>
      <div className="map-panel">
        <Suspense fallback={<div className="map-ground" />}><WorldMap regions={of} marked={marked} mark={mark} /></Suspense>
        <div className="region-list" tabIndex={0} role="region" aria-label="List of regions">
          {rows.length === 0 ? <Empty icon="globe" title="Nobody is online">Regions appear with the first offer.</Empty> : (
            <table className="table">
              <caption className="sr">Regions: providers, offers and prices</caption>
              <thead><tr><th>Region</th><th className="end">Online</th><th className="end">Offers</th><th className="end">Price per s</th></tr></thead>
              <tbody>
                {rows.map(each => (
                  <tr
                    key={each.region} className={marked === each.region ? 'marked' : ''}
                    onPointerEnter={() => mark(each.region)} onPointerLeave={() => mark(undefined)}
                  >
                    <td>{session === undefined ? each.region : <Link className="link" to={`/network/offers?region=${encodeURIComponent(each.region)}`}>{each.region}</Link>}</td>
                    <td className="end">{count(each.online)}</td>
                    <td className="end">{count(each.offers)}</td>
                    <td className="end">{priceText(each)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      </div>
    </Panel>
  );
}

function priceText(region: RegionView): string {
  if (region.price_min == null) return '–';
  const [low, high] = [money(region.price_min), money(region.price_max ?? region.price_min)];
  return low.figure === high.figure ? low.figure : `${low.figure} – ${high.figure}`;
}
