// What is on sale right now, and how prices lie.
import { useMemo, type ReactElement } from 'react';
import type { OfferView } from '~/api/views';
import { useQueryValue } from '~/app/router';
import { count, money, moneyText, short } from '~/app/words';
import { binsOf, Distribution } from '~/design/Distribution';
import { Ago, Amount, Figures, PageHead, Panel } from '~/design/parts';
import { compareUnits, SortHead, useSorting, type Sorting } from '~/design/Sorts';
import { Empty, Shown } from '~/design/states';
import { VirtualTable, type Column } from '~/design/VirtualTable';
import { useQuery } from '~/live/query';
import { cpuText, memoryText } from '~/provider/words';
import { stun } from '~/session/session';
import '../network.css';

interface OfferPage {
  readonly offers: readonly OfferView[];
  readonly cursor?: string | null;
}

/** Some 500 bytes each. */
const KEPT_MAX = 10_000;

async function fetchOffers(signal: AbortSignal): Promise<readonly OfferView[]> {
  const node = await stun();
  const found: OfferView[] = [];
  let cursor: string | undefined;
  do {
    const page: OfferPage = await node.request<OfferPage>('GET', ['offers'], { query: { limit: 200, cursor }, signal });
    found.push(...page.offers);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined && found.length < KEPT_MAX);
  return found;
}

const ORDERS: Readonly<Record<string, (left: OfferView, right: OfferView) => number>> = {
  address: (left, right) => (left.provider < right.provider ? -1 : left.provider > right.provider ? 1 : 0),
  region: (left, right) => left.region.localeCompare(right.region),
  price: (left, right) => compareUnits(left.price_per_second, right.price_per_second),
  gpu: (left, right) => left.hardware.gpu_count - right.hardware.gpu_count || left.hardware.gpu_memory_mib - right.hardware.gpu_memory_mib,
  cpu: (left, right) => left.hardware.cpu_millis - right.hardware.cpu_millis,
  memory: (left, right) => left.hardware.memory_mib - right.hardware.memory_mib,
  disk: (left, right) => left.hardware.disk_mib - right.hardware.disk_mib,
};

function columnsOf(now: Sorting, press: (by: string) => void): readonly Column<OfferView>[] {
  const head = (name: string, by: string) => ({ name, head: <SortHead name={name} by={by} now={now} press={press} /> });
  return [
    { ...head('Provider', 'address'), width: 'minmax(8rem, 1fr)', cell: each => <span className="mono">{short(each.provider, 8, 6)}</span> },
    { ...head('Region', 'region'), width: 'minmax(4.5rem, 0.6fr)', cell: each => <span className="muted">{each.region}</span> },
    { ...head('GPU', 'gpu'), width: 'minmax(7rem, 1.2fr)', isExtra: true, cell: each => gpuText(each) },
    { ...head('CPU', 'cpu'), width: '6rem', isEnd: true, isExtra: true, cell: each => cpuText(each.hardware.cpu_millis) },
    { ...head('Memory', 'memory'), width: '6.5rem', isEnd: true, isExtra: true, cell: each => memoryText(each.hardware.memory_mib) },
    { ...head('Disk', 'disk'), width: '6.5rem', isEnd: true, isExtra: true, cell: each => memoryText(each.hardware.disk_mib) },
    { ...head('Price per s', 'price'), width: '7.5rem', isEnd: true, cell: each => <Amount of={each.price_per_second} /> },
    { name: 'Posted', width: '6rem', isEnd: true, isExtra: true, cell: each => <Ago at={each.posted_at} /> },
  ];
}

function gpuText({ hardware }: OfferView): ReactElement | string {
  if (hardware.gpu_count === 0) return <span className="faint">none</span>;
  const memory = hardware.gpu_memory_mib > 0 ? `, ${memoryText(hardware.gpu_memory_mib)}` : '';
  return `${hardware.gpu_count} × ${hardware.gpu_model}${memory}`;
}

