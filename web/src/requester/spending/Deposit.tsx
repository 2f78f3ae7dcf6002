// Putting money in: where the node keeps the book alone an owner says so; where a chain does, the owner's wallet.
import { useState, type FormEvent, type ReactElement } from 'react';
import { useNetwork } from '~/api/providers';
import type { AccountView } from '~/api/views';
import { say } from '~/app/toasts';
import { Button, Panel } from '~/design/parts';
import { FaultBar, Field } from '~/design/states';
import { may, stun } from '~/session/session';
import { ChainDeposit } from './ChainDeposit';

export function Deposit({ account, again }: { readonly account: AccountView; readonly again: () => void }): ReactElement | null {
  const network = useNetwork().data;
  const [amount, setAmount] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  if (network === undefined) return null;
  if (network.chain != null) return <ChainDeposit account={account} network={network} />;
  const isRight = /^[1-9]\d{0,28}$/.test(amount);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await (await stun()).request('POST', ['accounts', account.address, 'deposits'], { document: { amount } });
      say('The money is on its way.');
      setAmount('');
      again();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  return (
    <Panel title="Add money">
      {!may('accounts:deposit')
        ? <p className="muted small">Operators of this network put money into accounts: ask one.</p>
        : (
          <form className="stack" onSubmit={event => void send(event)}>
            <Field label="Amount" hint="In the smallest unit.">
              {props => <input {...props} className="input num" inputMode="numeric" value={amount} onChange={event => setAmount(event.target.value.trim())} />}
            </Field>
            {error !== undefined && <FaultBar error={error} />}
            <Button type="submit" look="primary" isBusy={isBusy} disabled={!isRight}>Deposit</Button>
          </form>
        )}
    </Panel>
  );
}
