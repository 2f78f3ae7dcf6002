import type { IconName } from '~/design/Icon';

export interface Place {
  readonly to: string;
  readonly name: string;
  readonly icon: IconName;
  /** Without a session there is nothing to see. */
  readonly isPrivate: boolean;
}

export const PLACES: readonly { readonly name: string; readonly places: readonly Place[] }[] = [
  {
    name: 'Compute',
    places: [
      { to: '/tasks', name: 'Tasks', icon: 'tasks', isPrivate: true },
      { to: '/models', name: 'Models', icon: 'model', isPrivate: true },
      { to: '/chat', name: 'Chat', icon: 'chat', isPrivate: true },
      { to: '/spending', name: 'Spending', icon: 'wallet', isPrivate: true },
      { to: '/keys', name: 'API keys', icon: 'key', isPrivate: true },
    ],
  },
  {
    name: 'Provide',
    places: [
      { to: '/provider', name: 'Overview', icon: 'server', isPrivate: true },
      { to: '/provider/earnings', name: 'Earnings', icon: 'chart', isPrivate: true },
      { to: '/provider/stake', name: 'Stake', icon: 'shield', isPrivate: true },
      { to: '/provider/policy', name: 'Policy', icon: 'policy', isPrivate: true },
      { to: '/provider/alerts', name: 'Alerts', icon: 'bell', isPrivate: true },
    ],
  },
  {
    name: 'Network',
    places: [
      { to: '/network', name: 'Live', icon: 'globe', isPrivate: false },
      { to: '/network/providers', name: 'Providers', icon: 'server', isPrivate: true },
      { to: '/network/offers', name: 'Offers', icon: 'tag', isPrivate: true },
      { to: '/network/governance', name: 'Governance', icon: 'vote', isPrivate: false },
    ],
  },
];

const ALL = PLACES.flatMap(group => group.places);

/** The place that a path belongs to: the longest that it begins with. */
export function placeOf(path: string): Place | undefined {
  return ALL.filter(place => path === place.to || path.startsWith(place.to + '/'))
    .sort((left, right) => right.to.length - left.to.length)[0];
}
