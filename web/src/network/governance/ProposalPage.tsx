import { useState, type ReactElement } from 'react';
import { useProposals, type CallView, type ProposalView } from '~/api/governance';
import { useNetwork } from '~/api/providers';
import type { NetworkView } from '~/api/views';
import type { Params } from '~/app/router';
import { say } from '~/app/toasts';
import { GOVERNOR_NAME } from '~/chain/names';
import { Steps } from '~/chain/Steps';
import { useChain } from '~/chain/useChain';
import { Badge, Button, Facts, Id, Moment, PageHead, Panel } from '~/design/parts';
import { Empty, FaultBar, Field, Shown } from '~/design/states';
import { Power } from './Power';
import { sentenceOfProposal, toneOfProposal, wordOfProposal } from './states';
import { Tally } from './Tally';
import '../network.css';

export function ProposalPage({ params }: { readonly params: Params }): ReactElement {
  const id = params['id'] ?? '';
  const proposals = useProposals();
  const network = useNetwork();
  const found = proposals.data?.proposals.find(each => each.id === id);
  const back = { to: '/network/governance', name: 'Governance' };
  return (
    <>
      <PageHead
        title={found === undefined ? 'Proposal' : found.title === '' ? 'Without a title' : found.title} back={back}
        lead={found && <span className="row wrapping"><Badge tone={toneOfProposal(found.state)}>{wordOfProposal(found.state)}</Badge>{sentenceOfProposal(found.state)}</span>}
      />
      <Shown
        of={proposals} rows={6}
        empty={{ when: () => found === undefined, show: <section className="panel"><Empty icon="vote" title="No such proposal">The governor of this network knows none with this number.</Empty></section> }}
      >
        {() => <Whole of={found!} network={network.data} again={proposals.again} />}
      </Shown>
    </>
  );
}

function Whole({ of, network, again }: {
  readonly of: ProposalView;
  readonly network: NetworkView | undefined;
  readonly again: () => void;
}): ReactElement {
  return (
    <div className="columns main-side">
      <div className="stack">
        <Panel title="Votes"><Tally of={of} /></Panel>
        {of.state === 'active' && network !== undefined && <Ballot of={of} network={network} again={again} />}
        <Panel title="What is said"><div className="description">{of.description}</div></Panel>
        <Panel title="What it would do" isFlush><Calls of={of.calls} /></Panel>
      </div>
      <div className="stack">
        <Panel title="When">
          <Facts of={[
            ['Proposed by', <Id of={of.proposer} />], ['Opens', <Moment at={of.starts_at} />], ['Closes', <Moment at={of.ends_at} />],
            of.eta != null && ['Can be done', <Moment at={of.eta} />], ['Number', <Id of={of.id} />],
          ]} />
        </Panel>
        {network !== undefined && <Power network={network} />}
      </div>
    </div>
  );
}

const CHOICES = [['For', 1, 'primary'], ['Against', 0, undefined], ['Abstain', 2, undefined]] as const;

function Ballot({ of, network, again }: { readonly of: ProposalView; readonly network: NetworkView; readonly again: () => void }): ReactElement {
  const chain = useChain(network);
  const [reason, setReason] = useState('');
  const vote = async (support: number, name: string) => {
    const { GOVERNOR } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => {
      const governor = evm.addressOf(GOVERNOR_NAME);
      return [[`Vote: ${name}`, tell => reason.trim() === ''
        ? evm.send(governor, GOVERNOR, 'castVote', [BigInt(of.id), support], tell)
        : evm.send(governor, GOVERNOR, 'castVoteWithReason', [BigInt(of.id), support, reason.trim()], tell)]];
    });
    if (!isDone) return;
    say('Your vote is counted.');
    again();
  };
  return (
    <Panel title="Your vote">
      <div className="stack">
        {chain.error !== undefined && <FaultBar error={chain.error} />}
        <Field label="Why, if you like" hint="It stands on the chain for everybody to read.">
          {props => <input {...props} className="input" value={reason} maxLength={500} onChange={event => setReason(event.target.value)} />}
        </Field>
        <div className="ballot">
          {CHOICES.map(([name, support, look]) => (
            <Button key={name} look={look} disabled={chain.isBusy} onClick={() => void vote(support, name)}>{name}</Button>
          ))}
        </div>
        <Steps of={chain.steps} />
      </div>
    </Panel>
  );
}

function Calls({ of }: { readonly of: readonly CallView[] }): ReactElement {
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
      <table className="table">
        <thead><tr><th>Contract</th><th>Call</th><th className="end">Sends</th></tr></thead>
        <tbody>
          {of.map((call, at) => (
            <tr key={at}>
              <td>{call.contract ?? 'a stranger'}<br /><Id of={call.target} /></td>
              <td className="wrap">
                {call.function == null
                  ? <><span className="warn">Nobody here knows what it means.</span> <code className="wrap">{call.data}</code></>
                  : <><code>{call.function}</code>{call.arguments.length > 0 && <ol className="arguments">{call.arguments.map((each, index) => <li key={index}><code className="wrap">{each}</code></li>)}</ol>}</>}
              </td>
              <td className="end">{call.value === '0' ? <span className="faint">nothing</span> : call.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
