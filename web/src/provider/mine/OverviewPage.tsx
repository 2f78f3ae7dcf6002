import { useState, type ReactElement } from 'react';
import type { EarningsWindow } from '~/api/providers';
import { ButtonLink } from '~/design/parts';
import { AlertsPanel } from '../alerts/AlertsPanel';
import { Earnings } from '../one/Earnings';
import { Measured } from '../one/Measured';
import { Offers } from '../one/Offers';
import { Refusals, Reputation, Running } from '../one/Record';
import { Summary } from '../one/Summary';
import { Mine } from './Mine';

export function OverviewPage(): ReactElement {
  const [window, setWindow] = useState<EarningsWindow>('7d');
  return (
    <Mine title="Your provider" window={window} actions={<><ButtonLink to="/provider/policy" icon="policy">Policy</ButtonLink><ButtonLink to="/provider/stake" icon="shield">Stake</ButtonLink></>}>
      {detail => (
        <div className="stack">
          <Summary of={detail} />
          <div className="columns">
            <Earnings of={detail} window={window} choose={setWindow} height={220} />
            <AlertsPanel most={4} />
          </div>
          <div className="columns">
            <div className="stack"><Running of={detail} /><Offers of={detail.offers} /><Measured of={detail} /></div>
            <div className="stack"><Reputation of={detail} /><Refusals of={detail} /></div>
          </div>
        </div>
      )}
    </Mine>
  );
}
