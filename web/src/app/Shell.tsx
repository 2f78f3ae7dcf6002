// The frame of the console: where one can go, who is signed in, and how the line stands.
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { Bolt, Icon } from '~/design/Icon';
import { Button } from '~/design/parts';
import { OfflineBar } from '~/design/states';
import { useLine, type LineState } from '~/live/connection';
import { signOut, useSession } from '~/session/session';
import { PLACES, placeOf, type Place } from './navigation';
import { Link, navigate, usePath } from './router';
import { setTheme, useTheme, type Theme } from './theme';
import { short } from './words';

const LINE_WORDS: Readonly<Record<LineState, string>> = {
  off: 'Not live', connecting: 'Connecting', live: 'Live', waiting: 'Reconnecting', offline: 'Offline',
};

export function Shell({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <>
      <a href="#page" className="button primary skip">Skip to the page</a>
      <div className="shell">
        <aside className="side">
          <Link to="/" className="brand"><Bolt />Stun</Link>
          <Places />
          <div className="foot">
            <ThemeChoice />
            <Who />
          </div>
        </aside>
        <Top />
        <div>
          <OfflineBar />
          <main className="page" id="page">{children}</main>
        </div>
        <TabBar />
      </div>
    </>
  );
}

function Places(): ReactElement {
  const [here, session] = [placeOf(usePath()), useSession()];
  return (
    <nav aria-label="Console">
      {PLACES.map(group => {
        const places = group.places.filter(place => session !== undefined || !place.isPrivate);
        return places.length === 0 ? null : (
          <div key={group.name}>
            <h2>{group.name}</h2>
            <ul>{places.map(place => <li key={place.to}><PlaceLink place={place} here={here} /></li>)}</ul>
          </div>
        );
      })}
    </nav>
  );
}

function PlaceLink({ place, here }: { readonly place: Place; readonly here: Place | undefined }): ReactElement {
  return (
    <Link to={place.to} aria-current={here === place ? 'page' : undefined}>
      <Icon name={place.icon} />{place.name}
    </Link>
  );
}

export function LineDot(): ReactElement {
  const line = useLine();
  return (
    <span className="row small muted" role="status">
      <span className={`dot ${line === 'connecting' ? 'waiting' : line}`} />{LINE_WORDS[line]}
    </span>
  );
}

function Who(): ReactElement {
  const session = useSession();
  if (session === undefined) return <Link to="/signin" className="button primary">Sign in</Link>;
  return (
    <div className="stack tight">
      <div className="row spread"><LineDot /></div>
      <div className="who">
        <span><b>{session.role}</b><span className="mono faint clip" title={session.account}>{short(session.account)}</span></span>
        <Button look="plain" size="small" icon="exit" aria-label="Sign out" title="Sign out" onClick={leave} />
      </div>
    </div>
  );
}

function leave(): void {
  navigate('/');
  signOut();
}

const THEMES: readonly (readonly [Theme, 'auto' | 'sun' | 'moon', string])[] = [
  ['auto', 'auto', 'As the system'], ['light', 'sun', 'Light'], ['dark', 'moon', 'Dark'],
];

export function ThemeChoice(): ReactElement {
  const theme = useTheme();
  return (
    <div className="segments themes" role="group" aria-label="Colours">
      {THEMES.map(([each, icon, name]) => (
        <button key={each} type="button" aria-label={name} title={name} aria-pressed={theme === each} onClick={() => setTheme(each)}>
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

function Top(): ReactElement {
  const session = useSession();
  return (
    <header className="top">
      <Link to="/" className="brand"><Bolt />Stun</Link>
      {session === undefined ? <Link to="/signin" className="button primary small">Sign in</Link> : <LineDot />}
    </header>
  );
}

const TABS = ['/tasks', '/chat', '/provider', '/network'];
const TAB_NAMES: Readonly<Record<string, string>> = { '/provider': 'Provide', '/network': 'Network' };

function TabBar(): ReactElement {
  const [path, session, isOpen, setOpen] = [usePath(), useSession(), ...useState(false)];
  const places = PLACES.flatMap(group => group.places)
    .filter(place => TABS.includes(place.to) && (session !== undefined || !place.isPrivate));
  const group = '/' + (path.split('/')[1] ?? '');
  return (
    <>
      <nav className="tabbar" aria-label="Main places">
        {places.map(place => (
          <Link key={place.to} to={place.to} aria-current={group === place.to ? 'page' : undefined}>
            <Icon name={place.icon} />{TAB_NAMES[place.to] ?? place.name}
          </Link>
        ))}
        <button type="button" onClick={() => setOpen(true)} aria-haspopup="dialog"><Icon name="menu" />More</button>
      </nav>
      <Sheet isOpen={isOpen} close={() => setOpen(false)} />
    </>
  );
}

function Sheet({ isOpen, close }: { readonly isOpen: boolean; readonly close: () => void }): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const session = useSession();
  const here = placeOf(usePath());
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="sheet" onClose={close} aria-label="All places" onClick={event => {
      if (event.target === dialog.current || (event.target as Element).closest('a') !== null) close();
    }}>
      <nav aria-label="All places">
        {PLACES.map(group => (
          <div key={group.name}>
            <h2>{group.name}</h2>
            {group.places.filter(place => session !== undefined || !place.isPrivate)
              .map(place => <PlaceLink key={place.to} place={place} here={here} />)}
          </div>
        ))}
        <div className="row spread">
          <ThemeChoice />
          {session !== undefined && <Button look="plain" icon="exit" onClick={leave}>Sign out</Button>}
        </div>
      </nav>
    </dialog>
  );
}
