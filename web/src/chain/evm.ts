// Calls of contracts through the wallet of the browser: it signs, and it also reads, so that this page needs no way of its
// own to a chain and trusts none but the one that its owner chose in the wallet. Loaded when it is first needed.
import {
  BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, custom, defineChain,
  InsufficientFundsError, UserRejectedRequestError, type Abi, type Chain, type ContractFunctionArgs,
  type ContractFunctionName, type ContractFunctionReturnType, type Hex, type PublicClient, type WalletClient,
} from 'viem';
import type { NetworkView } from '~/api/views';
import { wallet, WalletError, walletAccount, type Wallet } from '~/session/wallet';
import { revertText } from './reverts';

/** The number of a chain on one's own machine, which makes blocks at once. */
const LOCAL = 31_337;

export interface Sent {
  readonly hash: Hex;
  /** Undefined as long as it is in no block. */
  readonly block?: bigint;
}

export class Evm {
  private constructor(
    readonly account: Hex, readonly network: NetworkView, private readonly reads: PublicClient,
    private readonly writes: WalletClient, private readonly chain: Chain) {
  }

  /** Connects the wallet, and moves it to the chain of this network. */
  static async open(network: NetworkView): Promise<Evm> {
    if (network.chain == null)
      throw new WalletError('chain.none', 'This network keeps its money in its node and not on a chain.', 'No wallet is needed.');
    const account = await walletAccount() as Hex;
    const transport = custom(wallet()! as Parameters<typeof custom>[0]);
    const chain = defineChain({
      id: network.terms.chain_id, name: network.chain.network, nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [] } },
    });
    await moveTo(wallet()!, network);
    const pollingInterval = chain.id === LOCAL ? 300 : 2_000;
    return new Evm(
      account, network, createPublicClient({ chain, transport, pollingInterval, cacheTime: 0 }),
      createWalletClient({ account, chain, transport }), chain);
  }

  addressOf(name: string): Hex {
    const found = this.network.chain?.contracts[name];
    if (found === undefined)
      throw new WalletError('chain.no-contract', `The node names no contract ${name}.`, 'Ask the owner of the node for its address book.');
    return found as Hex;
  }

  async read<const A extends Abi, N extends ContractFunctionName<A, 'view' | 'pure'>>(
    address: Hex, abi: A, name: N, args: ContractFunctionArgs<A, 'view' | 'pure', N>,
  ): Promise<ContractFunctionReturnType<A, 'view' | 'pure', N>> {
    try {
      const call = { address, abi, functionName: name, args } as unknown as Parameters<PublicClient['readContract']>[0];
      return await this.reads.readContract(call) as ContractFunctionReturnType<A, 'view' | 'pure', N>;
    } catch (refused) {
      throw told(refused);
    }
  }

  /** Tries it first, so that what would be refused costs nothing; then has it signed and waits for its block. */
  async send<const A extends Abi, N extends ContractFunctionName<A, 'nonpayable'>>(
    address: Hex, abi: A, name: N, args: ContractFunctionArgs<A, 'nonpayable', N>, tell: (sent: Sent) => void,
  ): Promise<Sent> {
    const call = { address, abi, functionName: name, args, account: this.account, chain: this.chain };
    try {
      await this.reads.simulateContract(call as unknown as Parameters<PublicClient['simulateContract']>[0]);
      const hash = await this.writes.writeContract(call as unknown as Parameters<WalletClient['writeContract']>[0]);
      tell({ hash });
      const receipt = await this.reads.waitForTransactionReceipt({ hash, timeout: 180_000 });
      if (receipt.status !== 'success')
        throw new WalletError('chain.reverted', `The chain refused transaction ${hash}.`, 'Look at it in an explorer, and try again.');
      const sent = { hash, block: receipt.blockNumber };
      tell(sent);
      return sent;
    } catch (refused) {
      throw told(refused);
    }
  }

  /** What the chain takes to be now, in seconds. */
  async now(): Promise<number> {
    return Number((await this.reads.getBlock({ blockTag: 'latest' })).timestamp);
  }
}

async function moveTo(from: Wallet, network: NetworkView): Promise<void> {
  const chainId = `0x${network.terms.chain_id.toString(16)}`;
  const now = await from.request({ method: 'eth_chainId' });
  if (typeof now === 'string' && BigInt(now) === BigInt(chainId)) return;
  try {
    await from.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  } catch (refused) {
    const endpoint = network.chain?.endpoint;
    // 4902: the wallet does not know the chain.
    if ((refused as { code?: number }).code !== 4902 || endpoint == null)
      throw new WalletError(
        'wallet.other-chain', `The wallet is on another chain than this network, which lives on ${network.chain?.network} (${network.terms.chain_id}).`,
        'Choose that chain in the wallet, and try again.');
    await from.request({
      method: 'wallet_addEthereumChain',
      params: [{
        chainId, chainName: `Stun ${network.chain?.network}`, rpcUrls: [endpoint],
        nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      }],
    });
  }
}

/** What went wrong in words that say what to do. */
function told(refused: unknown): unknown {
  if (refused instanceof WalletError || !(refused instanceof BaseError)) return refused;
  if (refused.walk(each => each instanceof UserRejectedRequestError) !== null)
    return new WalletError('wallet.declined', 'The wallet was told not to.', 'Try again, and confirm it in the wallet.');
  if (refused.walk(each => each instanceof InsufficientFundsError) !== null)
    return new WalletError('wallet.no-gas', 'The wallet has too little of the chain’s own coin to pay for the transaction.', 'Send it some, and try again.');
  const reverted = refused.walk(each => each instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) {
    const name = reverted.data?.errorName ?? reverted.signature ?? '';
    const [detail, cure] = revertText(name, reverted.data?.args ?? []);
    return new WalletError(`chain.refused ${name}`.trim(), detail, cure);
  }
  return new WalletError('wallet.failed', refused.shortMessage, 'Look into the wallet, and try again.');
}
