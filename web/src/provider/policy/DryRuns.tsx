import { useState, type ReactElement } from 'react';
import type { DryRun } from '~/api/policies';
import { Link } from '~/app/router';
import { grouped, short } from '~/app/words';
import { Badge, Panel } from '~/design/parts';
import { ScrollBox } from '~/design/ScrollBox';
import { Empty } from '~/design/states';

/** What the policy would have said to tasks of late, and which rules said no. */
export function DryRuns({ of }: { readonly of: readonly DryRun[] }): ReactElement {
  const [isOnlyRefused, setOnlyRefused] = useState(false);
  const refused = of.filter(each => !each.allowed);
  const rules = new Map<string, number>();
  for (const run of refused) for (const rule of run.rules) if (!rule.kept) rules.set(rule.rule, (rules.get(rule.rule) ?? 0) + 1);
  const shown = isOnlyRefused ? refused : of;
  return (
    <Panel
      title="Tried on tasks of late" isFlush
      aside={of.length > 0 && (
        <label className="check">
          <input type="checkbox" checked={isOnlyRefused} onChange={event => setOnlyRefused(event.target.checked)} />
          <span>refused only</span>
        </label>
      )}
      footer={of.length === 0 ? undefined : <Sum all={of.length} refused={refused.length} rules={rules} />}
    >
      {of.length === 0
        ? <Empty icon="tasks" title="No task to try it on">As soon as tasks were handed in here, it is shown what this policy would have said to each.</Empty>
        : shown.length === 0 ? <Empty icon="check" title="It would have refused none" /> : (
          <ScrollBox label="What it says to tasks">
            <table className="table">
              <thead><tr><th>Task</th><th>It says</th><th>Because</th></tr></thead>
              <tbody>
                {shown.map((run, at) => (
                  <tr key={run.task ?? at}>
                    <td>{run.task == null ? 'yours' : <Link to={`/tasks/${run.task}`} className="link mono">{short(run.task, 8, 4)}</Link>}</td>
                    <td><Badge tone={run.allowed ? 'good' : 'bad'}>{run.allowed ? 'yes' : 'no'}</Badge></td>
                    <td className="muted wrap">{reasonOf(run)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
    </Panel>
  );
}

function reasonOf(run: DryRun): ReactElement {
  const broken = run.rules.filter(rule => !rule.kept);
  if (broken.length === 0) return <>all {run.rules.length} rules are kept</>;
  return <>{broken.map(rule => <div key={rule.rule}><code>{rule.rule}</code> {rule.why}</div>)}</>;
}

function Sum({ all, refused, rules }: { readonly all: number; readonly refused: number; readonly rules: ReadonlyMap<string, number> }): ReactElement {
  const most = [...rules].sort((left, right) => right[1] - left[1]).slice(0, 3);
  return (
    <>
      It takes {grouped(String(all - refused))} of {grouped(String(all))}.
      {most.length > 0 && <> Most are refused by {most.map(([rule, many], at) => <span key={rule}>{at > 0 && ', '}<code>{rule}</code> ({many})</span>)}.</>}
    </>
  );
}
