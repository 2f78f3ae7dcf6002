import type { ReactElement } from 'react';
import type { ProviderDetail } from '~/api/providers';
import { count, grouped, money, share } from '~/app/words';
import { Figures } from '~/design/parts';

export function Summary({ of }: { readonly of: ProviderDetail }): ReactElement {
  const { provider } = of;
  const ended = provider.finished + provider.failed + provider.lost;
  const [earned, stake] = [money(provider.earned), money(provider.stake)];
  const fell = provider.failed + provider.lost;
  return (
    <Figures of={[
      {
        name: 'Reputation', value: share(provider.reputation_ppm),
        note: provider.fraud_count > 0 ? `caught cheating ${times(provider.fraud_count)}` : `${count(provider.paid_count)} attempts found right`,
      },
      { name: 'Running now', value: grouped(String(provider.running)), note: `${count(provider.offers)} ${provider.offers === 1 ? 'offer' : 'offers'}` },
      { name: 'Attempts delivered', value: count(provider.finished), note: ended === 0 ? 'none yet' : `${share(1e6 * provider.finished / ended)} of those it began` },
      { name: 'Failed or lost', value: count(fell), note: `${count(provider.failed)} failed, ${count(provider.lost)} lost` },
      { name: 'Earned', value: earned.figure, unit: earned.unit, note: `${count(provider.payouts)} ${provider.payouts === 1 ? 'payout' : 'payouts'}` },
      {
        name: 'Stake', value: stake.figure, unit: stake.unit,
        note: provider.unbonding !== '0' ? `${moneyOf(provider.unbonding)} unbonding` : provider.slashed !== '0' ? `${moneyOf(provider.slashed)} slashed` : 'nothing slashed',
      },
    ]} />
  );
}

function times(many: number): string {
  return many === 1 ? 'once' : `${many} times`;
}

function moneyOf(units: string): string {
  const { figure, unit } = money(units);
  return `${figure} ${unit}`;
}
