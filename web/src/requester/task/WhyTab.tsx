// Why a task is where it is: who could have run it, who was asked, what validators found, and where the money went.
import type { ReactElement } from 'react';
import type { AttemptView, HistoryView, PlacementView, ScorePartsView, WhyView } from '~/api/views';
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
          {data.placements.map(each => <Placement key={each.generation} of={each} />)}
          <div className="columns">
            <Asked why={data} />
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

const PARTS: readonly (readonly [keyof ScorePartsView, string, string])[] = [
  ['hardware_fit', 'Fit', 'The less of the hardware the task leaves unused, the more'],
  ['history', 'History', 'How it is expected to do, from what it did'],
  ['proximity', 'Proximity', 'How near its region is to the requester’s'],
  ['price', 'Price', 'The cheaper, the more'],
  ['load', 'Load', 'The less of it was taken, the more'],
  ['reputation', 'Reputation', 'How well it did, as the escrow’s log has it'],
];

/** Whom the scheduler chose from, and what put each of them where it stands. A plan may have more candidates than are
 * kept: those taken are always here, and the best of the others. */
function Placement({ of }: { readonly of: PlacementView }): ReactElement {
  const { candidates, candidate_count: count } = of;
  const hidden = count - candidates.length;
  const isChoice = candidates.some(each => !each.chosen) || hidden > 0;
  return (
    <Panel title={`Candidates of placement ${of.generation}`} aside={<span className="muted small">{!isChoice ? 'all taken' : of.by_lot ? 'drawn by lot' : 'the best taken'}</span>} isFlush>
      <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
        <table className="table">
          <thead>
            <tr>
              <th className="end">Rank</th><th>Provider</th><th>Choice</th><th className="end">Score</th>
              {PARTS.map(([name, title, hint]) => <th key={name} className="end" title={hint}>{title}</th>)}
              <th className="end">Per second</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map(each => (
              <tr key={each.rank}>
                <td className="num end">{each.rank}</td>
                <td><Id of={each.provider} to={`/network/providers/${each.provider}`} /></td>
                <td>{each.chosen ? <Badge tone="good">Chosen</Badge> : <span className="faint">–</span>}</td>
                <td className="num end"><strong>{each.score.toLocaleString('en')}</strong></td>
                {PARTS.map(([name]) => <td key={name} className="num end muted">{each.parts[name].toLocaleString('en')}</td>)}
                <td className="end"><Amount of={each.price_per_second} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <footer>
        {of.by_lot && isChoice && 'Drawn among all of them, so that colluders cannot arrange to be compared with each other. '}
        {count === 1 ? 'One candidate' : `${count.toLocaleString('en')} candidates`}{hidden > 0 && `; ${hidden} of those not taken are not listed`}.
      </footer>
    </Panel>
  );
}

/** Everybody who was asked to run it, and what came of it. What did not fit is told by reason. */
function Asked({ why }: { readonly why: WhyView }): ReactElement {
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
