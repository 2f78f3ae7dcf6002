// Who is signed in, in this tab or, if they ask for it, on this device. The key is kept by the browser for this origin
// only; scripts of others cannot run here, since the policy of content allows none.
import { useSyncExternalStore } from 'react';
import type { StunClient } from 'stun-sdk';

export interface Session {
  readonly key: string;
  readonly account: string;
  readonly role: string;
  readonly rights: readonly string[];
  readonly kind: 'key' | 'wallet';
  /** When a wallet's token ends. */
  readonly expiresAt?: string;
}

const NAME = 'stun.session';
const listeners = new Set<() => void>();
let session = read();
let speaking: { key: string | undefined; stun: Promise<StunClient> } | undefined;

function read(): Session | undefined {
  for (const store of stores())
    try {
      const text = store.getItem(NAME);
      if (text === null) continue;
      const found = JSON.parse(text) as Session;
      if (found.expiresAt !== undefined && Date.parse(found.expiresAt) <= Date.now()) continue;
      if (typeof found.key === 'string' && Array.isArray(found.rights)) return found;
    } catch {
      // What cannot be read is no session.
    }
  return undefined;
}

function stores(): Storage[] {
  try {
    return [sessionStorage, localStorage];
  } catch {
    return [];
  }
}

export function currentSession(): Session | undefined {
  return session;
}

export function useSession(): Session | undefined {
  return useSyncExternalStore(subscribe, () => session);
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function signIn(next: Session, isKept: boolean): void {
  const [tab, device] = stores();
  try {
    device?.removeItem(NAME);
    (isKept ? device : tab)?.setItem(NAME, JSON.stringify(next));
  } catch {
    // Then it lasts as long as the page.
  }
  become(next);
}

export function signOut(): void {
  for (const store of stores()) store.removeItem(NAME);
  become(undefined);
}

function become(next: Session | undefined): void {
  session = next;
  speaking = undefined;
  watchEnd();
  for (const listener of listeners) listener();
}

let ending: ReturnType<typeof setTimeout> | undefined;

/** A wallet's token ends by itself; the page says so at once, and not by refusals one after the other. */
function watchEnd(): void {
  clearTimeout(ending);
  if (session?.expiresAt === undefined) return;
  ending = setTimeout(signOut, Math.min(Date.parse(session.expiresAt) - Date.now(), 2 ** 31 - 1));
}

watchEnd();

/** The SDK, loaded when something is first asked for, with the key of the session. */
export function stun(): Promise<StunClient> {
  const key = session?.key;
  if (speaking === undefined || speaking.key !== key) speaking = { key, stun: open(key, session?.account) };
  return speaking.stun;
}

/** The same for a key that is only being tried. */
export async function open(apiKey: string | undefined, account?: string): Promise<StunClient> {
  const { StunClient } = await import('stun-sdk');
  return new StunClient({
    node: location.origin, apiKey, account,
    // The page itself came over this line: a key on it is in no other hands than the page was.
    allowPlain: location.protocol === 'http:',
    retry: { tries: 3, firstPauseMs: 250, longestPauseMs: 2_000 },
  });
}

export function may(right: string): boolean {
  return session?.rights.includes(right) ?? false;
}

// Another tab signed in or out on this device.
window.addEventListener('storage', event => {
  if (event.key === NAME || event.key === null) become(read());
});
