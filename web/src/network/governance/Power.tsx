// The votes that a wallet has. Coins vote for whom their owner has named, and for nobody before that.
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import type { NetworkView } from '~/api/views';
import { say } from '~/app/toasts';
import { Steps } from '~/chain/Steps';
import { TOKEN_NAME } from '~/chain/names';
import { useChain } from '~/chain/useChain';
import { Amount, Button, Facts, Id, Panel } from '~/design/parts';
import { FaultBar, Field } from '~/design/states';

interface Votes {
  readonly account: string;
  readonly coins: bigint;
  readonly votes: bigint;
  readonly delegate: string;
}

const NOBODY = /^0x0{40}$/;

export function Power({ network }: { readonly network: NetworkView }): ReactElement {
  const chain = useChain(network);
  const [now, setNow] = useState<Votes>();
  const [other, setOther] = useState('');
  const { evm } = chain;
  const load = useCallback(async () => {
    if (evm === undefined) return;
    const { TOKEN } = await import('~/chain/contracts');
    const token = evm.addressOf(TOKEN_NAME);
    const [coins, votes, delegate] = await Promise.all([
      evm.read(token, TOKEN, 'balanceOf', [evm.account]), evm.read(token, TOKEN, 'getVotes', [evm.account]),
      evm.read(token, TOKEN, 'delegates', [evm.account]),
    ]);
    setNow({ account: evm.account, coins, votes, delegate });
  }, [evm]);
  useEffect(() => {
    load().catch((refused: unknown) => console.warn('votes', refused));
  }, [load]);
  const give = async (to: string) => {
    const { TOKEN } = await import('~/chain/contracts');
    const isDone = await chain.run(open => [
      ['Name who votes', tell => open.send(open.addressOf(TOKEN_NAME), TOKEN, 'delegate', [to as `0x${string}`], tell)],
    ]);
    if (!isDone) return;
    setOther('');
    say('From now on they vote with your coins.');
    await load();
  };
  const isAddress = /^0x[0-9a-fA-F]{40}$/.test(other.trim());
  return (
    <Panel title="Your votes">
      <div className="stack">
        {chain.error !== undefined && <FaultBar error={chain.error} />}
        {now === undefined ? (
          <>
            <p className="muted small">Coins in a wallet vote for whomever their owner has named, also for the owner. What a proposal counts is what was named before it began.</p>
            <Button icon="wallet" isBusy={chain.isBusy} onClick={() => void chain.connect()}>Connect the wallet</Button>
          </>
        ) : (
          <>
            <Facts of={[
              ['Wallet', <Id of={now.account} />], ['Coins', <Amount of={now.coins} />], ['Votes', <Amount of={now.votes} />],
              ['They vote for', NOBODY.test(now.delegate) ? <span className="warn">nobody yet</span> : now.delegate === now.account ? 'yourself' : <Id of={now.delegate} />],
            ]} />
            {now.delegate !== now.account && <Button look="primary" isBusy={chain.isBusy} onClick={() => void give(now.account)}>Vote with them yourself</Button>}
            <form className="stack tight" onSubmit={event => {
              event.preventDefault();
              void give(other.trim());
            }}>
              <Field label="Somebody else votes for you" fault={other.trim() !== '' && !isAddress ? '0x and 40 hexadecimal digits.' : undefined}>
                {props => <input {...props} className="input mono" value={other} onChange={event => setOther(event.target.value)} placeholder="0x…" spellCheck={false} />}
              </Field>
              <Button type="submit" disabled={!isAddress || chain.isBusy}>Name them</Button>
            </form>
          </>
        )}
        <Steps of={chain.steps} />
      </div>
    </Panel>
  );
}
