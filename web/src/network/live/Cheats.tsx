import type { ReactElement } from 'react';
import type { CaughtCheat } from '~/api/statistics';
import { Link } from '~/app/router';
import { short } from '~/app/words';
import { Ago, Amount, Badge, Panel } from '~/design/parts';
import { ScrollBox } from '~/design/ScrollBox';
import { Empty } from '~/design/states';
import { useSession } from '~/session/session';

export function Cheats({ of }: { readonly of: readonly CaughtCheat[] }): ReactElement {
  const session = useSession();
  const named = (text: string, to: string) => session === undefined
    ? <span className="mono">{text}</span> : <Link to={to} className="link mono">{text}</Link>;
  return (
    <Panel title="Caught cheating" aside={of.length > 0 && <span className="faint small num">the last {of.length}</span>} isFlush>
      {of.length === 0
        ? <Empty icon="shield" title="Nobody was caught">Whoever returns what it has not computed is found by comparing, or by a run that validators draw in private.</Empty>
        : (
          <ScrollBox label="Who was caught">
            <table className="table">
              <thead><tr><th>When</th><th>Provider</th><th>Task</th><th>How</th><th>What was found</th><th className="end">Slashed</th></tr></thead>
              <tbody>
                {of.map(each => (
                  <tr key={each.attempt}>
                    <td className="muted nowrap"><Ago at={each.at} /></td>
                    <td>{named(short(each.provider, 8, 6), `/network/providers/${each.provider}`)}</td>
                    <td>{named(short(each.task, 8, 4), `/tasks/${each.task}/why`)}</td>
                    <td><Badge tone={each.kind === 'fraud' ? 'bad' : 'warn'}>{each.kind === 'fraud' ? 'proven fraud' : 'outvoted'}</Badge></td>
                    <td className="muted wrap">{each.reason}</td>
                    <td className="end nowrap">{each.slashed === '0' ? <span className="faint">–</span> : <Amount of={each.slashed} />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        )}
    </Panel>
  );
}
