// Why its reputation is what it is, what it runs, and what it says no to.
import type { ReactElement } from 'react';
import type { MoveView, ProviderDetail } from '~/api/providers';
import { count, share, short } from '~/app/words';
import { Link } from '~/app/router';
import { Ago, Amount, Badge, Panel } from '~/design/parts';
import { ScrollBox } from '~/design/ScrollBox';
import { Empty } from '~/design/states';
import { plain, Score } from '../words';

function toneOf(move: MoveView): 'good' | 'bad' | 'warn' | '' {
  return move.judgement === 'Fraud' ? 'bad' : move.judgement === 'Paid' ? 'good' : move.judgement === 'Unpaid' ? 'warn' : '';
}

const JUDGEMENTS: Readonly<Record<string, string>> = { Fraud: 'caught cheating', Paid: 'found right', Unpaid: 'not paid' };

export function Reputation({ of }: { readonly of: ProviderDetail }): ReactElement {
  const { provider, newcomer_ppm: newcomer, moves } = of;
  return (
    <Panel
      title="Reputation and its reasons" aside={<Score ppm={provider.reputation_ppm} frauds={provider.fraud_count} />} isFlush
      footer={<>Whoever is unknown has {share(newcomer)}. What is right lifts the score a little, a fraud takes most of it, and all of it fades towards {share(newcomer)} with time.</>}
    >
      {moves.length === 0
        ? <Empty icon="shield" title="Nothing has moved it yet">Each verdict about one of its attempts does, up or down.</Empty>
        : (
          <ScrollBox label="What moved its reputation">
            <table className="table">
              <thead><tr><th>When</th><th>Task</th><th>Finding</th><th className="end">Score</th><th className="end">Change</th></tr></thead>
              <tbody>{moves.map((move, at) => <Move key={move.attempt + at} of={move} />)}</tbody>
            </table>
          </ScrollBox>
        )}
    </Panel>
  );
}

function Move({ of }: { readonly of: MoveView }): ReactElement {
  const change = of.after_ppm - of.before_ppm;
  return (
    <tr>
      <td className="muted"><Ago at={of.at} /></td>
      <td><Link to={`/tasks/${of.task}/why`} className="link mono">{short(of.task, 8, 4)}</Link></td>
      <td><Badge tone={toneOf(of)}>{JUDGEMENTS[of.judgement] ?? plain(of.judgement)}</Badge></td>
      <td className="end">{share(of.after_ppm)}</td>
      <td className={`end ${change < 0 ? 'bad' : change > 0 ? 'good' : 'faint'}`}>
        {change === 0 ? '±0' : `${change > 0 ? '+' : '−'}${(Math.abs(change) / 10_000).toFixed(Math.abs(change) < 100_000 ? 2 : 1)}`}
      </td>
    </tr>
  );
}

export function Running({ of }: { readonly of: ProviderDetail }): ReactElement {
  const tasks = of.running_tasks;
  return (
    <Panel title="Running" aside={<span className="faint small num">{count(of.provider.running)}</span>} isFlush>
      {tasks == null
        ? <Empty icon="key" title="Not shown to you">Which tasks a provider runs is for itself and for who looks after the network.</Empty>
        : tasks.length === 0
          ? <Empty icon="clock" title="Nothing runs">{of.provider.online ? 'It waits for a task that fits one of its offers.' : 'It is offline.'}</Empty>
          : (
            <ScrollBox label="What it runs">
              <table className="table">
                <thead><tr><th>Task</th><th>Attempt</th><th>Since</th><th className="end">Pays at most</th></tr></thead>
                <tbody>
                  {tasks.map(each => (
                    <tr key={each.attempt}>
                      <td><Link to={`/tasks/${each.task}`} className="link mono">{short(each.task, 8, 4)}</Link></td>
                      <td className="mono faint">{short(each.attempt, 8, 4)}</td>
                      <td><Ago at={each.since} /></td>
                      <td className="end"><Amount of={each.price_cap} /></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
          )}
    </Panel>
  );
}

export function Refusals({ of }: { readonly of: ProviderDetail }): ReactElement {
  const most = Math.max(1, ...of.refusals.map(each => each.count));
  return (
    <Panel title="Refusals" aside={<span className="faint small num">{count(of.provider.refused)} in all</span>} isFlush>
      {of.refusals.length === 0
        ? <Empty icon="policy" title="Nothing refused">When its policy, or what it has, says no to a task, the reason is counted here.</Empty>
        : (
          <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
            <table className="table">
              <thead><tr><th>Reason</th><th className="end">Times</th><th className="end">Last</th></tr></thead>
              <tbody>
                {[...of.refusals].sort((left, right) => right.count - left.count).map(each => (
                  <tr key={each.reason}>
                    <td><span className="meter warn" aria-hidden="true"><i style={{ width: `${100 * each.count / most}%` }} /></span>{plain(each.reason)}</td>
                    <td className="end">{count(each.count)}</td>
                    <td className="end"><Ago at={each.last_at} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </Panel>
  );
}
