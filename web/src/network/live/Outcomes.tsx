import type { ReactElement } from 'react';
import type { StatisticsView } from '~/api/statistics';
import { count, share } from '~/app/words';
import { Panel } from '~/design/parts';
import { Empty } from '~/design/states';
import '~/design/chart.css';

type Part = readonly [name: string, tone: string, count: number];

export function Outcomes({ of }: { readonly of: StatisticsView }): ReactElement {
  const { verification: found } = of;
  const disagreements = found.disagreements ?? 0;
  const verdicts: readonly Part[] = [
    ['Complete', 'live', found.complete], ['Failed', 'bad', found.failed], ['Cancelled', '', found.cancelled],
  ];
  const findings: readonly Part[] = [
    ['Found right and paid', 'good', found.paid], ['Not paid', '', Math.max(0, found.unpaid - disagreements)],
    ['Others agreed on something else', 'warn', disagreements], ['Fraud, proven by running it again', 'bad', found.fraud],
  ];
  const isNothing = [...verdicts, ...findings].every(([, , many]) => many === 0);
  return (
    <Panel title="What validators found" aside={<span className="faint small num">{count(found.disputes)} {found.disputes === 1 ? 'dispute' : 'disputes'}</span>} isFlush={isNothing}>
      {isNothing
        ? <Empty icon="shield" title="No verdict yet">Each result is looked at before anybody is paid. What was found stands here.</Empty>
        : <div className="stack loose"><Parts title="Verdicts" of={verdicts} /><Parts title="Attempts" of={findings} /></div>}
    </Panel>
  );
}

function Parts({ title, of }: { readonly title: string; readonly of: readonly Part[] }): ReactElement {
  const all = of.reduce((sum, [, , many]) => sum + many, 0);
  return (
    <div className="stack tight">
      <div className="row spread"><h3>{title}</h3><span className="muted small num">{count(all)}</span></div>
      <div className="parts-bar" aria-hidden="true">
        {of.map(([name, tone, many]) => many > 0 && <i key={name} className={tone} style={{ flexGrow: many }} />)}
      </div>
      <ul className="parts">
        {of.map(([name, tone, many]) => (
          <li key={name}>
            <i className={`swatch ${tone}`} /><span>{name}</span><b>{count(many)}</b><small>{all === 0 ? '–' : share(1e6 * many / all)}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
