// The frame of the pages about one's own provider: which one it is, and what to do where there is none yet.
import { useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useProvider, type Again, type EarningsWindow, type ProviderDetail } from '~/api/providers';
import { short } from '~/app/words';
import { Button, Copy, PageHead, Panel } from '~/design/parts';
import { Empty, Fault, FaultBar, Loading, toldBy } from '~/design/states';
import { useSession } from '~/session/session';
import { ProviderFeed, useProviders } from '../list/feed';
import { OnlineBadge } from '../words';
import { choose, useMine } from './choice';
import '../provider.css';

export interface MineProps {
  readonly title: string;
  readonly window?: EarningsWindow;
  readonly actions?: ReactNode;
  readonly children: (detail: ProviderDetail, of: Again<ProviderDetail>) => ReactElement;
  /** For one that has never offered anything; what to do to become one is shown then in any case. */
  readonly orElse?: (address: string, again: () => void) => ReactElement;
}

export function Mine({ title, window = '7d', actions, children, orElse }: MineProps): ReactElement {
  const { address, isChosen } = useMine();
  const found = useProvider(address, window);
  const [isChoosing, setChoosing] = useState(false);
  const isNone = found.error !== undefined && toldBy(found.error).code === 'provider.unknown';
  const detail = found.data?.provider.address === address ? found.data : undefined;
  return (
    <>
      <PageHead
        title={title} lead={detail === undefined ? undefined : (
          <span className="row wrapping">
            <OnlineBadge of={detail.provider} />
            <code>{short(detail.provider.address, 8, 6)}</code><Copy text={detail.provider.address} name="Copy the address" />
            <button type="button" className="link small" onClick={() => setChoosing(!isChoosing)} aria-expanded={isChoosing}>
              {isChosen ? 'chosen by you; change' : 'another provider'}
            </button>
          </span>
        )}
        actions={actions}
      />
      {isChoosing && <Picker done={() => setChoosing(false)} />}
      {detail !== undefined && found.error !== undefined && <FaultBar error={found.error} again={found.again} />}
      {detail !== undefined ? children(detail, found)
        : isNone && address !== undefined ? <div className="stack">{orElse?.(address, found.again)}<None /></div>
          : found.error !== undefined ? <Fault error={found.error} again={found.again} /> : <Loading rows={8} />}
    </>
  );
}

function None(): ReactElement {
  const command = `stun provider start --hub ${location.origin}`;
  return (
    <div className="stack">
      <section className="panel">
        <Empty icon="server" title="No provider of yours yet">
          On the machine that is to earn, run the command below. Its key is its name here: sign in with a wallet that holds it, or
          choose one of those that are known.
        </Empty>
        <footer className="row spread"><code className="wrap">{command}</code><Copy text={command} name="Copy the command" /></footer>
      </section>
      <Picker done={() => undefined} />
    </div>
  );
}

const SHOWN_MAX = 200;

function Picker({ done }: { readonly done: () => void }): ReactElement {
  const session = useSession();
  const feed = useMemo(() => new ProviderFeed(), [session]);
  const now = useProviders(feed);
  const { address, isChosen } = useMine();
  const pick = (next: string | undefined) => {
    choose(next);
    done();
  };
  return (
    <Panel
      title="Choose a provider" isFlush
      aside={isChosen && <Button size="small" look="plain" onClick={() => pick(undefined)}>Back to your own</Button>}
    >
      {now.at === 0 ? now.error === undefined ? <Loading rows={4} /> : <Fault error={now.error} again={() => void feed.load()} />
        : now.providers.length === 0 ? <Empty icon="server" title="Nobody is known here yet" />
          : (
            <div className="picker">
              {now.providers.slice(0, SHOWN_MAX).map(each => (
                <button key={each.address} type="button" onClick={() => pick(each.address)} aria-pressed={each.address === address}>
                  <code>{short(each.address, 8, 6)}</code><span className="muted">{each.regions.join(', ')}</span>
                  <OnlineBadge of={each} />
                </button>
              ))}
            </div>
          )}
    </Panel>
  );
}
