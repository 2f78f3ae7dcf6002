import { useState, type ReactElement } from 'react';
import { useNetwork, type EarningsWindow, type ProviderDetail } from '~/api/providers';
import { count, money, share } from '~/app/words';
import { Amount, Figures, Panel } from '~/design/parts';
import { ScrollBox } from '~/design/ScrollBox';
import { Empty } from '~/design/states';
import { Earnings } from '../one/Earnings';
import { Withdraw } from '../stake/Withdraw';
import { Mine } from './Mine';

export function EarningsPage(): ReactElement {
  const [window, setWindow] = useState<EarningsWindow>('7d');
  const network = useNetwork();
  return (
    <Mine title="Earnings" window={window}>
      {detail => (
        <div className="stack">
          <Sums of={detail} window={window} />
          <Earnings of={detail} window={window} choose={setWindow} height={280} />
          <div className="columns">
            <Steps of={detail} window={window} />
            <Withdraw provider={detail.provider.address} network={network} />
          </div>
        </div>
      )}
    </Mine>
  );
}

function Sums({ of, window }: { readonly of: ProviderDetail; readonly window: EarningsWindow }): ReactElement {
  const { provider, earnings } = of;
  const sum = earnings.reduce((all, each) => all + BigInt(each.earned), 0n);
  const payouts = earnings.reduce((all, each) => all + each.payouts, 0);
  const ended = provider.finished + provider.failed + provider.lost;
  const [all, now, each] = [money(provider.earned), money(sum), money(payouts === 0 ? 0n : sum / BigInt(payouts))];
  const slashed = money(provider.slashed);
  return (
    <Figures of={[
      { name: 'Earned in all', value: all.figure, unit: all.unit, note: `${count(provider.payouts)} payouts` },
      { name: window === '7d' ? 'In 7 days' : 'In 90 days', value: now.figure, unit: now.unit, note: `${count(payouts)} payouts` },
      { name: 'For one payout', value: payouts === 0 ? '–' : each.figure, unit: payouts === 0 ? undefined : each.unit, note: 'on average in this time' },
      { name: 'Delivered', value: ended === 0 ? '–' : share(1e6 * provider.finished / ended), note: `${count(provider.finished)} of ${count(ended)} attempts` },
      { name: 'Slashed', value: slashed.figure, unit: slashed.unit, note: provider.slashed === '0' ? 'never' : 'taken from the stake' },
    ]} />
  );
}

function Steps({ of, window }: { readonly of: ProviderDetail; readonly window: EarningsWindow }): ReactElement {
  const rows = [...of.earnings].sort((left, right) => (left.at < right.at ? 1 : -1)).slice(0, 200);
  return (
    <Panel title={window === '7d' ? 'By hour' : 'By day'} isFlush>
      {rows.length === 0 ? <Empty icon="chart" title="No payout in this time" /> : (
        <ScrollBox label="Payouts">
          <table className="table">
            <thead><tr><th>{window === '7d' ? 'Hour' : 'Day'}</th><th className="end">Payouts</th><th className="end">Earned</th></tr></thead>
            <tbody>
              {rows.map(each => (
                <tr key={each.at}>
                  <td className="num"><time dateTime={each.at}>{timeText(each.at, window)}</time></td>
                  <td className="end">{count(each.payouts)}</td>
                  <td className="end"><Amount of={each.earned} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  );
}

function timeText(at: string, window: EarningsWindow): string {
  const time = new Date(at);
  const day = time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return window === '90d' ? day : `${day}, ${time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}
