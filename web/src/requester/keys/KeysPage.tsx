import { useState, type ReactElement } from 'react';
import { say } from '~/app/toasts';
import { Ago, Badge, Button, Copy, PageHead } from '~/design/parts';
import { Dialog } from '~/design/Dialog';
import { Empty, Fault, FaultBar, Shown } from '~/design/states';
import { useQuery } from '~/live/query';
import { may, stun, useSession } from '~/session/session';
import { NewKey } from './NewKey';
import './keys.css';

export interface KeyView {
  readonly id: string;
  readonly account: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at?: string | null;
  readonly revoked_at?: string | null;
  readonly last_used_at?: string | null;
}

export interface NewKeyView {
  readonly key: KeyView;
  readonly secret: string;
}

export function KeysPage(): ReactElement {
  const session = useSession();
  const keys = useQuery('keys', async signal => (await stun()).request<{ readonly keys: readonly KeyView[] }>('GET', ['keys'], { signal }), { everyMs: 30_000 });
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<NewKeyView>();
  const [ending, setEnding] = useState<KeyView>();
  if (!may('keys:write'))
    return (
      <>
        <PageHead title="API keys" />
        <section className="panel">
          <Fault title="Not with this key" error={{ code: 'auth.forbidden', detail: 'The key that is signed in may not see or make keys.', cure: 'Sign in with one that has the right keys:write.' }} />
        </section>
      </>
    );
  return (
    <>
      <PageHead
        title="API keys" lead="Each opens the API with the rights that it was given, and no more. The secret is shown once."
        actions={<Button look="primary" icon="plus" onClick={() => setOpen(true)}>New key</Button>}
      />
      {made !== undefined && <Secret of={made} close={() => setMade(undefined)} />}
      <section className="panel" aria-label="Keys">
        <Shown of={keys} empty={{ when: data => data.keys.length === 0, show: <Empty icon="key" title="No key yet">Programs need one to speak for you.</Empty> }}>
          {data => <Table keys={data.keys} own={session?.key} end={setEnding} />}
        </Shown>
      </section>
      <Dialog title="New key" isOpen={isOpen} close={() => setOpen(false)}>
        <NewKey
          close={() => setOpen(false)}
          made={key => {
            setOpen(false);
            setMade(key);
            keys.again();
          }}
        />
      </Dialog>
      <Dialog title="Revoke this key?" isOpen={ending !== undefined} close={() => setEnding(undefined)}>
        {ending !== undefined && <Revoke of={ending} close={() => setEnding(undefined)} done={keys.again} />}
      </Dialog>
    </>
  );
}

function Table({ keys, own, end }: { readonly keys: readonly KeyView[]; readonly own: string | undefined; readonly end: (key: KeyView) => void }): ReactElement {
  const sorted = [...keys].sort((left, right) => Number(left.revoked_at != null) - Number(right.revoked_at != null) || right.created_at.localeCompare(left.created_at));
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
      <table className="table keys">
        <thead><tr><th>Key</th><th>Role</th><th>Rights</th><th>Made</th><th>Last used</th><th>State</th><th><span className="sr">What can be done</span></th></tr></thead>
        <tbody>
          {sorted.map(key => (
            <tr key={key.id} className={key.revoked_at == null ? '' : 'faint'}>
              <td className="mono">stun_{key.id}{own?.includes(key.id) && <span className="tag you">yours now</span>}</td>
              <td>{key.role}</td>
              <td>{key.scopes.length === 0 ? <span className="faint">all of the role</span> : <span className="tags">{key.scopes.map(each => <span className="tag" key={each}>{each}</span>)}</span>}</td>
              <td><Ago at={key.created_at} /></td>
              <td>{key.last_used_at == null ? <span className="faint">never</span> : <Ago at={key.last_used_at} />}</td>
              <td>{stateOf(key)}</td>
              <td className="end">{key.revoked_at == null && <Button look="danger" size="small" onClick={() => end(key)}>Revoke</Button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stateOf(key: KeyView): ReactElement {
  if (key.revoked_at != null) return <Badge>Revoked</Badge>;
  if (key.expires_at == null) return <Badge tone="good">Open</Badge>;
  return Date.parse(key.expires_at) <= Date.now() ? <Badge>Ended</Badge> : <Badge tone="good">Ends <Ago at={key.expires_at} /></Badge>;
}

function Secret({ of, close }: { readonly of: NewKeyView; readonly close: () => void }): ReactElement {
  return (
    <section className="panel secret" aria-label="The new key's secret">
      <div className="body stack tight" role="status">
        <b>Copy it now: it is shown this once.</b>
        <div className="row"><code className="wrap">{of.secret}</code><Copy text={of.secret} name="Copy the secret" /></div>
        <div><Button size="small" onClick={close}>I have it</Button></div>
      </div>
    </section>
  );
}

function Revoke({ of, close, done }: { readonly of: KeyView; readonly close: () => void; readonly done: () => void }): ReactElement {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const revoke = async () => {
    setBusy(true);
    try {
      await (await stun()).request('DELETE', ['keys', of.id]);
      say('The key opens nothing any more.');
      done();
      close();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <>
      <p className="muted small">Whatever uses <code>stun_{of.id}</code> is refused from now on. This cannot be undone.</p>
      {error !== undefined && <FaultBar error={error} />}
      <div className="actions"><Button onClick={close}>Keep it</Button><Button look="danger" isBusy={isBusy} onClick={() => void revoke()}>Revoke</Button></div>
    </>
  );
}
