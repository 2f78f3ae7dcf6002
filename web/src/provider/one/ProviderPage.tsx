import { useState, type ReactElement } from 'react';
import { useProvider, type EarningsWindow } from '~/api/providers';
import type { Params } from '~/app/router';
import { short } from '~/app/words';
import { Badge, Copy, PageHead } from '~/design/parts';
import { Shown } from '~/design/states';
import { OnlineBadge } from '../words';
import { Earnings } from './Earnings';
import { Measured } from './Measured';
import { Offers } from './Offers';
import { Refusals, Reputation, Running } from './Record';
import { Summary } from './Summary';
import '../provider.css';

export function ProviderPage({ params }: { readonly params: Params }): ReactElement {
  const address = (params['address'] ?? '').toLowerCase();
  const [window, setWindow] = useState<EarningsWindow>('7d');
  const found = useProvider(address, window);
  const provider = found.data?.provider;
  return (
    <>
      <PageHead
        title={`Provider ${short(address, 8, 6)}`} back={{ to: '/network/providers', name: 'Providers' }}
        lead={
          <span className="row wrapping">
            {provider && <OnlineBadge of={provider} />}
            {provider && provider.fraud_count > 0 && <Badge tone="bad">Caught cheating</Badge>}
            <code className="wrap">{address}</code><Copy text={address} name="Copy the address" />
          </span>
        }
      />
      <Shown of={found} rows={9}>
        {detail => (
          <div className="stack">
            <Summary of={detail} />
            <Earnings of={detail} window={window} choose={setWindow} />
            <div className="columns">
              <div className="stack"><Offers of={detail.offers} /><Measured of={detail} /><Refusals of={detail} /></div>
              <div className="stack"><Running of={detail} /><Reputation of={detail} /></div>
            </div>
          </div>
        )}
      </Shown>
    </>
  );
}
