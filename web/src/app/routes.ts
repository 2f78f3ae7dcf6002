// All pages. Each is loaded when it is first opened; what the front page loads is only itself.
import { lazy, type ComponentType } from 'react';
import { Landing } from '~/landing/Landing';
import type { Params, Route } from './router';

type Page = ComponentType<{ params: Params }>;

function page(path: string, load: () => Promise<Page>, isPrivate = true): Route {
  return { path, isPrivate, page: lazy(async () => ({ default: await load() })) };
}

export const ROUTES: readonly Route[] = [
  { path: '/', page: Landing, isBare: true },
  { path: '/signin', isBare: true, page: lazy(async () => ({ default: (await import('~/session/SignIn')).SignIn })) },
  page('/tasks', async () => (await import('~/requester/tasks/TasksPage')).TasksPage),
  page('/tasks/new', async () => (await import('~/requester/order/NewTaskPage')).NewTaskPage),
  page('/models', async () => (await import('~/requester/models/ModelsPage')).ModelsPage),
  page('/chat', async () => (await import('~/requester/chat/ChatPage')).ChatPage),
  page('/spending', async () => (await import('~/requester/spending/SpendingPage')).SpendingPage),
  page('/keys', async () => (await import('~/requester/keys/KeysPage')).KeysPage),
  page('/tasks/:id', async () => (await import('~/requester/task/TaskPage')).TaskPage),
  page('/tasks/:id/:tab', async () => (await import('~/requester/task/TaskPage')).TaskPage),
  page('/provider', async () => (await import('~/provider/mine/OverviewPage')).OverviewPage),
  page('/provider/earnings', async () => (await import('~/provider/mine/EarningsPage')).EarningsPage),
  page('/provider/stake', async () => (await import('~/provider/stake/StakePage')).StakePage),
  page('/provider/policy', async () => (await import('~/provider/policy/PolicyPage')).PolicyPage),
  page('/provider/alerts', async () => (await import('~/provider/alerts/AlertsPage')).AlertsPage),
  page('/network', async () => (await import('~/network/live/LivePage')).LivePage, false),
  page('/network/providers', async () => (await import('~/provider/list/ProvidersPage')).ProvidersPage),
  page('/network/providers/:address', async () => (await import('~/provider/one/ProviderPage')).ProviderPage),
  page('/network/offers', async () => (await import('~/network/offers/OffersPage')).OffersPage),
  page('/network/governance', async () => (await import('~/network/governance/GovernancePage')).GovernancePage, false),
  page('/network/governance/:id', async () => (await import('~/network/governance/ProposalPage')).ProposalPage, false),
];
