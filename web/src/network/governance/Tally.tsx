import type { ReactElement } from 'react';
import type { ProposalView } from '~/api/governance';
import { money, moneyText, share } from '~/app/words';
import '~/design/chart.css';

const SIDES = [['for', 'For', 'good'], ['against', 'Against', 'bad'], ['abstain', 'Abstain', '']] as const;

/** How the votes stand, and whether they are enough: who abstains counts for that, who is against does not. */
export function Tally({ of, isShort = false }: { readonly of: ProposalView; readonly isShort?: boolean }): ReactElement {
  const votes = SIDES.map(([key, name, tone]) => ({ name, tone, units: BigInt(of.votes[key]) }));
  const all = votes.reduce((sum, each) => sum + each.units, 0n);
  const ppm = (units: bigint) => (all === 0n ? 0 : Number(units * 1_000_000n / all));
  const cast = BigInt(of.votes.for) + BigInt(of.votes.abstain);
  const quorum = of.quorum == null ? undefined : BigInt(of.quorum);
  return (
    <div className="tally">
      <div className="parts-bar" aria-hidden="true">
        {votes.map(each => each.units > 0n && <i key={each.name} className={each.tone} style={{ flexGrow: ppm(each.units) }} />)}
      </div>
      {isShort
        ? <p className="muted small num">{votes.map((each, at) => <span key={each.name}>{at > 0 && ' · '}{each.name} {money(each.units).figure}</span>)}</p>
        : (
          <ul className="parts">
            {votes.map(each => (
              <li key={each.name}><i className={`swatch ${each.tone}`} /><span>{each.name}</span><b>{moneyText(each.units)}</b><small>{all === 0n ? '–' : share(ppm(each.units))}</small></li>
            ))}
          </ul>
        )}
      {quorum !== undefined && (
        <p className={`small ${cast >= quorum ? 'good' : 'muted'}`}>
          {cast >= quorum ? 'Enough have voted' : `${quorum === 0n ? '' : share(Number(cast * 1_000_000n / quorum))} of the votes that are needed`}: {moneyText(cast)} of {moneyText(quorum)}.
        </p>
      )}
    </div>
  );
}
