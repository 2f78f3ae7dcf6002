import { useState, type FormEvent, type ReactElement } from 'react';
import { Link, navigate, usePageTitle, useQueryValue } from '~/app/router';
import { Bolt } from '~/design/Icon';
import { Button } from '~/design/parts';
import { FaultBar, Field } from '~/design/states';
import { ThemeChoice } from '~/app/Shell';
import { signIn, type Session } from './session';
import { signInWithKey, signInWithWallet, wallet } from './wallet';
import './signin.css';

export function SignIn(): ReactElement {
  const heading = usePageTitle('Sign in');
  const [to] = useQueryValue('to');
  const [key, setKey] = useState('');
  const [isKept, setKept] = useState(false);
  const [busy, setBusy] = useState<'key' | 'wallet'>();
  const [error, setError] = useState<unknown>();

  const enter = async (how: 'key' | 'wallet', get: () => Promise<Session>) => {
    setBusy(how);
    setError(undefined);
    try {
      signIn(await get(), isKept);
      // Only a place of this console: an address from elsewhere could be anybody's.
      navigate(to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/tasks', 'replace');
    } catch (refused) {
      setError(refused);
      setBusy(undefined);
    }
  };
  const withKey = (event: FormEvent) => {
    event.preventDefault();
    void enter('key', () => signInWithKey(key.trim()));
  };

  return (
    <main className="signin">
      <div className="row spread"><Link to="/" className="brand"><Bolt />Stun</Link><ThemeChoice /></div>
      <section className="panel">
        <div className="dialog-body">
          <div className="stack tight">
            <h1 ref={heading} tabIndex={-1}>Sign in</h1>
            <p className="muted small">With the key that the owner of this node gave you, or with a wallet.</p>
          </div>
          {error !== undefined && <FaultBar error={error} />}
          <form className="stack" onSubmit={withKey}>
            <Field label="API key" hint="It stays in this browser and goes to this node only.">
              {props => (
                <input
                  {...props} className="input mono" type="password" autoComplete="current-password" spellCheck={false}
                  value={key} onChange={event => setKey(event.target.value)} placeholder="stun_…" required
                />
              )}
            </Field>
            <label className="check">
              <input type="checkbox" checked={isKept} onChange={event => setKept(event.target.checked)} />
              <span>Stay signed in on this device</span>
            </label>
            <Button type="submit" look="primary" isBusy={busy === 'key'} disabled={key.trim() === '' || busy !== undefined}>
              Sign in with the key
            </Button>
          </form>
          <div className="or"><span>or</span></div>
          <Button
            icon="wallet" isBusy={busy === 'wallet'} disabled={busy !== undefined}
            onClick={() => void enter('wallet', signInWithWallet)}
          >
            Sign in with a wallet
          </Button>
          {wallet() === undefined && (
            <p className="faint small">This browser shows no wallet. An extension that offers one will be found here.</p>
          )}
        </div>
      </section>
      <p className="faint small">On a network of your own, <code>./stun dev</code> prints both address and key.</p>
    </main>
  );
}
