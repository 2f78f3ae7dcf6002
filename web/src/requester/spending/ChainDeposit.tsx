// From a wallet into an account of the network. Whose wallet pays does not matter: who owns the account owns the money.
import type { ReactElement } from 'react';
import type { AccountView, NetworkView } from '~/api/views';
import { say } from '~/app/toasts';
import { moneyText, short } from '~/app/words';
import { ESCROW_NAME, TOKEN_NAME } from '~/chain/names';
import { Steps } from '~/chain/Steps';
import { useChain } from '~/chain/useChain';
import { Button, Panel } from '~/design/parts';
import { FaultBar } from '~/design/states';
import { AmountField, useAmount } from '~/provider/stake/AmountField';

export function ChainDeposit({ account, network }: {
  readonly account: AccountView;
  readonly network: NetworkView;
}): ReactElement {
  const chain = useChain(network);
  const amount = useAmount(undefined);
  const deposit = async () => {
    const units = amount.units!;
    const { ESCROW, TOKEN } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => {
      const [escrow, token] = [evm.addressOf(ESCROW_NAME), evm.addressOf(TOKEN_NAME)];
      return [
        ['Let the contract take it', async tell => {
          if (await evm.read(token, TOKEN, 'allowance', [evm.account, escrow]) >= units) return undefined;
          return evm.send(token, TOKEN, 'approve', [escrow, units], tell);
        }],
        ['Deposit it', tell => evm.send(escrow, ESCROW, 'depositFor', [account.address as `0x${string}`, units], tell)],
      ];
    });
    if (!isDone) return;
    amount.clear();
    say(`${moneyText(units)} are on the chain; the network counts them when their block is final.`);
  };
  return (
    <Panel title="Add money">
      <form
        className="stack"
        onSubmit={event => {
          event.preventDefault();
          void deposit();
        }}
      >
        <AmountField
          label="Amount" of={amount} max={undefined}
          hint={<>From the wallet of this browser into <code>{short(account.address)}</code>, on the chain <b>{network.chain?.network}</b>.</>}
        />
        {chain.error !== undefined && <FaultBar error={chain.error} />}
        <Button type="submit" look="primary" icon="wallet" isBusy={chain.isBusy} disabled={amount.units === undefined}>Deposit</Button>
        <Steps of={chain.steps} />
      </form>
    </Panel>
  );
}
