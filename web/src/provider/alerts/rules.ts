// What is worth telling the owner of a provider. Pure: two looks at the same provider and the rules in, alerts out.
import type { ProviderDetail } from '~/api/providers';
import { moneyText } from '~/app/words';
import type { IconName } from '~/design/Icon';

export type AlertKind = 'offline' | 'online' | 'cheat' | 'slashed' | 'refusals' | 'stake' | 'lost';

export interface Alert {
  readonly id: string;
  readonly at: string;
  readonly kind: AlertKind;
  readonly title: string;
  readonly text: string;
}

/** What is kept of a look, for the next one. */
export interface Look {
  readonly at: number;
  readonly online: boolean;
  readonly frauds: number;
  readonly slashed: string;
  readonly lost: number;
  readonly finished: number;
  readonly refused: number;
  readonly isStakeLow: boolean;
}

export const KINDS: Readonly<Record<AlertKind, { readonly name: string; readonly about: string; readonly icon: IconName; readonly tone: string }>> = {
  offline: { name: 'Goes offline', about: 'The network does not hear of it any more.', icon: 'offline', tone: 'warn' },
  online: { name: 'Comes back', about: 'It is online again.', icon: 'check', tone: 'good' },
  cheat: { name: 'Found cheating', about: 'Validators found one of its results to be wrong.', icon: 'alert', tone: 'bad' },
  slashed: { name: 'Slashed', about: 'Something of its stake was taken.', icon: 'shield', tone: 'bad' },
  refusals: { name: 'Refusals rise', about: 'It says no to most of what it is asked for.', icon: 'policy', tone: 'warn' },
  stake: { name: 'Stake is low', about: 'Its offers stop counting below the least stake.', icon: 'wallet', tone: 'warn' },
  lost: { name: 'Loses leases', about: 'Attempts ended because nothing was heard of them.', icon: 'clock', tone: 'warn' },
};

/** So many refusals between two looks, and more than it delivered, are a change and no chance. */
const REFUSALS_MIN = 5;

export function lookAt(detail: ProviderDetail, stakeMin: bigint, now: number): Look {
  const { provider } = detail;
  return {
    at: now, online: provider.online, frauds: provider.fraud_count, slashed: provider.slashed, lost: provider.lost,
    finished: provider.finished, refused: provider.refused, isStakeLow: BigInt(provider.stake) < stakeMin,
  };
}

export function alertsOf(before: Look | undefined, after: Look, detail: ProviderDetail, stakeMin: bigint): Alert[] {
  const found: Alert[] = [];
  const at = new Date(after.at).toISOString();
  const tell = (kind: AlertKind, title: string, text: string) => found.push({ id: `${kind} ${after.at}`, at, kind, title, text });
  const { provider } = detail;
  if (!after.online && before?.online !== false)
    tell('offline', 'It is offline', 'Leases are not granted to it, and what it runs may be lost. Look at its machine and its line.');
  if (after.online && before?.online === false) tell('online', 'It is online again', 'It is asked for tasks as before.');
  if (after.isStakeLow && before?.isStakeLow !== true)
    tell('stake', 'Its stake is low', `${moneyText(provider.stake)} are left, and ${moneyText(stakeMin)} is what you want to keep. Add to it before its offers stop counting.`);
  if (before === undefined) return found;
  if (after.frauds > before.frauds) {
    const move = detail.moves.find(each => each.judgement === 'Fraud');
    tell('cheat', 'It was found cheating', `Validators found a result to be wrong${move === undefined ? '' : ` in task ${move.task.slice(0, 8)}`}. If you did not change anything, look for broken memory or a broken GPU.`);
  }
  if (BigInt(after.slashed) > BigInt(before.slashed))
    tell('slashed', 'It was slashed', `${moneyText(BigInt(after.slashed) - BigInt(before.slashed))} of its stake were taken.`);
  if (after.lost > before.lost)
    tell('lost', after.lost - before.lost === 1 ? 'It lost a lease' : `It lost ${after.lost - before.lost} leases`, 'Nothing was heard of what it ran, so that others were asked. Its line, or its machine, was too slow.');
  const refused = after.refused - before.refused;
  if (refused >= REFUSALS_MIN && refused > after.finished - before.finished) {
    const top = [...detail.refusals].sort((left, right) => (left.last_at < right.last_at ? 1 : -1))[0];
    tell('refusals', `It refused ${refused} tasks`, `That is more than it delivered in the same time.${top === undefined ? '' : ` The last reason: ${top.reason}.`}`);
  }
  return found;
}
