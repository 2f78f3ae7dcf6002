// The stake: what there is, adding to it and taking it out, all by the owner's wallet on the chain.
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { useNetwork, type ProviderDetail } from '~/api/providers';
import type { NetworkView } from '~/api/views';
import { money, moneyText, share, spanOf, useNow, type Money } from '~/app/words';
import { say } from '~/app/toasts';
import { ESCROW_NAME, STAKING_NAME, TOKEN_NAME } from '~/chain/names';
import { useChain, type ChainUse } from '~/chain/useChain';
import { Steps } from '~/chain/Steps';
import { Amount, Button, Facts, Figures, Id, Panel } from '~/design/parts';
import { Empty, FaultBar, Shown } from '~/design/states';
import { Mine } from '../mine/Mine';
import { AmountField, useAmount } from './AmountField';
import '../provider.css';

export interface OnChain {
  readonly account: string;
  readonly wallet: bigint;
  readonly stake: bigint;
  readonly unbonding: bigint;
  readonly freeAt: number;
  readonly delaySeconds: number;
}

export function StakePage(): ReactElement {
  const network = useNetwork();
  return (
    <Mine title="Stake" orElse={(address, again) => (
      <Shown of={network} rows={3}>{data => <Stake address={address} detail={undefined} again={again} network={data} />}</Shown>
    )}>
      {(detail, of) => (
        <Shown of={network} rows={3}>{data => <Stake address={detail.provider.address} detail={detail} again={of.again} network={data} />}</Shown>
      )}
    </Mine>
  );
}

/** `detail` is left out for one that is yet to become a provider: its stake comes first. */
function Stake({ address, detail, again, network }: {
  readonly address: string;
  readonly detail: ProviderDetail | undefined;
  readonly again: () => void;
  readonly network: NetworkView;
}): ReactElement {
  const chain = useChain(network);
  const [now, load] = useOnChain(chain);
  const isOther = now !== undefined && now.account.toLowerCase() !== address.toLowerCase();
  const after = async (isDone: boolean, text: string) => {
    if (!isDone) return;
    say(text);
    await load();
    again();
  };
  return (
    <div className="stack">
      {detail !== undefined && <StakeFigures detail={detail} network={network} />}
      {network.chain == null ? <NoChain network={network} /> : (
        <>
          {chain.error !== undefined && <FaultBar error={chain.error} />}
          {isOther && (
            <div className="note-bar warn" role="status">
              The wallet is {now.account.slice(0, 10)}… and not this provider: what it stakes is its own. Choose the provider’s account in the wallet.
            </div>
          )}
          <div className="columns">
            <Add chain={chain} now={now} after={after} />
            <TakeOut chain={chain} now={now} after={after} stake={detail?.provider.stake ?? '0'} />
          </div>
          <Wallet chain={chain} now={now} load={load} network={network} />
        </>
      )}
    </div>
  );
}

function StakeFigures({ detail, network }: { readonly detail: ProviderDetail; readonly network: NetworkView }): ReactElement {
  const { provider } = detail;
  const [stake, unbonding, least, slashed] = [provider.stake, provider.unbonding, network.offer_stake_min, provider.slashed].map(money) as [Money, Money, Money, Money];
  const isLow = BigInt(provider.stake) < BigInt(network.offer_stake_min);
  return (
    <Figures of={[
      { name: 'At stake', value: <span className={isLow ? 'bad' : ''}>{stake.figure}</span>, unit: stake.unit, note: isLow ? 'too little for an offer' : 'as the network counts it' },
      { name: 'Unbonding', value: unbonding.figure, unit: unbonding.unit, note: 'can still be slashed' },
      { name: 'Least for an offer', value: least.figure, unit: least.unit },
      { name: 'A fraud costs', value: `${network.slash_multiple}×`, note: 'of what the attempt would have earned' },
      { name: 'Slashed so far', value: slashed.figure, unit: slashed.unit, note: provider.fraud_count === 0 ? 'no fraud found' : `${provider.fraud_count} found` },
      { name: 'Reputation', value: share(provider.reputation_ppm) },
    ]} />
  );
}

function NoChain({ network }: { readonly network: NetworkView }): ReactElement {
  return (
    <Panel title="Add and take out" isFlush>
      <Empty icon="shield" title="No chain, no wallet">
        The money of this network is in its node’s escrow ({network.terms.escrow.slice(0, 10)}…). A provider stakes by itself there when its
        account has enough: the owner of the node puts it in with <code>stun account deposit ADDRESS AMOUNT</code>.
      </Empty>
    </Panel>
  );
}

/** What the wallet sees, once it is connected. */
export function useOnChain(chain: ChainUse): [OnChain | undefined, () => Promise<void>] {
  const [now, setNow] = useState<OnChain>();
  const { evm } = chain;
  const load = useCallback(async () => {
    if (evm === undefined) return;
    const { STAKING, TOKEN } = await import('~/chain/contracts');
    const [staking, token] = [evm.addressOf(STAKING_NAME), evm.addressOf(TOKEN_NAME)];
    const [state, delay, wallet, clock] = await Promise.all([
      evm.read(staking, STAKING, 'accounts', [evm.account]), evm.read(staking, STAKING, 'unbondingDelay', []),
      evm.read(token, TOKEN, 'balanceOf', [evm.account]), evm.now(),
    ]);
    // A chain of one's own may be ahead of the world, and is behind it while nobody makes blocks.
    const ahead = Math.max(0, clock - Date.now() / 1_000);
    setNow({
      account: evm.account, wallet, stake: state[0], unbonding: state[1], freeAt: Number(state[2]) - ahead, delaySeconds: delay,
    });
  }, [evm]);
  useEffect(() => {
    load().catch((refused: unknown) => console.warn('stake', refused));
  }, [load]);
  return [now, load];
}

