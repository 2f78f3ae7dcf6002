import type { ReactElement } from 'react';
import { Ago, ButtonLink, Panel } from '~/design/parts';
import { Icon } from '~/design/Icon';
import { Empty } from '~/design/states';
import { KINDS, type Alert } from './rules';
import { useWatch } from './watch';
import '../provider.css';

/** The newest alerts, or all of them. */
export function AlertsPanel({ most }: { readonly most?: number }): ReactElement {
  const { alerts, seenAt } = useWatch();
  const shown = most === undefined ? alerts : alerts.slice(0, most);
  return (
    <Panel
      title="Alerts" isFlush
      aside={most !== undefined && <ButtonLink to="/provider/alerts" size="small" look="plain">{alerts.length > most ? `All ${alerts.length}` : 'Settings'}</ButtonLink>}
    >
      {shown.length === 0
        ? <Empty icon="bell" title="Nothing to tell">If it goes offline, is slashed, loses leases or refuses more than it runs, it is told here.</Empty>
        : <ul className="alert-list">{shown.map(each => <Line key={each.id} of={each} isNew={each.at > seenAt} />)}</ul>}
    </Panel>
  );
}

function Line({ of, isNew }: { readonly of: Alert; readonly isNew: boolean }): ReactElement {
  const { icon, tone } = KINDS[of.kind];
  return (
    <li className={isNew ? 'is-new' : ''}>
      <span className={tone}><Icon name={icon} /></span>
      <b>{of.title}</b>
      <span className="faint small"><Ago at={of.at} /></span>
      <p>{of.text}</p>
    </li>
  );
}
