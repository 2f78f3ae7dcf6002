import type { Tone } from '~/requester/tasks/states';

const STATES: Readonly<Record<string, readonly [Tone, string, string]>> = {
  pending: ['', 'Not open yet', 'Votes count from the beginning on.'],
  active: ['live', 'Open', 'Votes are taken.'],
  canceled: ['', 'Withdrawn', 'It was taken back.'],
  defeated: ['bad', 'Rejected', 'Too few were for it.'],
  succeeded: ['good', 'Accepted', 'It can be put into the queue.'],
  queued: ['warn', 'In the queue', 'It can be carried out when its delay is over: who does not like it has that long to leave.'],
  expired: ['', 'Expired', 'Nobody carried it out in time.'],
  executed: ['good', 'Carried out', 'It is done.'],
};

export function toneOfProposal(state: string): Tone {
  return STATES[state]?.[0] ?? '';
}

export function wordOfProposal(state: string): string {
  return STATES[state]?.[1] ?? state;
}

export function sentenceOfProposal(state: string): string {
  return STATES[state]?.[2] ?? '';
}
