// What the task may cost, from what is on offer now; asked for anew a moment after the draft has changed.
import { useEffect, useState, type ReactElement } from 'react';
import type { Estimate, TaskRequest } from 'stun-sdk';
import { moneyText } from '~/app/words';
import { Amount, Facts, Panel } from '~/design/parts';
import { FaultBar, Loading } from '~/design/states';
import { stun } from '~/session/session';
import { reasonText } from '../tasks/states';

export function Estimated({ request }: { readonly request: TaskRequest | undefined }): ReactElement {
  const [now, setNow] = useState<{ readonly estimate?: Estimate; readonly error?: unknown }>({});
  const [isFresh, setFresh] = useState(false);
  const name = request === undefined ? '' : nameOf(request);
  useEffect(() => {
    if (request === undefined) return undefined;
    const ends = new AbortController();
    setFresh(false);
    const timer = setTimeout(() => {
      void (async () => {
        try {
          const estimate = await (await stun()).estimate(request, { signal: ends.signal });
          setNow({ estimate });
          setFresh(true);
        } catch (error) {
          if (!ends.signal.aborted) setNow({ error });
        }
      })();
    }, 300);
    return () => {
      clearTimeout(timer);
      ends.abort();
    };
    // The name says all that the estimate depends on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name]);
  return (
    <Panel title="What it may cost">
      {request === undefined ? <p className="muted small">Something in the form is no number: the estimate follows when it is.</p>
        : now.error !== undefined ? <FaultBar error={now.error} />
          : now.estimate === undefined ? <Loading rows={3} />
            : <div className={isFresh ? '' : 'aging'}><Told of={now.estimate} limit={request.priceLimit} /></div>}
    </Panel>
  );
}

/** The deadline changes with every moment, and changes no price. */
function nameOf(request: TaskRequest): string {
  return JSON.stringify({ ...request, deadline: undefined }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function Told({ of, limit }: { readonly of: Estimate; readonly limit: TaskRequest['priceLimit'] }): ReactElement {
  const refusals = Object.entries(of.refusals);
  return (
    <div className="stack">
      {of.priceMin === undefined
        ? (
          <p className="note-bar warn small">
            {of.offers === 0 ? 'No provider offers what is asked for. The task would wait for one.'
              : `${of.attemptsMin} different providers are needed, and ${of.offers} ${of.offers === 1 ? 'offers' : 'offer'} it. The task would wait.`}
          </p>
        )
        : (
          <div>
            <div className="price num">
              {moneyText(of.priceExpected ?? of.priceMin)}
              {of.priceMax !== undefined && of.priceMax !== of.priceMin && (
                <small> from {moneyText(of.priceMin)} to {moneyText(of.priceMax)}</small>
              )}
            </div>
            <p className="faint small">if each run lasts as long as it may; what is not used comes back</p>
          </div>
        )}
      <Facts of={[
        ['Providers that fit', of.offers],
        ['Runs', of.attemptsMin === of.attemptsMax ? of.attemptsMin : `${of.attemptsMin} to ${of.attemptsMax}`],
        limit !== undefined && ['Held at once', <Amount of={BigInt(limit)} />],
        refusals.length > 0 && ['Do not fit', refusals.map(([reason, count]) => `${reasonText(reason)} (${count})`).join(', ')],
      ]} />
      {!of.sufficient && of.priceMin !== undefined && (
        <p className="note-bar warn small">
          The price limit is too low for its places.{of.priceLimitLeast !== undefined && <> It takes {moneyText(of.priceLimitLeast)} now.</>}
        </p>
      )}
    </div>
  );
}
