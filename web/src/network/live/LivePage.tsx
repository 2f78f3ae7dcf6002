// The network as it is right now, for everybody.
import { useMemo, type ReactElement } from 'react';
import { useStatistics, WINDOWS, type StatisticsView } from '~/api/statistics';
import { useQueryValue } from '~/app/router';
import { count, grouped, money, share, spanOf } from '~/app/words';
import { Chart } from '~/design/Chart';
import { Amount, Facts, Figures, PageHead, Panel } from '~/design/parts';
import { Segments } from '~/design/Segments';
import { Empty, Shown } from '~/design/states';
import { Regions } from '../map/Regions';
import { Cheats } from './Cheats';
import { Latency } from './Latency';
import { Outcomes } from './Outcomes';
import '../network.css';

type Window = (typeof WINDOWS)[number];
const NAMES: Readonly<Record<Window, string>> = { '1h': '1 hour', '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days' };

export function LivePage(): ReactElement {
  const [asked, setAsked] = useQueryValue('window');
  const window = WINDOWS.find(each => each === asked) ?? '1h';
  const statistics = useStatistics(window);
  return (
    <>
      <PageHead
        title="Network" lead="Who computes, how fast, at what price, and what was caught."
        actions={<Segments label="Span of time" of={WINDOWS.map(each => [each, each])} now={window} choose={next => setAsked(next === '1h' ? undefined : next)} />}
      />
      <Shown of={statistics} rows={10}>
        {data => (
          <div className="stack">
            <Now of={data} name={NAMES[window]} />
            <Regions of={data.providers.regions} />
            <Tasks of={data} />
            <div className="columns">
              <Latency of={data.latency} />
              <Outcomes of={data} />
            </div>
            <Cheats of={data.cheats} />
            <div className="columns">
              <Escrow of={data} name={NAMES[window]} />
              <Gas of={data} />
            </div>
          </div>
        )}
      </Shown>
    </>
  );
}

function Now({ of, name }: { readonly of: StatisticsView; readonly name: string }): ReactElement {
  const [held, paid] = [money(of.escrow.held), money(of.escrow.paid)];
  const median = of.latency.total.p50_micros;
  return (
    <Figures of={[
      { name: 'Providers online', value: count(of.providers.online), unit: `of ${count(of.providers.known)}`, note: `${count(of.offers)} offers` },
      { name: 'Under way', value: count(of.tasks.under_way), note: `${count(of.tasks.submitted)} handed in, ${name}` },
      { name: 'Success', value: share(of.success_ppm), note: `${count(of.tasks.complete)} complete` },
      { name: 'Half are done within', value: median == null ? '–' : spanOf(median / 1_000), note: 'from order to payment' },
      { name: 'Cheats caught', value: count(of.verification.fraud + (of.verification.disagreements ?? 0)), note: `${count(of.verification.fraud)} proven` },
      { name: 'Paid to providers', value: paid.figure, unit: paid.unit, note: `${held.figure} ${held.unit} held` },
    ]} />
  );
}

function Tasks({ of }: { readonly of: StatisticsView }): ReactElement {
  const { series, bucket_seconds: step } = of;
  const perMinute = 60 / step;
  const times = useMemo(() => series.map(each => Date.parse(each.at) / 1_000), [series]);
  const lines = useMemo(() => [
    { name: 'Complete', token: '--accent', values: series.map(each => each.complete) },
    { name: 'Cancelled', token: '--text-3', values: series.map(each => each.cancelled) },
    { name: 'Failed or refused', token: '--bad', values: series.map(each => each.failed + each.refused) },
  ], [series]);
  const ended = of.tasks.complete + of.tasks.failed + of.tasks.cancelled + of.tasks.refused;
  const spanMinutes = Math.max(1, series.length * step / 60);
  const handedIn = of.tasks.submitted / spanMinutes;
  return (
    <Panel title="Tasks that ended" aside={<span className="muted small num">{rate(handedIn)} handed in a minute</span>}>
      {ended === 0 && of.tasks.submitted === 0
        ? <Empty icon="chart" title="Nothing in this span of time">Choose a longer one, or hand in a task.</Empty>
        : (
          <Chart
            label={`Tasks that ended, by ${step >= 86_400 ? 'day' : step >= 3_600 ? 'hour' : 'minutes'}`} times={times} lines={lines} look="bars" isStacked
            height={220} stepSeconds={step} text={value => grouped(String(Math.round(value * 100) / 100))}
          />
        )}
      {perMinute !== 1 && <p className="faint small bucket">Each bar is {spanOf(step * 1_000)}.</p>}
    </Panel>
  );
}

function rate(value: number): string {
  return value === 0 ? '0' : value < 10 ? String(Number(value.toPrecision(2))) : grouped(String(Math.round(value)));
}

function Escrow({ of, name }: { readonly of: StatisticsView; readonly name: string }): ReactElement {
  const { escrow } = of;
  return (
    <Panel title="Escrow" aside={<span className="faint small">{name}</span>}>
      <Facts of={[
        ['Held for tasks, now', <Amount of={escrow.held} />],
        ['Paid to providers', <Amount of={escrow.paid} />],
        ['To the treasury', <Amount of={escrow.fees} />],
        ['To makers of models', <Amount of={escrow.creators} />],
        ['Back to requesters', <Amount of={escrow.refunded} />],
        ['Slashed', <Amount of={escrow.slashed} />],
      ]} />
    </Panel>
  );
}

function Gas({ of }: { readonly of: StatisticsView }): ReactElement {
  const { gas } = of;
  if (gas == null)
    return <Panel title="On the chain" isFlush><Empty icon="link" title="No chain">The node keeps the money of this network itself.</Empty></Panel>;
  return (
    <Panel title="On the chain">
      <Facts of={[
        ['Batches', count(gas.batches)],
        ['Tasks in them', count(gas.tasks)],
        ['Gas', count(gas.gas)],
        ['Gas for one batch', gas.gas_per_batch == null ? '–' : count(gas.gas_per_batch)],
        ['Gas for one task', gas.gas_per_task == null ? '–' : count(gas.gas_per_task)],
      ]} />
    </Panel>
  );
}
