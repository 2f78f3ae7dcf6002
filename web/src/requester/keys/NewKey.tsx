import { useState, type FormEvent, type ReactElement } from 'react';
import { Button } from '~/design/parts';
import { FaultBar, Field } from '~/design/states';
import { stun, useSession } from '~/session/session';
import type { NewKeyView } from './KeysPage';

const RIGHTS: readonly (readonly [string, string])[] = [
  ['tasks:submit', 'Hand in tasks'], ['tasks:cancel', 'Cancel them'], ['tasks:read', 'Read tasks'], ['market:read', 'See offers'],
  ['accounts:read', 'See balances'], ['accounts:deposit', 'Deposit'], ['accounts:create', 'Make accounts'], ['keys:write', 'Make keys'],
  ['audit:read', 'Read the audit'], ['blobs:write', 'Upload'], ['blobs:read', 'Download'], ['events:read', 'Follow events'],
];

const LIVES: readonly (readonly [string, number])[] = [['Never ends', 0], ['1 day', 1], ['30 days', 30], ['1 year', 365]];

/** Roles that somebody of a role may give. */
const GIVES: Readonly<Record<string, readonly string[]>> = {
  owner: ['requester', 'provider', 'auditor', 'operator', 'owner'], operator: ['requester', 'provider', 'operator'],
};

export function NewKey({ made, close }: { readonly made: (key: NewKeyView) => void; readonly close: () => void }): ReactElement {
  const session = useSession();
  const own = session?.role ?? 'requester';
  const [role, setRole] = useState(own);
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const [days, setDays] = useState(30);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const make = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const expiresAt = days === 0 ? {} : { expires_at: new Date(Date.now() + 86_400_000 * days).toISOString() };
      made(await (await stun()).request<NewKeyView>('POST', ['keys'], { document: { role, scopes: [...scopes], ...expiresAt } }));
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  const toggle = (scope: string) => {
    const next = new Set(scopes);
    if (!next.delete(scope)) next.add(scope);
    setScopes(next);
  };
  return (
    <form className="stack" onSubmit={event => void make(event)}>
      <div className="columns">
        <Field label="Role">
          {props => (
            <select {...props} className="select" value={role} onChange={event => setRole(event.target.value)}>
              {(GIVES[own] ?? [own]).map(each => <option key={each}>{each}</option>)}
            </select>
          )}
        </Field>
        <Field label="Life">
          {props => (
            <select {...props} className="select" value={days} onChange={event => setDays(Number(event.target.value))}>
              {LIVES.map(([name, each]) => <option key={each} value={each}>{name}</option>)}
            </select>
          )}
        </Field>
      </div>
      <fieldset className="field">
        <legend className="label">Rights</legend>
        <p className="hint">Choose some to leave out all others. With none chosen it may do all that the role may.</p>
        <div className="rights">
          {RIGHTS.filter(([scope]) => session?.rights.includes(scope)).map(([scope, name]) => (
            <label className="check" key={scope}>
              <input type="checkbox" checked={scopes.has(scope)} onChange={() => toggle(scope)} />
              <span>{name} <code className="faint">{scope}</code></span>
            </label>
          ))}
        </div>
      </fieldset>
      {error !== undefined && <FaultBar error={error} />}
      <div className="actions"><Button onClick={close}>Leave it</Button><Button type="submit" look="primary" isBusy={isBusy}>Make the key</Button></div>
    </form>
  );
}
