// The most that one task may cost, kept by this browser: a belt for whoever types a zero too many. What keys may spend on
// models is the node's to limit, and is not this.
const CAP = 'stun.cap.';

export function capOf(account: string): bigint | undefined {
  try {
    const text = localStorage.getItem(CAP + account);
    return text !== null && /^\d{1,29}$/.test(text) ? BigInt(text) : undefined;
  } catch {
    return undefined;
  }
}

export function setCap(account: string, cap: string): void {
  if (cap === '') localStorage.removeItem(CAP + account);
  else localStorage.setItem(CAP + account, cap);
}
