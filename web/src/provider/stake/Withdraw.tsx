// Taking out what was earned: asked back from the escrow, released by the book with its next batches, then paid.
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { Again } from '~/api/providers';
import type { NetworkView } from '~/api/views';
import { say } from '~/app/toasts';
import { moneyText, spanOf, useNow } from '~/app/words';
import { ESCROW_NAME } from '~/chain/names';
import { Steps } from '~/chain/Steps';
import { useChain, type ChainUse } from '~/chain/useChain';
import { Amount, Button, Facts, Panel } from '~/design/parts';
import { Empty, FaultBar, Shown } from '~/design/states';
import { AmountField, useAmount } from './AmountField';

interface Held {
  readonly account: string;
  readonly balance: bigint;
  readonly exiting: bigint;
  readonly exitAt: number;
  readonly claimable: bigint;
}

export function Withdraw({ provider, network }: { readonly provider: string; readonly network: Again<NetworkView> }): ReactElement {
  return (
    <Panel title="Withdraw">
      <Shown of={network} rows={3}>
        {data => data.chain == null
          ? <Empty icon="wallet" title="No chain, no wallet">What is earned is on the provider’s account in the node’s escrow, and can be staked or spent from there.</Empty>
          : <FromEscrow provider={provider} network={data} />}
      </Shown>
    </Panel>
  );
}

function useHeld(chain: ChainUse): [Held | undefined, () => Promise<void>] {
  const [held, setHeld] = useState<Held>();
  const { evm } = chain;
  const load = useCallback(async () => {
    if (evm === undefined) return;
    const { ESCROW } = await import('~/chain/contracts');
    const escrow = evm.addressOf(ESCROW_NAME);
    const [state, claimable] = await Promise.all([
      evm.read(escrow, ESCROW, 'accounts', [evm.account]), evm.read(escrow, ESCROW, 'claimable', [evm.account]),
    ]);
    setHeld({ account: evm.account, balance: state[0], exiting: state[1], exitAt: Number(state[2]), claimable });
  }, [evm]);
  useEffect(() => {
    load().catch((refused: unknown) => console.warn('escrow', refused));
  }, [load]);
  return [held, load];
}

function FromEscrow({ provider, network }: { readonly provider: string; readonly network: NetworkView }): ReactElement {
  const chain = useChain(network);
  const [held, load] = useHeld(chain);
  const amount = useAmount(held?.balance);
  const now = useNow();
  const ask = async () => {
    const units = amount.units!;
    const { ESCROW } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => [
      ['Ask for it back', tell => evm.send(evm.addressOf(ESCROW_NAME), ESCROW, 'askExit', [units], tell)],
    ]);
    if (!isDone) return;
    amount.clear();
    say(`${moneyText(units)} are asked back.`);
    await load();
  };
  const claim = async () => {
    const { ESCROW } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => [['Bring it to the wallet', tell => evm.send(evm.addressOf(ESCROW_NAME), ESCROW, 'withdraw', [], tell)]]);
    if (!isDone) return;
    say('It is in the wallet.');
    await load();
  };
  if (held === undefined)
    return (
      <div className="stack">
        <p className="muted small">
          What is earned lies in the escrow’s contract and leaves it in two steps: you ask for it, the book releases it with its next
          batches, and then it is paid to your wallet. If the book does nothing, the same is paid when the exit’s delay is over.
        </p>
        {chain.error !== undefined && <FaultBar error={chain.error} />}
        <Button icon="wallet" isBusy={chain.isBusy} onClick={() => void chain.connect()}>Connect the wallet</Button>
      </div>
    );
  const canClaim = held.claimable > 0n || (held.exiting > 0n && held.exitAt * 1_000 <= now);
  return (
    <form className="stack" onSubmit={event => {
      event.preventDefault();
      void ask();
    }}>
      {held.account.toLowerCase() !== provider && <div className="note-bar warn">The wallet is {held.account.slice(0, 10)}…, not this provider. The figures are the wallet’s.</div>}
      <Facts of={[
        ['At the escrow', <Amount of={held.balance} />],
        ['Asked back', <>{<Amount of={held.exiting} />}{held.exiting > 0n && held.exitAt * 1_000 > now && <span className="faint small">, without the book in {spanOf(held.exitAt * 1_000 - now)}</span>}</>],
        ['Ready to be paid', <Amount of={held.claimable} />],
      ]} />
      {chain.error !== undefined && <FaultBar error={chain.error} />}
      <AmountField label="Ask back" of={amount} max={held.balance} hint="It replaces what was asked before." />
      <div className="row wrapping">
        <Button type="submit" disabled={amount.units === undefined || chain.isBusy}>Ask for it</Button>
        <Button look="primary" icon="download" disabled={!canClaim || chain.isBusy} onClick={() => void claim()}>To the wallet</Button>
      </div>
      <Steps of={chain.steps} />
    </form>
  );
}
