import { useEffect, useState, type ReactElement } from 'react';
import { useNetwork } from '~/api/providers';
import { moneyText } from '~/app/words';
import { coinsOf, unitsOf } from '~/chain/coins';
import { Button, Panel } from '~/design/parts';
import { Field } from '~/design/states';
import { Mine } from '../mine/Mine';
import { AlertsPanel } from './AlertsPanel';
import { KINDS, type AlertKind } from './rules';
import { clearAlerts, markSeen, setRules, useWatch, type AlertRules } from './watch';

export function AlertsPage(): ReactElement {
  const { alerts } = useWatch();
  // What was new when the page was opened stays marked as long as it is open.
  useEffect(() => markSeen, []);
  return (
    <Mine title="Alerts" actions={alerts.length > 0 && <Button icon="cross" onClick={clearAlerts}>Clear the list</Button>}>
      {() => (
        <div className="columns main-side">
          <AlertsPanel />
          <Settings />
        </div>
      )}
    </Mine>
  );
}

function Settings(): ReactElement {
  const { rules } = useWatch();
  const network = useNetwork();
  const toggle = (kind: AlertKind, isOn: boolean) => setRules({
    ...rules, kinds: isOn ? [...rules.kinds, kind] : rules.kinds.filter(each => each !== kind),
  });
  return (
    <div className="stack">
      <Panel title="In this browser"><Notifications rules={rules} /></Panel>
      <Panel title="What is told">
        <div className="stack">
          {(Object.keys(KINDS) as AlertKind[]).map(kind => (
            <label className="check" key={kind}>
              <input type="checkbox" checked={rules.kinds.includes(kind)} onChange={event => toggle(kind, event.target.checked)} />
              <span><b>{KINDS[kind].name}</b><br /><span className="muted small">{KINDS[kind].about}</span></span>
            </label>
          ))}
          <StakeMin rules={rules} usual={network.data?.offer_stake_min} />
        </div>
      </Panel>
    </div>
  );
}

function StakeMin({ rules, usual }: { readonly rules: AlertRules; readonly usual: string | undefined }): ReactElement {
  const [text, setText] = useState(rules.stakeMin === undefined ? '' : coinsOf(BigInt(rules.stakeMin)));
  const units = text.trim() === '' ? undefined : unitsOf(text);
  const fault = text.trim() !== '' && units === undefined ? 'An amount such as 20 or 0.5, or 1000 units.' : undefined;
  const change = (next: string) => {
    setText(next);
    const now = next.trim() === '' ? undefined : unitsOf(next);
    const { stakeMin: _, ...rest } = rules;
    if (now !== undefined) setRules({ ...rest, stakeMin: now.toString() });
    else if (next.trim() === '') setRules(rest);
  };
  return (
    <Field label="Stake to keep at least" fault={fault} hint={usual === undefined ? undefined : `Left empty: ${moneyText(usual)}, the least that an offer needs here.`}>
      {props => (
        <div className="with-unit">
          <input {...props} className="input" inputMode="decimal" value={text} onChange={event => change(event.target.value)} />
          <span className="unit">STUN</span>
        </div>
      )}
    </Field>
  );
}

function Notifications({ rules }: { readonly rules: AlertRules }): ReactElement {
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : 'denied');
  const ask = async () => {
    const next = await Notification.requestPermission();
    setPermission(next);
    setRules({ ...rules, isNotifying: next === 'granted' });
  };
  if (!('Notification' in window)) return <p className="muted small">This browser shows no notifications. The list here tells the same.</p>;
  if (permission === 'denied')
    return <p className="muted small">Notifications of this site are switched off in the browser’s settings. The list here tells the same.</p>;
  const isOn = permission === 'granted' && rules.isNotifying;
  return (
    <div className="stack tight">
      <p className="muted small">A notification for each alert, as long as the console is open in some tab.</p>
      {isOn
        ? <Button icon="bell" onClick={() => setRules({ ...rules, isNotifying: false })}>Switch notifications off</Button>
        : <Button icon="bell" look="primary" onClick={() => void ask()}>Notify me</Button>}
    </div>
  );
}
