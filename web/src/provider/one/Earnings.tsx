import { useMemo, type ReactElement } from 'react';
import type { EarningsWindow, ProviderDetail } from '~/api/providers';
import { money } from '~/app/words';
import { Chart } from '~/design/Chart';
import { Panel } from '~/design/parts';
import { Segments } from '~/design/Segments';
import { Empty } from '~/design/states';

const COIN = 1e18;
const WINDOWS: readonly (readonly [EarningsWindow, string])[] = [['7d', '7 days'], ['90d', '90 days']];

export interface EarningsProps {
  readonly of: ProviderDetail;
  readonly window: EarningsWindow;
  readonly choose: (window: EarningsWindow) => void;
  readonly height?: number;
}

export function Earnings({ of, window, choose, height = 200 }: EarningsProps): ReactElement {
  const step = of.earnings_bucket_seconds;
  const { times, earned, isSmall } = useMemo(() => filled(of, window), [of.earnings, step, window]);
  const lines = useMemo(() => [{ name: 'Earned', token: '--accent', values: earned }], [earned]);
  const isNothing = earned.every(each => each === 0);
  return (
    <Panel title="Earnings" aside={<Segments label="Span of time" of={WINDOWS} now={window} choose={choose} />} isFlush={isNothing}>
      {isNothing
        ? <Empty icon="chart" title="Nothing earned in this time">Money comes when a verdict is paid: a while after the task, and longer where a chain keeps it.</Empty>
        : (
          <Chart
            label="Earnings over time" times={times} lines={lines} look="bars" height={height} stepSeconds={step}
            text={value => amountText(value, isSmall)}
          />
        )}
    </Panel>
  );
}

/** A figure for each step of the window; steps without a payout are left out by the node. Figures of a chart are
 * numbers: what is told exactly stands beside the chart. */
function filled(of: ProviderDetail, window: EarningsWindow): { times: number[]; earned: number[]; isSmall: boolean } {
  const step = of.earnings_bucket_seconds;
  const days = window === '7d' ? 7 : 90;
  const end = Math.floor(Date.now() / 1_000 / step);
  const begin = end - Math.round(days * 86_400 / step) + 1;
  const found = new Map(of.earnings.map(each => [Math.floor(Date.parse(each.at) / 1_000 / step), each]));
  const units = Array.from({ length: end - begin + 1 }, (_, at) => Number(found.get(begin + at)?.earned ?? 0));
  const isSmall = Math.max(...units) < COIN / 10_000;
  return {
    isSmall, times: units.map((_, at) => (begin + at) * step), earned: isSmall ? units : units.map(each => each / COIN),
  };
}

function amountText(value: number, isSmall: boolean): string {
  if (isSmall) return money(BigInt(Math.round(value))).figure;
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
