// What it sells.
import type { ReactElement } from 'react';
import type { OfferView } from '~/api/views';
import { Ago, Amount, Panel } from '~/design/parts';
import { Empty } from '~/design/states';
import { hardwareText } from '../words';

export function Offers({ of }: { readonly of: readonly OfferView[] }): ReactElement {
  return (
    <Panel title="Offers" isFlush>
      {of.length === 0
        ? <Empty icon="tag" title="Nothing on offer">An offer counts while its provider is online and its stake is at the escrow.</Empty>
        : (
          <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
            <table className="table">
              <thead><tr><th>Hardware</th><th>Region</th><th className="end">Price per s</th><th className="end">Posted</th></tr></thead>
              <tbody>
                {of.map(offer => (
                  <tr key={offer.id}>
                    <td>{hardwareText(offer.hardware)}</td>
                    <td><span className="tag">{offer.region}</span></td>
                    <td className="end"><Amount of={offer.price_per_second} /></td>
                    <td className="end"><Ago at={offer.posted_at} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </Panel>
  );
}
