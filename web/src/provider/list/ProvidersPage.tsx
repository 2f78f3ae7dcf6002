import { useDeferredValue, useMemo, type ReactElement } from 'react';
import type { ProviderView } from '~/api/providers';
import { useQueryValue } from '~/app/router';
import { count, grouped, money, short } from '~/app/words';
import { Amount, PageHead } from '~/design/parts';
import { compareUnits, SortHead, useSorting, type Sorting } from '~/design/Sorts';
import { Empty, Fault, FaultBar, Loading } from '~/design/states';
import { VirtualTable, type Column } from '~/design/VirtualTable';
import { useSession } from '~/session/session';
import { OnlineBadge, Score } from '../words';
import { ProviderFeed, useProviders, type ProvidersState } from './feed';

const ORDERS: Readonly<Record<string, (left: ProviderView, right: ProviderView) => number>> = {
  address: (left, right) => (left.address < right.address ? -1 : 1),
  online: (left, right) => Number(left.online) - Number(right.online) || (left.since < right.since ? -1 : 1),
  region: (left, right) => (left.regions[0] ?? '').localeCompare(right.regions[0] ?? ''),
  reputation: (left, right) => left.reputation_ppm - right.reputation_ppm || left.paid_count - right.paid_count,
  running: (left, right) => left.running - right.running,
  tasks: (left, right) => left.finished - right.finished,
  price: (left, right) => compareUnits(left.price_min, right.price_min),
  stake: (left, right) => compareUnits(left.stake, right.stake),
  earned: (left, right) => compareUnits(left.earned, right.earned),
};

function columnsOf(now: Sorting, press: (by: string) => void): readonly Column<ProviderView>[] {
  const head = (name: string, by: string) => ({ name, head: <SortHead name={name} by={by} now={now} press={press} /> });
  return [
    { ...head('Provider', 'address'), width: 'minmax(7.25rem, 1.1fr)', cell: each => <span className="mono">{short(each.address, 8, 6)}</span> },
    { ...head('State', 'online'), width: 'minmax(5.75rem, 1.45fr)', cell: each => <OnlineBadge of={each} /> },
    { ...head('Region', 'region'), width: 'minmax(4rem, 0.6fr)', isExtra: true, cell: each => <span className="muted">{each.regions.join(', ') || '–'}</span> },
    { ...head('Reputation', 'reputation'), width: 'minmax(5rem, 0.95fr)', cell: each => <Score ppm={each.reputation_ppm} frauds={each.fraud_count} /> },
    { ...head('Running', 'running'), width: '4.25rem', isEnd: true, isExtra: true, cell: each => grouped(String(each.running)) },
    { ...head('Done', 'tasks'), width: '4.25rem', isEnd: true, isExtra: true, cell: each => count(each.finished) },
    { ...head('Price per s', 'price'), width: '5.25rem', isEnd: true, isExtra: true, cell: each => <Figure of={each.price_min} /> },
    { ...head('Stake', 'stake'), width: 'minmax(5.5rem, 0.7fr)', isEnd: true, isExtra: true, cell: each => <Amount of={each.stake} /> },
    { ...head('Earned', 'earned'), width: 'minmax(5.5rem, 0.85fr)', isEnd: true, isExtra: true, cell: each => <Amount of={each.earned} /> },
  ];
}

function Figure({ of }: { readonly of: string | null | undefined }): ReactElement {
  return of == null ? <span className="faint">–</span> : <span className="num">{money(of).figure}</span>;
}

export function ProvidersPage(): ReactElement {
  const session = useSession();
  const feed = useMemo(() => new ProviderFeed(), [session]);
  const now = useProviders(feed);
  const [sorting, press] = useSorting({ by: 'reputation', isDown: true });
  const [wanted, setWanted] = useQueryValue('find');
  const [only, setOnly] = useQueryValue('online');
  const [region, setRegion] = useQueryValue('region');
  const find = useDeferredValue(wanted)?.trim().toLowerCase();
  const regions = useMemo(() => [...new Set(now.providers.flatMap(each => each.regions))].sort(), [now.providers]);
  const rows = useMemo(() => {
    const order = ORDERS[sorting.by] ?? ORDERS['reputation']!;
    const turn = sorting.isDown ? -1 : 1;
    return now.providers
      .filter(each => (find === undefined || find === '' || each.address.includes(find))
        && (only === undefined || each.online === (only === '1')) && (region === undefined || each.regions.includes(region)))
      .sort((left, right) => turn * order(left, right) || (left.address < right.address ? -1 : 1));
  }, [now.providers, sorting.by, sorting.isDown, find, only, region]);
  const columns = useMemo(() => columnsOf(sorting, press), [sorting.by, sorting.isDown, press]);
  return (
    <>
      <PageHead title="Providers" lead={leadOf(now)} />
      <section className="panel" aria-label="Providers">
        <div className="filters">
          <input
            className="input search" type="search" placeholder="Find an address" aria-label="Find an address" value={wanted ?? ''}
            onChange={event => setWanted(event.target.value)} spellCheck={false}
          />
          <select className="select" aria-label="State" value={only ?? ''} onChange={event => setOnly(event.target.value)}>
            <option value="">Online or not</option><option value="1">Online</option><option value="0">Offline</option>
          </select>
          <select className="select" aria-label="Region" value={region ?? ''} onChange={event => setRegion(event.target.value)}>
            <option value="">All regions</option>{regions.map(each => <option key={each}>{each}</option>)}
          </select>
        </div>
        <List now={now} rows={rows} columns={columns} again={() => void feed.load()} />
      </section>
    </>
  );
}

function leadOf(now: ProvidersState): string {
  if (now.at === 0) return 'Who sells compute here, and how they have done.';
  const online = now.providers.filter(each => each.online).length;
  return `${count(online)} online of ${count(now.providers.length)} that ever offered something.`;
}

function List({ now, rows, columns, again }: {
  readonly now: ProvidersState;
  readonly rows: readonly ProviderView[];
  readonly columns: readonly Column<ProviderView>[];
  readonly again: () => void;
}): ReactElement {
  if (now.at === 0) return now.error === undefined ? <Loading rows={9} /> : <Fault error={now.error} again={again} />;
  if (now.providers.length === 0)
    return <Empty icon="server" title="No provider yet">The first one is there when a machine runs <code>stun provider start</code>.</Empty>;
  return (
    <>
      {now.error !== undefined && <FaultBar error={now.error} again={again} />}
      {rows.length === 0
        ? <Empty icon="search" title="None like that">Nobody fits what you look for. Clear a filter.</Empty>
        : <VirtualTable label="Providers" rows={rows} columns={columns} keyOf={each => each.address} to={each => `/network/providers/${each.address}`} />}
    </>
  );
}
