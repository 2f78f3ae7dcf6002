// The states of a task in plain words, and how they look.

export type Tone = '' | 'good' | 'warn' | 'bad' | 'live';

const STATES: Readonly<Record<string, readonly [Tone, string, string]>> = {
  checking: ['live', 'Checking', 'The order is looked at.'],
  accepted: ['live', 'Accepted', 'The network has taken the order.'],
  holding: ['live', 'Holding', 'The price limit is set aside.'],
  queued: ['live', 'Queued', 'It waits for a provider.'],
  running: ['live', 'Running', 'Providers run it.'],
  judging: ['live', 'Judging', 'Validators look at what came out.'],
  posting: ['live', 'Posting', 'The verdict goes to the escrow.'],
  pending: ['live', 'Verified', 'There is a result. Until the window closes anybody may dispute it.'],
  verified: ['live', 'Verified', 'There is a result. The money follows.'],
  complete: ['good', 'Complete', 'Done, verified and paid.'],
  failed: ['bad', 'Failed', 'It could not be done; the money went back.'],
  cancelled: ['', 'Cancelled', 'It was cancelled.'],
  refused: ['bad', 'Refused', 'The network did not take the order.'],
};

export const STATE_NAMES = Object.keys(STATES);

export function toneOf(state: string): Tone {
  return STATES[state]?.[0] ?? '';
}

export function wordOf(state: string): string {
  return STATES[state]?.[1] ?? state;
}

export function sentenceOf(state: string): string {
  return STATES[state]?.[2] ?? '';
}

export function isFinal(state: string): boolean {
  return ['complete', 'failed', 'cancelled', 'refused'].includes(state);
}

/** `TooExpensive` as `too expensive`. */
export function reasonText(reason: string | null | undefined): string {
  if (reason == null || reason === '' || reason === 'None' || reason === 'Verified') return '';
  return reason.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
