// A policy looked at by the node: what is wrong with it, and what it would have said to tasks.
import { stun } from '~/session/session';

export interface PolicyFault {
  /** From 1; left out where no place in the text is meant. */
  readonly line?: number | null;
  readonly column?: number | null;
  readonly key: string;
  readonly message: string;
}

export interface RuleView {
  readonly rule: string;
  readonly kept: boolean;
  readonly why: string;
}

export interface DryRun {
  readonly task?: string | null;
  readonly allowed: boolean;
  readonly rules: readonly RuleView[];
}

export interface PolicyCheck {
  readonly valid: boolean;
  readonly faults: readonly PolicyFault[];
  readonly canonical?: string | null;
  /** What an offer says of it. */
  readonly digest?: string | null;
  readonly results: readonly DryRun[];
}

export async function checkPolicy(text: string, recent: number, signal: AbortSignal): Promise<PolicyCheck> {
  const node = await stun();
  return node.request<PolicyCheck>('POST', ['policies', 'check'], { document: { kind: 'provider', text, recent }, signal });
}
