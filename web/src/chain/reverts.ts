// The refusals of contracts, as people need them.
import { moneyText } from '~/app/words';

type Text = readonly [detail: string, cure: string];

const TEXTS: Readonly<Record<string, (args: readonly unknown[]) => Text>> = {
  InsufficientStake: ([stake]) => [`Only ${moneyText(String(stake))} are at stake.`, 'Take out less.'],
  StillUnbonding: ([until]) => [`The stake unbonds until ${new Date(Number(until) * 1_000).toLocaleString()}.`, 'Come back then.'],
  NothingUnbonding: () => ['Nothing unbonds.', 'Begin with taking some of the stake out.'],
  ZeroAmount: () => ['The amount is nothing.', 'Name one above zero.'],
  AmountTooLarge: () => ['The amount is larger than what there can be.', 'Name a smaller one.'],
  OverCap: () => ['The contract takes no more than its cap.', 'Put in less, or wait until governance has moved the cap.'],
  ERC20InsufficientBalance: ([, balance, needed]) => [
    `The wallet has ${moneyText(String(balance))}, and ${moneyText(String(needed))} are needed.`, 'Name less, or bring more coins there.',
  ],
  ERC20InsufficientAllowance: () => ['The contract may not take as much from the wallet.', 'Confirm the first of the two transactions with the whole amount.'],
  InsufficientBalance: () => ['There is less at the escrow.', 'Ask for less.'],
  NothingToWithdraw: () => ['Nothing can be taken out yet.', 'Ask for money back first, and wait until the book has released it.'],
  Sponsored: ([account]) => [`What ${String(account)} has belongs to its sponsor.`, 'The sponsor’s wallet takes it out.'],
  GovernorAlreadyCastVote: () => ['This wallet has voted on it already.', 'A vote cannot be changed.'],
  GovernorUnexpectedProposalState: () => ['It cannot be voted on now.', 'Votes count from its beginning to its end only.'],
  GovernorNonexistentProposal: () => ['The governor knows no such proposal.', 'Load the page again.'],
};

export function revertText(name: string, args: readonly unknown[]): Text {
  return TEXTS[name]?.(args) ?? [name === '' ? 'The contract refused, and the wallet does not say why.' : `The contract refused with ${name}.`, 'Load the page again: what it showed may be old.'];
}
