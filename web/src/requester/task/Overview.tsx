// How far a task has come: its stages, its runs, and what it will cost at most.
import type { ReactElement } from 'react';
import type { AttemptView, TaskView, WhyView } from '~/api/views';
import { spanOf, useNow } from '~/app/words';
import { Icon } from '~/design/Icon';
import { Ago, Amount, Badge, Facts, Figures, Id, Moment, Panel } from '~/design/parts';
import { Empty, Shown } from '~/design/states';
import { isFinal, reasonText, sentenceOf, type Tone } from '../tasks/states';
import type { Why } from './TaskPage';

const STAGES: readonly (readonly [string, readonly string[]])[] = [
  ['Handed in', ['received', 'admitted']], ['Money held', ['held']], ['Placed', ['placed']], ['Run', ['finished']],
  ['Judged', ['verdict']], ['Paid', ['settled', 'hold-expired']],
];

export function Overview({ task, why }: { readonly task: TaskView; readonly why: Why }): ReactElement {
  return (
    <div className="stack">
      <Stages task={task} why={why.data} />
      <Totals task={task} why={why.data} />
      <div className="columns main-side">
        <Panel title="Runs" isFlush><Shown of={why}>{data => <Attempts why={data} />}</Shown></Panel>
        <Panel title="Order">
          <Facts of={[
            ['Requester', <Id of={task.requester} />],
            ['Price limit', <Amount of={task.price_limit} />],
            ['Handed in', <Moment at={handedInAt(task, why.data)} />],
            ['Deadline', <Moment at={task.deadline} />],
            task.ended_at != null && ['Ended', <Moment at={task.ended_at} />],
            task.result != null && ['Result', <Id of={task.result} />],
          ]} />
        </Panel>
      </div>
    </div>
  );
}

/** What the gateway was told lately has no times yet; the history has. */
function handedInAt(task: TaskView, why: WhyView | undefined): string | undefined {
  return task.submitted_at ?? why?.history[0]?.at;
}

function Stages({ task, why }: { readonly task: TaskView; readonly why: WhyView | undefined }): ReactElement {
  const kinds = new Map((why?.history ?? []).map(line => [line.kind, line.at]));
  const times = STAGES.map(([, of]) => of.map(kind => kinds.get(kind)).find(at => at !== undefined));
  const isOver = isFinal(task.state);
  const isGood = task.state === 'complete';
  const reached = times.findLastIndex(at => at !== undefined);
  return (
    <section className="panel stages" aria-label="Progress">
      <ol>
        {STAGES.map(([name], at) => {
          const isDone = times[at] !== undefined || (isGood && at < reached);
          const isNow = !isOver && at === reached + 1;
          return (
            <li key={name} className={isDone ? 'done' : isNow ? 'now' : ''} aria-current={isNow ? 'step' : undefined}>
              <span className="knob">{isDone && <Icon name="check" />}</span>
              <span>{name}</span>
              <small>{times[at] !== undefined ? <Ago at={times[at]} /> : isNow ? 'now' : '–'}</small>
            </li>
          );
        })}
      </ol>
      <p className="muted small">
        {sentenceOf(task.state)} {reasonText(task.reason) !== '' && <>Reason: {reasonText(task.reason)}.</>}
      </p>
    </section>
  );
}

function Totals({ task, why }: { readonly task: TaskView; readonly why: WhyView | undefined }): ReactElement {
  const now = useNow();
  const handedIn = handedInAt(task, why);
  const begun = handedIn === undefined ? undefined : Date.parse(handedIn);
  const verdictAt = why?.history.find(line => line.kind === 'verdict')?.at;
  const settledAt = why?.history.find(line => line.kind === 'settled' || line.kind === 'hold-expired')?.at;
  const end = task.ended_at ?? settledAt ?? verdictAt;
  const took = begun === undefined ? undefined : (end == null ? now : Date.parse(end)) - begun;
  const paid = why?.settlement ? BigInt(why.settlement.held) - BigInt(why.settlement.refund) : undefined;
  const due = why?.verdict?.findings.reduce((sum, each) => sum + BigInt(each.pay), 0n);
  const cheat = task.cheat_pass_ppb ?? why?.verdict?.cheat_pass_ppb;
  return (
    <Figures of={[
      { name: end == null ? 'Under way for' : verdictAt === end ? 'Until the verdict' : 'Took', value: took === undefined ? '–' : spanOf(Math.max(0, took)) },
      { name: 'Runs', value: why?.attempts.length ?? '–', note: why && `${new Set(why.attempts.map(each => each.provider)).size} providers` },
      { name: paid === undefined && due !== undefined ? 'To be paid to providers' : 'Charged', value: <Amount of={paid ?? due} /> },
      {
        name: 'A cheat would pass', value: cheat == null ? '–' : cheat === 0 ? 'never' : `1 in ${Math.round(1e9 / cheat).toLocaleString('en')}`,
        note: 'as the verdict says',
      },
    ]} />
  );
}

function toneOfAttempt(attempt: AttemptView, judgement: string | undefined): readonly [Tone, string] {
  if (judgement === 'Fraud') return ['bad', 'Caught cheating'];
  if (judgement === 'Paid') return ['good', 'Right'];
  if (judgement !== undefined && judgement !== '') return ['', judgement];
  if (attempt.end == null) return ['live', 'Running'];
  if (attempt.end === 'Finished') return ['', 'Delivered'];
  return ['warn', reasonText(attempt.detail ?? attempt.end)];
}

function Attempts({ why }: { readonly why: WhyView }): ReactElement {
  const now = useNow();
  if (why.attempts.length === 0)
    return <Empty icon="clock" title="No run yet">{why.refusals.length > 0 ? 'Every provider that was asked refused; see Why.' : 'The network looks for a provider.'}</Empty>;
  const findings = new Map((why.verdict?.findings ?? []).map(each => [each.attempt, each]));
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
      <table className="table">
        <thead><tr><th>Run</th><th>Provider</th><th>State</th><th className="end">Time</th><th className="end">Pay</th></tr></thead>
        <tbody>
          {why.attempts.map(attempt => {
            const finding = findings.get(attempt.id);
            const [tone, word] = toneOfAttempt(attempt, finding?.judgement);
            const took = attempt.run_time_micros != null ? attempt.run_time_micros / 1_000
              : (attempt.closed_at == null ? now : Date.parse(attempt.closed_at)) - Date.parse(attempt.granted_at);
            return (
              <tr key={attempt.id}>
                <td className="mono">{attempt.id}</td>
                <td><Id of={attempt.provider} to={`/network/providers/${attempt.provider}`} /></td>
                <td><Badge tone={tone}>{word}</Badge></td>
                <td className="end">{spanOf(Math.max(0, took))}</td>
                <td className="end"><Amount of={attempt.paid ?? finding?.pay} /></td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
