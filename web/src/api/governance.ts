// What is put to the vote, as the API reads it from the governor's contract.
import { useQuery } from '~/live/query';
import { stun } from '~/session/session';
import type { Again } from './providers';

export interface CallView {
  readonly target: string;
  /** Of the contract, where the address book knows it. */
  readonly contract?: string | null;
  readonly value: string;
  /** Left out where nobody here knows what the data mean. */
  readonly function?: string | null;
  readonly arguments: readonly string[];
  readonly data: string;
}

export interface ProposalView {
  readonly id: string;
  readonly proposer: string;
  readonly title: string;
  readonly description: string;
  readonly state: string;
  readonly votes: Readonly<Record<'for' | 'against' | 'abstain', string>>;
  /** Left out before the vote begins. */
  readonly quorum?: string | null;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly eta?: string | null;
  readonly calls: readonly CallView[];
}

export interface ProposalPage {
  readonly proposals: readonly ProposalView[];
}

export function useProposals(): Again<ProposalPage> {
  return useQuery(
    'proposals',
    async signal => (await stun()).request<ProposalPage>('GET', ['governance', 'proposals'], { signal }),
    // Votes come in on the chain; no event of the network tells of them.
    { topics: ['governance'], everyMs: 10_000 });
}
