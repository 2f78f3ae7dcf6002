import type { ReactElement } from 'react';
import { useProposals, type ProposalView } from '~/api/governance';
import { useNetwork } from '~/api/providers';
import { Link } from '~/app/router';
import { short } from '~/app/words';
import { Ago, Badge, Moment, PageHead } from '~/design/parts';
import { Empty, Shown, toldBy } from '~/design/states';
import { Power } from './Power';
import { toneOfProposal, wordOfProposal } from './states';
import { Tally } from './Tally';
import '../network.css';

export function GovernancePage(): ReactElement {
  const proposals = useProposals();
  const network = useNetwork();
  const isNone = proposals.error !== undefined && toldBy(proposals.error).code === 'governance.none';
  return (
    <>
      <PageHead title="Governance" lead="What owners of the token vote on: shares, validators, windows and bonds, within bounds that no vote moves." />
      {isNone ? (
        <section className="panel">
          <Empty icon="vote" title="Nobody votes here">This network keeps its money in its node and has no chain, so there is no governor whose proposals could be voted on.</Empty>
        </section>
      ) : (
        <div className="columns main-side">
          <Shown
            of={proposals} rows={6}
            empty={{
              when: data => data.proposals.length === 0,
              show: <section className="panel"><Empty icon="vote" title="Nothing was proposed yet">Whoever has enough votes can propose a call of the contracts to the governor. It stands here from its first moment.</Empty></section>,
            }}
          >
            {data => <section className="panel" aria-label="Proposals">{data.proposals.map(each => <Proposal key={each.id} of={each} />)}</section>}
          </Shown>
          {network.data !== undefined && <Power network={network.data} />}
        </div>
      )}
    </>
  );
}

function Proposal({ of }: { readonly of: ProposalView }): ReactElement {
  const isOver = !['pending', 'active'].includes(of.state);
  return (
    <article className="proposal">
      <div className="row spread wrapping">
        <h2 className="wrap"><Link to={`/network/governance/${of.id}`}>{of.title === '' ? 'Without a title' : of.title}</Link></h2>
        <Badge tone={toneOfProposal(of.state)}>{wordOfProposal(of.state)}</Badge>
      </div>
      <Tally of={of} isShort />
      <p className="faint small">
        By <span className="mono">{short(of.proposer)}</span> · {of.state === 'pending' ? <>opens <Moment at={of.starts_at} /></> : isOver ? <>closed <Ago at={of.ends_at} /></> : <>open until <Moment at={of.ends_at} /></>}
      </p>
    </article>
  );
}
