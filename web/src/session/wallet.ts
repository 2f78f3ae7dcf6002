// What a wallet in the browser offers (EIP-1193), and signing in with it: the node gives a text, the wallet signs it.
import type { WhoView } from '~/api/views';
import { open, type Session } from './session';

export interface Wallet {
  request(call: { method: string; params?: unknown }): Promise<unknown>;
}

export function wallet(): Wallet | undefined {
  return (window as unknown as { ethereum?: Wallet }).ethereum;
}

/** What a wallet says no with: a code and words. */
export class WalletError extends Error {
  constructor(readonly code: string, readonly detail: string, readonly cure: string) {
    super(detail);
  }
}

export async function ask<T>(method: string, params?: unknown): Promise<T> {
  const here = wallet();
  if (here === undefined)
    throw new WalletError('wallet.missing', 'This browser has no wallet.', 'Install one as an extension, or use an API key.');
  try {
    return await here.request(params === undefined ? { method } : { method, params }) as T;
  } catch (refused) {
    const { code, message } = refused as { code?: number; message?: string };
    if (code === 4001)
      throw new WalletError('wallet.declined', 'The wallet was told not to.', 'Try again, and confirm it in the wallet.');
    throw new WalletError('wallet.failed', message ?? String(refused), 'Look into the wallet, and try again.');
  }
}

export async function walletAccount(): Promise<string> {
  const accounts = await ask<readonly string[]>('eth_requestAccounts');
  const first = accounts[0];
  if (first === undefined)
    throw new WalletError('wallet.empty', 'The wallet showed no account.', 'Choose one in the wallet, and try again.');
  return first;
}

/** UTF-8 as wallets take it. */
function hexOf(text: string): string {
  return '0x' + [...new TextEncoder().encode(text)].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

interface ChallengeView {
  readonly nonce: string;
  readonly text: string;
}

interface TokenView {
  readonly token: string;
  readonly account: string;
  readonly role: string;
  readonly expires_at: string;
}

export async function signInWithWallet(): Promise<Session> {
  const account = await walletAccount();
  const stranger = await open(undefined);
  const challenge = await stranger.request<ChallengeView>('POST', ['auth', 'challenges'], { document: { address: account } });
  const host = challenge.text.split(' ')[0];
  // A node that hands on the challenge of another would be signed in there with it.
  if (host !== undefined && /^[^/]*\.[^/]*$/.test(host) && host !== location.host)
    console.warn(`The node calls itself ${host} and was reached at ${location.host}.`);
  const signature = await ask<string>('personal_sign', [hexOf(challenge.text), account]);
  const token = await stranger.request<TokenView>(
    'POST', ['auth', 'tokens'], { document: { nonce: challenge.nonce, signature } });
  const me = await (await open(token.token)).request<WhoView>('GET', ['me']);
  return {
    key: token.token, account: token.account, role: me.role, rights: me.rights, kind: 'wallet', expiresAt: token.expires_at,
  };
}

export async function signInWithKey(key: string): Promise<Session> {
  const me = await (await open(key)).request<WhoView>('GET', ['me']);
  return { key, account: me.account, role: me.role, rights: me.rights, kind: 'key' };
}
