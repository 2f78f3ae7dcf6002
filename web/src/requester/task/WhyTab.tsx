// Why a task is where it is: who could have run it, who was asked, what validators found, and where the money went.
import type { ReactElement } from 'react';
import type { AttemptView, HistoryView, WhyView } from '~/api/views';
import { share, short } from '~/app/words';
import { Amount, Badge, clockText, Id, Panel } from '~/design/parts';
import { Empty, Shown } from '~/design/states';
import { reasonText, type Tone } from '../tasks/states';
import { MoneyTrail } from './MoneyTrail';
import type { Why } from './TaskPage';

export function WhyTab({ why }: { readonly why: Why }): ReactElement {
  return (
    <Shown of={why} rows={8}>
      {data => (
        <div className="stack">
          <Panel title="In words">
            <ol className="sentences">{data.sentences.map((each, at) => <li key={at} className="wrap"><Sentence of={each} /></li>)}</ol>
          </Panel>
          <div className="columns">
            <Candidates why={data} />
            <Judgement why={data} />
          </div>
          <MoneyTrail why={data} />
          <Panel title="What happened" isFlush><History of={data.history} /></Panel>
        </div>
      )}
    </Shown>
  );
}

/** The node's own words, with long names made short. */
function Sentence({ of }: { readonly of: string }): ReactElement {
  return <>{of.split(/(0x[0-9a-f]{40})/).map((part, at) => (at % 2 === 0 ? part : <code key={at} title={part}>{short(part)}</code>))}</>;
}

/** Everybody who was asked to run it, and what came of it. What did not fit is told by reason: a plan is made of
 * thousands of offers, and nobody keeps the score of each. */
function Candidates({ why }: { readonly why: WhyView }): ReactElement {
  return (
    <Panel title="Who was asked" isFlush>
      {why.attempts.length === 0
        ? <Empty icon="server" title="Nobody yet">{why.refusals.length > 0 ? 'No offer was taken.' : 'No offer was looked at.'}</Empty>
        : (
          <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
            <table className="table">
              <thead><tr><th>Run</th><th>Provider</th><th className="end">At most</th><th>What came of it</th></tr></thead>
              <tbody>
                {why.attempts.map(each => (
                  <tr key={each.id}>
                    <td className="mono">{each.id}</td>
                    <td><Id of={each.provider} to={`/network/providers/${each.provider}`} /></td>
                    <td className="end"><Amount of={each.price_cap} /></td>
                    <td><Badge tone={toneOf(each)}>{reasonText(each.refusal ?? each.failure ?? each.end) || 'runs'}</Badge></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      {why.refusals.length > 0 && (
        <footer>
          Refused: {why.refusals.map(each => `${reasonText(each.reason) || each.reason} (${each.count})`).join(', ')}.
        </footer>
      )}
    </Panel>
  );
}

function toneOf(attempt: AttemptView): Tone {
  if (attempt.end == null) return 'live';
  return attempt.end === 'Finished' ? 'good' : 'warn';
}

function Judgement({ why }: { readonly why: WhyView }): ReactElement {
  const { verdict } = why;
  const votes = why.history.filter(line => line.kind === 'vote');
  return (
    <Panel title="Verdict" aside={verdict && <Badge tone={verdict.outcome === 'Complete' ? 'good' : 'bad'}>{verdict.outcome}</Badge>} isFlush>
      {!verdict
        ? <Empty icon="shield" title="Not judged yet">Validators are asked when enough runs have delivered.</Empty>
        : (
          <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
            <table className="table">
              <thead><tr><th>Run</th><th>Provider</th><th>Finding</th></tr></thead>
              <tbody>
                {verdict.findings.map(each => (
                  <tr key={each.attempt}>
                    <td className="mono">{each.attempt}</td>
                    <td><Id of={each.provider} /></td>
                    <td><Badge tone={each.judgement === 'Fraud' ? 'bad' : each.judgement === 'Paid' ? 'good' : ''}>{each.judgement}</Badge></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      {votes.length > 0 && (
        <footer>
          {votes.length} validators voted in {verdict?.round === undefined ? 'a round' : `round ${verdict.round}`}.
          {verdict && <> A cheat passes with {share(verdict.cheat_pass_ppb / 1000, 4)}.</>}
        </footer>
      )}
    </Panel>
  );
}

function History({ of }: { readonly of: readonly HistoryView[] }): ReactElement {
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
      <table className="table history">
        <thead><tr><th>Time</th><th>What</th><th>About</th><th>Detail</th></tr></thead>
        <tbody>
          {of.map((line, at) => (
            <tr key={at}>
              <td className="num faint"><time dateTime={line.at}>{clockText(new Date(line.at))}</time></td>
              <td><span className="tag">{line.kind}</span></td>
              <td className="mono">{line.about.startsWith('0x') ? <Id of={line.about} /> : line.about}</td>
              <td className="muted wrap">{line.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
