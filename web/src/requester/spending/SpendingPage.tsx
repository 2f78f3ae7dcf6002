import { useState, type FormEvent, type ReactElement } from 'react';
import type { AccountView } from '~/api/views';
import { say } from '~/app/toasts';
import { count, money, spanOf } from '~/app/words';
import { Amount, Badge, Button, Figures, Id, PageHead, Panel } from '~/design/parts';
import { Empty, FaultBar, Field, Shown, toldBy } from '~/design/states';
import { useQuery, type Fetched } from '~/live/query';
import { stun, useSession } from '~/session/session';
import { toneOf, wordOf } from '../tasks/states';
import { capOf, setCap } from './cap';
import { Deposit } from './Deposit';

interface UsageView {
  readonly tasks: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly paid: string;
}

interface UsageSum {
  readonly requests: number;
  readonly failed: number;
  readonly cached: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly charged: string;
}

interface ModelUsage {
  readonly sum: UsageSum;
  readonly rows: readonly { readonly hour: string; readonly key: string; readonly model: string; readonly provider?: string | null; readonly sum: UsageSum }[];
}

/** Who has never had money in this network is not in its book: that is no error, but nothing. */
async function accountOf(address: string, signal: AbortSignal): Promise<AccountView> {
  try {
    return await (await stun()).request<AccountView>('GET', ['accounts', address], { signal });
  } catch (refused) {
    if (toldBy(refused).code !== 'account.unknown') throw refused;
    return { address, balance: '0', held: '0', stake: '0', unbonding: '0', managed: false };
  }
}

const SPANS: readonly (readonly [string, number])[] = [['24 hours', 1], ['7 days', 7], ['30 days', 30]];

export function SpendingPage(): ReactElement {
  const account = useSession()?.account ?? '';
  const [days, setDays] = useState(7);
  // To the hour, so that the name of the query stays for a while.
  const since = new Date(Math.floor(Date.now() / 3_600_000 - 24 * days) * 3_600_000).toISOString();
  const held = useQuery(`account ${account}`, signal => accountOf(account, signal), { topics: ['money'] });
  const usage = useQuery(`usage ${account} ${since}`, async signal => (await stun()).request<UsageView>('GET', ['accounts', account, 'usage'], { query: { since }, signal }), { topics: ['money'] });
  const models = useQuery(`model usage ${since}`, async signal => (await stun()).request<ModelUsage>('GET', ['usage'], { query: { since, limit: 200 }, signal }), { everyMs: 15_000 });
  return (
    <>
      <PageHead
        title="Spending" lead={<span className="row wrapping">Account <Id of={account} head={8} tail={6} /></span>}
        actions={
          <div className="segments" role="group" aria-label="Time">
            {SPANS.map(([name, each]) => <button type="button" key={each} aria-pressed={days === each} onClick={() => setDays(each)}>{name}</button>)}
          </div>
        }
      />
      <Shown of={held} rows={3}>{data => <Balances of={data} usage={usage.data} />}</Shown>
      <div className="columns main-side">
        <div className="stack">
          <Tasks of={usage} />
          <Models of={models} />
        </div>
        <div className="stack">
          {held.data !== undefined && <Deposit account={held.data} again={held.again} />}
          <Cap account={account} />
        </div>
      </div>
    </>
  );
}

function Balances({ of, usage }: { readonly of: AccountView; readonly usage: UsageView | undefined }): ReactElement {
  const figure = (name: string, amount: string | undefined, note: string) => {
    const said = amount === undefined ? undefined : money(amount);
    return { name, value: said?.figure ?? '–', unit: said?.unit, note };
  };
  return (
    <Figures of={[
      figure('To spend', of.balance, 'free for new tasks'),
      figure('Held', of.held, 'for tasks under way'),
      figure('Spent', usage?.paid, 'in this time'),
      { name: 'Computed', value: usage === undefined ? '–' : spanOf(1_000 * usage.seconds), note: 'of all runs together' },
    ]} />
  );
}

function Tasks({ of }: { readonly of: Fetched<UsageView> & { readonly again: () => void } }): ReactElement {
  return (
    <Panel title="Tasks" isFlush>
      <Shown of={of} rows={3} empty={{ when: data => Object.keys(data.tasks).length === 0, show: <Empty icon="tasks" title="No task in this time" /> }}>
        {data => (
          <table className="table">
            <thead><tr><th>State</th><th className="end">Tasks</th></tr></thead>
            <tbody>
              {Object.entries(data.tasks).map(([state, number]) => (
                <tr key={state}><td><Badge tone={toneOf(state)}>{wordOf(state)}</Badge></td><td className="end">{count(number)}</td></tr>
              ))}
            </tbody>
          </table>
        )}
      </Shown>
    </Panel>
  );
}

function Models({ of }: { readonly of: Fetched<ModelUsage> & { readonly again: () => void } }): ReactElement {
  return (
    <Panel title="Models, by the hour" isFlush aside={of.data && <span className="muted small">in all <Amount of={of.data.sum.charged} /></span>}>
      <Shown of={of} rows={3} empty={{ when: data => data.rows.length === 0, show: <Empty icon="chat" title="No question in this time" /> }}>
        {data => (
          <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
            <table className="table">
              <thead><tr><th>Hour</th><th>Model</th><th className="end">Questions</th><th className="end">Tokens in</th><th className="end">Tokens out</th><th className="end">Charged</th></tr></thead>
              <tbody>
                {data.rows.map((row, at) => (
                  <tr key={at}>
                    <td className="num muted">{new Date(row.hour).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })}</td>
                    <td className="mono wrap">{row.model}</td><td className="end">{count(row.sum.requests)}</td>
                    <td className="end">{count(row.sum.tokens_in)}</td><td className="end">{count(row.sum.tokens_out)}</td>
                    <td className="end"><Amount of={row.sum.charged} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </Panel>
  );
}

function Cap({ account }: { readonly account: string }): ReactElement {
  const [text, setText] = useState(() => capOf(account)?.toString() ?? '');
  const [error, setError] = useState<unknown>();
  const isRight = text === '' || /^\d{1,29}$/.test(text);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!isRight) return;
    try {
      setCap(account, text);
      say(text === '' ? 'There is no cap any more.' : 'The cap is kept in this browser.');
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <Panel title="Caps">
      <form className="stack" onSubmit={save}>
        <Field
          label="Most for one task" fault={isRight ? undefined : 'A whole number of the smallest unit.'}
          hint="This browser hands in no task with a higher price limit. What a key may spend on models a day is set by the node’s owner."
        >
          {props => <input {...props} className="input num" inputMode="numeric" value={text} placeholder="none" onChange={event => setText(event.target.value.trim())} />}
        </Field>
        {error !== undefined && <FaultBar error={error} />}
        <Button type="submit" disabled={!isRight}>Keep</Button>
      </form>
    </Panel>
  );
}
