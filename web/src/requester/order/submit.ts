// Hands an order in. For an account whose key the node keeps the form is enough; for a wallet's, the wallet signs the
// order itself, so that nobody else can have ordered it.
import type { OrderDraft, TaskRequest } from 'stun-sdk';
import { currentSession, stun } from '~/session/session';
import { ask, WalletError } from '~/session/wallet';

/** What was signed last: pressing again after a break of the line hands in the same order, and signs nothing anew. */
let signed: { readonly key: string; readonly draft: OrderDraft; readonly signature: string } | undefined;

export async function submit(request: TaskRequest, key: string): Promise<string> {
  const session = currentSession();
  const node = await stun();
  if (session?.kind !== 'wallet') return (await node.submit(request, { idempotencyKey: key })).id;
  if (signed?.key !== key) {
    const draft = await node.draftOrder(request);
    requireSame(draft.typedData, session.account, request);
    const signature = await ask<string>('eth_signTypedData_v4', [session.account, draft.typedData]);
    signed = { key, draft, signature };
  }
  return (await node.submitSigned(signed.draft, signed.signature)).id;
}

/** The node made the text that is to be signed: what it may cost, and whom, is looked at before the wallet is asked. */
function requireSame(text: string, account: string, request: TaskRequest): void {
  const { message } = JSON.parse(text) as { message: Readonly<Record<string, unknown>> };
  const limit = message['priceLimit'] ?? message['price_limit'];
  if (String(message['requester']).toLowerCase() !== account.toLowerCase() || BigInt(String(limit)) !== BigInt(request.priceLimit ?? 0))
    throw new WalletError('order.other', 'The node made another order of the form than was asked for.', 'Sign nothing; use another node.');
}
