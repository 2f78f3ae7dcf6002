// Which provider is one's own. Whoever signed in as one is that one; who looks after several machines, or after a network,
// chooses, and the choice is kept in this browser.
import { useSyncExternalStore } from 'react';
import { currentSession, subscribe as onSession, useSession } from '~/session/session';

const NAME = 'stun.provider';
const listeners = new Set<() => void>();
let chosen = read();

function read(): string | undefined {
  try {
    const [account, address] = (localStorage.getItem(NAME) ?? '').split(' ');
    return account !== undefined && account === currentSession()?.account ? address : undefined;
  } catch {
    return undefined;
  }
}

onSession(() => become(read()));

function become(next: string | undefined): void {
  chosen = next;
  for (const listener of listeners) listener();
}

export function choose(address: string | undefined): void {
  const account = currentSession()?.account;
  try {
    if (address === undefined || account === undefined) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, `${account} ${address}`);
  } catch {
    // Then it lasts as long as the page.
  }
  become(address);
}

export function mineNow(): string | undefined {
  return chosen ?? currentSession()?.account;
}

/** The provider to show, and whether it was chosen rather than signed in as. */
export function useMine(): { readonly address: string | undefined; readonly isChosen: boolean } {
  const session = useSession();
  const other = useSyncExternalStore(listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => chosen);
  return { address: other ?? session?.account, isChosen: other !== undefined && other !== session?.account };
}