interface FormProps {
  readonly chain: ChainUse;
  readonly now: OnChain | undefined;
  readonly after: (isDone: boolean, text: string) => Promise<void>;
}

function Add({ chain, now, after }: FormProps): ReactElement {
  const amount = useAmount(now?.wallet);
  const [isMine, setMine] = useState(false);
  const add = async () => {
    const units = amount.units!;
    setMine(true);
    const { STAKING, TOKEN } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => {
      const [staking, token] = [evm.addressOf(STAKING_NAME), evm.addressOf(TOKEN_NAME)];
      return [
        ['Let the contract take it', async tell => {
          if (await evm.read(token, TOKEN, 'allowance', [evm.account, staking]) >= units) return undefined;
          return evm.send(token, TOKEN, 'approve', [staking, units], tell);
        }],
        ['Put it at stake', tell => evm.send(staking, STAKING, 'stake', [units], tell)],
      ];
    });
    if (isDone) amount.clear();
    await after(isDone, `${moneyText(units)} are at stake.`);
    setMine(false);
  };
  return (
    <Panel title="Add">
      <form className="stack" onSubmit={event => {
        event.preventDefault();
        void add();
      }}>
        <AmountField
          label="Amount" of={amount} max={now?.wallet}
          hint={now === undefined ? 'From the wallet of this browser.' : <>The wallet has {moneyText(now.wallet)}.</>}
        />
        <Button type="submit" look="primary" icon="plus" isBusy={chain.isBusy && isMine} disabled={amount.units === undefined || chain.isBusy}>
          Add to the stake
        </Button>
        {isMine || chain.steps[0]?.name === 'Let the contract take it' ? <Steps of={chain.steps} /> : null}
      </form>
    </Panel>
  );
}

function TakeOut({ chain, now, after, stake }: FormProps & { readonly stake: string }): ReactElement {
  const most = now?.stake ?? BigInt(stake);
  const amount = useAmount(most);
  const clock = useNow();
  const leftMs = now === undefined ? 0 : now.freeAt * 1_000 - clock;
  const begin = async () => {
    const units = amount.units!;
    const { STAKING } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => [
      ['Begin to unbond', tell => evm.send(evm.addressOf(STAKING_NAME), STAKING, 'beginUnstake', [units], tell)],
    ]);
    if (isDone) amount.clear();
    await after(isDone, `${moneyText(units)} unbond.`);
  };
  const finish = async () => {
    const { STAKING } = await import('~/chain/contracts');
    const isDone = await chain.run(evm => [
      ['Bring it to the wallet', tell => evm.send(evm.addressOf(STAKING_NAME), STAKING, 'finishUnstake', [], tell)],
    ]);
    await after(isDone, 'The stake is in the wallet.');
  };
  return (
    <Panel title="Take out">
      <form className="stack" onSubmit={event => {
        event.preventDefault();
        void begin();
      }}>
        <AmountField
          label="Amount" of={amount} max={most}
          hint={<>It leaves after {now === undefined ? 'a delay' : spanOf(now.delaySeconds * 1_000)}, and can be slashed until then. What unbonds already waits as long again.</>}
        />
        <Button type="submit" icon="upload" disabled={amount.units === undefined || chain.isBusy}>Begin to unbond</Button>
        {now !== undefined && now.unbonding > 0n && (
          <div className="note-bar">
            <span>{moneyText(now.unbonding)} {leftMs > 0 ? `unbond for ${spanOf(leftMs)} more.` : 'have unbonded.'}</span>
            <Button size="small" look="primary" disabled={chain.isBusy || leftMs > 0} onClick={() => void finish()}>To the wallet</Button>
          </div>
        )}
        {chain.steps.length === 1 && <Steps of={chain.steps} />}
      </form>
    </Panel>
  );
}

function Wallet({ chain, now, load, network }: {
  readonly chain: ChainUse;
  readonly now: OnChain | undefined;
  readonly load: () => Promise<void>;
  readonly network: NetworkView;
}): ReactElement {
  const contracts = network.chain?.contracts ?? {};
  return (
    <Panel
      title="On the chain"
      aside={now === undefined
        ? <Button size="small" icon="wallet" isBusy={chain.isBusy} onClick={() => void chain.connect()}>Connect the wallet</Button>
        : <Button size="small" look="plain" onClick={() => void load()}>Read again</Button>}
    >
      <Facts of={[
        ['Chain', `${network.chain?.network} (${network.terms.chain_id})`],
        ['Staking', <Id of={contracts[STAKING_NAME] ?? '–'} head={10} tail={8} />],
        ['Escrow', <Id of={contracts[ESCROW_NAME] ?? '–'} head={10} tail={8} />],
        now !== undefined && ['Wallet', <Id of={now.account} head={10} tail={8} />],
        now !== undefined && ['In the wallet', <Amount of={now.wallet} />],
        now !== undefined && ['At stake', <Amount of={now.stake} />],
        now !== undefined && ['Unbonding', <Amount of={now.unbonding} />],
      ]} />
      {now === undefined && <p className="faint small below">The figures above are the network’s, which counts what is final on the chain.</p>}
    </Panel>
  );
}
