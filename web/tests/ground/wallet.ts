// A wallet as pages see one (EIP-1193), with a key that the test holds: it signs what it is asked to, and passes the rest
// on to the chain of the network under test.
import type { BrowserContext } from '@playwright/test';
import { createPublicClient, createWalletClient, encodeFunctionData, http, parseAbi, toHex, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import type { Network } from './network';

interface Call {
  readonly method: string;
  readonly params?: readonly unknown[];
}

export interface TestWallet {
  readonly account: PrivateKeyAccount;
  /** What the page asked for, in order. */
  readonly calls: Call[];
  /** Says no to the next signature, as a person may. */
  refuseNext(): void;
}

export async function injectWallet(context: BrowserContext, network: Network, key: Hex = generatePrivateKey()): Promise<TestWallet> {
  const account = privateKeyToAccount(key);
  const calls: Call[] = [];
  let isRefusing = false;
  const answer = async (call: Call): Promise<unknown> => {
    calls.push(call);
    if (/^(personal_sign|eth_signTypedData|eth_sendTransaction)/.test(call.method) && isRefusing) {
      isRefusing = false;
      throw { code: 4001, message: 'User rejected the request.' };
    }
    const [first, second] = call.params ?? [];
    switch (call.method) {
      case 'eth_requestAccounts':
      case 'eth_accounts': return [account.address];
      case 'personal_sign': return account.signMessage({ message: { raw: first as Hex } });
      case 'eth_signTypedData_v4': return account.signTypedData(JSON.parse(second as string) as Parameters<typeof account.signTypedData>[0]);
      case 'wallet_switchEthereumChain': return null;
      case 'eth_sendTransaction': return send(await endpointOf(network), account, first as Sent);
      default: return rpc(await endpointOf(network), call);
    }
  };
  await context.exposeBinding('stunWallet', async (_, call: Call) => {
    try {
      return { result: await answer(call) };
    } catch (refused) {
      // With the data of a refusal, by which a page knows what the contract said.
      const { code, message, data } = refused as { code?: number; message?: string; data?: unknown };
      return { error: { code: code ?? -32000, message: message ?? String(refused), data } };
    }
  });
  await context.addInitScript(() => {
    const ask = (window as unknown as { stunWallet(call: unknown): Promise<{ result?: unknown; error?: object }> }).stunWallet;
    (window as unknown as { ethereum: object }).ethereum = {
      isStunTest: true,
      request: async (call: unknown) => {
        const { result, error } = await ask(call);
        if (error !== undefined) throw Object.assign(new Error(), error);
        return result;
      },
    };
  });
  return { account, calls, refuseNext: () => void (isRefusing = true) };
}

async function endpointOf(network: Network): Promise<string> {
  const { chain } = await (await fetch(`${network.url}/v1/network`)).json() as { chain?: { endpoint?: string } };
  if (chain?.endpoint === undefined) throw new Error('This network has no chain.');
  return chain.endpoint;
}

async function rpc(endpoint: string, call: Call): Promise<unknown> {
  const answer = await fetch(endpoint, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: call.method, params: call.params ?? [] }),
  });
  const { result, error } = await answer.json() as { result?: unknown; error?: object };
  if (error !== undefined) throw error;
  return result;
}

interface Sent {
  readonly to: Hex;
  readonly data?: Hex;
  readonly value?: Hex;
}

async function send(endpoint: string, account: PrivateKeyAccount, sent: Sent): Promise<Hex> {
  const transport = http(endpoint);
  const id = await createPublicClient({ transport }).getChainId();
  const chain = { id, name: 'test', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: { default: { http: [endpoint] } } };
  const wallet = createWalletClient({ account, chain, transport });
  return wallet.sendTransaction({ to: sent.to, data: sent.data ?? '0x', value: BigInt(sent.value ?? '0x0') });
}

const TOKEN = parseAbi(['function transfer(address to, uint256 value) returns (bool)']);

/** Gives an account coins of the network and what transactions cost, on a chain that lets a test be anybody. */
export async function fund(network: Network, account: Hex, units: bigint): Promise<void> {
  const said = await (await fetch(`${network.url}/v1/network`)).json() as {
    treasury: Hex; chain: { endpoint: string; contracts: Record<string, Hex> };
  };
  const { endpoint, contracts } = said.chain;
  const call = (method: string, ...params: unknown[]) => rpc(endpoint, { method, params });
  await call('anvil_setBalance', account, toHex(10n ** 19n));
  await call('anvil_impersonateAccount', said.treasury);
  const data = encodeFunctionData({ abi: TOKEN, functionName: 'transfer', args: [account, units] });
  const hash = await call('eth_sendTransaction', { from: said.treasury, to: contracts['StunToken'], data });
  await call('anvil_stopImpersonatingAccount', said.treasury);
  for (let tries = 0; tries < 100; tries++) {
    const receipt = await call('eth_getTransactionReceipt', hash) as { status: Hex } | null;
    if (receipt?.status === '0x1') return;
    if (receipt !== null) throw new Error('The treasury has not as much.');
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('The transfer is in no block.');
}
