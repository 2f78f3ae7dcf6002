// Where the money of a task went, from what was held down to the transaction.
import type { ReactElement } from 'react';
import type { WhyView } from '~/api/views';
import { Ago, Amount, Badge, Facts, Id, Panel } from '~/design/parts';
import { Empty } from '~/design/states';

export function MoneyTrail({ why }: { readonly why: WhyView }): ReactElement {
  const { settlement, verdict, batch } = why;
  const held = why.history.find(line => line.kind === 'held');
  return (
    <Panel title="Money" aside={settlement ? <Badge tone="good">Settled</Badge> : held ? <Badge tone="warn">Held</Badge> : <Badge>Nothing held</Badge>} isFlush>
      {!settlement && (
        <Empty icon="wallet" title={held ? 'Held, not yet divided' : 'Nothing was held'}>
          {held ? held.detail + '. ' : ''}
          {verdict?.payable_at ? <>It is divided when the window for disputes closes: <Ago at={verdict.payable_at} />.</> : null}
        </Empty>
      )}
      {settlement && (
        <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
          <table className="table">
            <thead><tr><th>Where it went</th><th>Who</th><th className="end">Amount</th></tr></thead>
            <tbody>
              {settlement.payouts.map(each => (
                <tr key={each.attempt}><td>Provider, for {each.attempt}</td><td><Id of={each.provider} /></td><td className="end"><Amount of={each.amount} /></td></tr>
              ))}
              <tr><td>Treasury</td><td className="faint">the network</td><td className="end"><Amount of={settlement.treasury} /></td></tr>
              {settlement.creator !== '0' && <tr><td>Creator of the model</td><td className="faint">as the order says</td><td className="end"><Amount of={settlement.creator} /></td></tr>}
              <tr><td>Back to the requester</td><td className="faint">what was not used</td><td className="end"><Amount of={settlement.refund} /></td></tr>
              <tr><td><b>Held in the beginning</b></td><td /><td className="end"><b><Amount of={settlement.held} /></b></td></tr>
              {settlement.slashings.map(each => (
                <tr key={'s' + each.attempt}><td className="bad">Slashed for {each.attempt}</td><td><Id of={each.provider} /></td><td className="end"><Amount of={each.amount} /></td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {batch != null && (
        <footer>
          <Facts of={[
            ['Batch', <>{batch.number}, <b>{batch.state.toLowerCase()}</b></>],
            ['Merkle root', <Id of={batch.root} head={10} tail={8} />],
            batch.posted_in != null && ['Posted in', <Id of={batch.posted_in} head={10} tail={8} />],
            batch.settled_in != null && ['Settled in', <Id of={batch.settled_in} head={10} tail={8} />],
          ]} />
        </footer>
      )}
    </Panel>
  );
}
