import { useEffect, type ReactElement } from 'react';
import { ButtonLink } from '~/design/parts';
import { Empty, Loading } from '~/design/states';
import { useSession } from '~/session/session';
import { match, navigate, Outlet, usePageTitle, usePath } from './router';
import { ROUTES } from './routes';
import { Shell } from './Shell';
import { Toasts } from './toasts';
import { Guard } from './Guard';

export function App(): ReactElement {
  const path = usePath();
  return (
    <>
      <Guard key={path.split('/')[1]}><Current path={path} /></Guard>
      <Toasts />
    </>
  );
}

function Current({ path }: { readonly path: string }): ReactElement {
  const session = useSession();
  const found = match(ROUTES, path);
  const isBarred = found?.route.isPrivate === true && session === undefined;
  useEffect(() => {
    if (isBarred) navigate('/signin?to=' + encodeURIComponent(location.pathname + location.search), 'replace');
  }, [isBarred]);
  if (isBarred) return <Loading />;
  if (found === undefined) return <Shell><Missing /></Shell>;
  const waiting = <Loading rows={8} />;
  if (found.route.isBare) return <Outlet found={found} waiting={waiting} />;
  return <Shell><Outlet found={found} waiting={waiting} /></Shell>;
}

function Missing(): ReactElement {
  const heading = usePageTitle('No such page');
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="sr">No such page</h1>
      <Empty icon="search" title="No such page" actions={<ButtonLink to="/">To the beginning</ButtonLink>}>
        The address {location.pathname} leads nowhere in this console.
      </Empty>
    </>
  );
}