export function OffersPage(): ReactElement {
  const offers = useQuery('offers', fetchOffers, { topics: ['offers'] });
  return (
    <>
      <PageHead title="Offers" lead="What providers who are online sell, and for how much." />
      <Shown
        of={offers} rows={9}
        empty={{ when: data => data.length === 0, show: <section className="panel"><Empty icon="tag" title="Nothing on offer">As soon as a provider is online its offers are here.</Empty></section> }}
      >
        {data => <Market of={data} />}
      </Shown>
    </>
  );
}

function Market({ of }: { readonly of: readonly OfferView[] }): ReactElement {
  const [sorting, press] = useSorting({ by: 'price', isDown: false });
  const [region, setRegion] = useQueryValue('region');
  const [gpu, setGpu] = useQueryValue('gpu');
  const regions = useMemo(() => [...new Set(of.map(each => each.region))].sort(), [of]);
  const gpus = useMemo(() => [...new Set(of.filter(each => each.hardware.gpu_count > 0).map(each => each.hardware.gpu_model))].sort(), [of]);
  const rows = useMemo(() => {
    const order = ORDERS[sorting.by] ?? ORDERS['price']!;
    const turn = sorting.isDown ? -1 : 1;
    return of
      .filter(each => (region === undefined || each.region === region)
        && (gpu === undefined || (gpu === 'none' ? each.hardware.gpu_count === 0 : each.hardware.gpu_count > 0 && each.hardware.gpu_model === gpu)))
      .sort((left, right) => turn * order(left, right) || keyOf(left).localeCompare(keyOf(right)));
  }, [of, sorting.by, sorting.isDown, region, gpu]);
  const columns = useMemo(() => columnsOf(sorting, press), [sorting.by, sorting.isDown, press]);
  return (
    <div className="stack">
      <Prices of={rows} />
      <section className="panel" aria-label="Offers">
        <div className="filters">
          <select className="select" aria-label="Region" value={region ?? ''} onChange={event => setRegion(event.target.value)}>
            <option value="">All regions</option>{regions.map(each => <option key={each}>{each}</option>)}
          </select>
          <select className="select" aria-label="GPU" value={gpu ?? ''} onChange={event => setGpu(event.target.value)}>
            <option value="">With or without GPU</option><option value="none">Without GPU</option>{gpus.map(each => <option key={each}>{each}</option>)}
          </select>
          <span className="faint small num">{count(rows.length)} of {count(of.length)}</span>
        </div>
        {rows.length === 0 ? <Empty icon="search" title="None like that">Choose another region, or other hardware.</Empty>
          : <VirtualTable label="Offers" rows={rows} columns={columns} keyOf={keyOf} to={each => `/network/providers/${each.provider}`} />}
      </section>
    </div>
  );
}

function keyOf(offer: OfferView): string {
  return `${offer.provider} ${offer.id}`;
}

function Prices({ of }: { readonly of: readonly OfferView[] }): ReactElement | null {
  const prices = useMemo(() => of.map(each => each.price_per_second).sort(compareUnits), [of]);
  const bins = useMemo(() => binsOf(prices.map(Number)), [prices]);
  if (prices.length === 0) return null;
  const at = (share: number) => prices[Math.min(prices.length - 1, Math.floor(share * prices.length))]!;
  const [low, middle, high] = [money(prices[0]!), money(at(0.5)), money(prices.at(-1)!)];
  const providers = new Set(of.map(each => each.provider)).size;
  return (
    <div className="columns prices">
      <Figures of={[
        { name: 'Offers', value: count(of.length), note: `${count(providers)} ${providers === 1 ? 'provider' : 'providers'}` },
        { name: 'Cheapest', value: low.figure, unit: low.unit, note: 'a second' },
        { name: 'In the middle', value: middle.figure, unit: middle.unit, note: 'a second' },
        { name: 'Dearest', value: high.figure, unit: high.unit, note: 'a second' },
        { name: 'Processors', value: count(of.reduce((sum, each) => sum + each.hardware.cpu_millis, 0) / 1_000) },
        { name: 'GPUs', value: count(of.reduce((sum, each) => sum + each.hardware.gpu_count, 0)) },
      ]} />
      <Panel title="Prices per second">
        <Distribution label="Prices per second" bins={bins} text={value => moneyText(BigInt(Math.round(value))).replace(/ units?$/, '')} marks={[['median', Number(at(0.5))]]} />
      </Panel>
    </div>
  );
}
