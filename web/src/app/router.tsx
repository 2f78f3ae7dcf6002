// The address bar as state: a table of routes, links that do not load the page anew, and the focus where a reader of the
// screen expects it. A few dozen lines do what the console needs of a router.
import {
  createContext, Suspense, useCallback, useContext, useEffect, useMemo, useRef, useSyncExternalStore, type AnchorHTMLAttributes,
  type ComponentType, type ReactElement,
} from 'react';

export type Params = Readonly<Record<string, string>>;

export interface Route {
  /** As `/tasks/:id`. */
  readonly path: string;
  readonly page: ComponentType<{ params: Params }>;
  /** Whether it shows nothing to who is not signed in. */
  readonly isPrivate?: boolean;
  /** Whether it stands alone, without the frame of the console. */
  readonly isBare?: boolean;
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === location.pathname + location.search) return;
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  for (const listener of listeners) listener();
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** One value of the query, and how to change it without a new entry of the history. */
export function useQueryValue(name: string): [string | undefined, (value: string | undefined) => void] {
  const search = useSyncExternalStore(subscribe, () => location.search);
  const value = useMemo(() => new URLSearchParams(search).get(name) ?? undefined, [search, name]);
  const set = useCallback((next: string | undefined) => {
    const query = new URLSearchParams(location.search);
    if (next === undefined || next === '') query.delete(name);
    else query.set(name, next);
    navigate(location.pathname + (query.size > 0 ? `?${query}` : ''), 'replace');
  }, [name]);
  return [value, set];
}

export function match(routes: readonly Route[], path: string): { route: Route; params: Params } | undefined {
  const parts = path.split('/').filter(part => part !== '');
  for (const route of routes) {
    const wanted = route.path.split('/').filter(part => part !== '');
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((want, at) => {
      const part = parts[at]!;
      if (!want.startsWith(':')) return want === part;
      params[want.slice(1)] = decoded(part);
      return true;
    });
    if (fits) return { route, params };
  }
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly to: string };

/** A link within the console. Opening it in another tab and the like stay the browser's. */
export function Link({ to, onClick, ...rest }: LinkProps): ReactElement {
  return (
    <a
      href={to}
      onClick={event => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
          return;
        event.preventDefault();
        navigate(to);
      }}
      {...rest}
    />
  );
}

const Arrived = createContext(false);

/** Names the page: for the tab, for who listens instead of looking, and as the place where reading begins. */
export function usePageTitle(title: string): React.RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const hasMoved = useContext(Arrived);
  useEffect(() => {
    document.title = title === 'Stun' ? title : `${title} · Stun`;
  }, [title]);
  useEffect(() => {
    // The first page of a visit begins at its top anyway.
    if (hasMoved) heading.current?.focus({ preventScroll: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return heading;
}

let visits = 0;

export function Outlet({ found, waiting }: {
  readonly found: { route: Route; params: Params };
  readonly waiting: ReactElement;
}): ReactElement {
  const { page: Page } = found.route;
  const isFirst = useRef(visits++ === 0);
  const base = found.route.path + JSON.stringify(found.params['id'] ?? found.params['address'] ?? '');
  const before = useRef(base);
  useEffect(() => {
    if (before.current === base) return;
    before.current = base;
    isFirst.current = false;
    window.scrollTo(0, 0);
  }, [base]);
  return (
    <Arrived.Provider value={!isFirst.current || before.current !== base}>
      <Suspense fallback={waiting}>
        <Page key={base} params={found.params} />
      </Suspense>
    </Arrived.Provider>
  );
}
