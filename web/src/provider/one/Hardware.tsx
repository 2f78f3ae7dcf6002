// What it sells, and what its machine measured of itself.
import type { ReactElement } from 'react';
import type { CapabilityView, ProviderDetail } from '~/api/providers';
import type { OfferView } from '~/api/views';
import { bytes } from '~/app/words';
import { Ago, Amount, Facts, Panel } from '~/design/parts';
import { Empty } from '~/design/states';
import { cpuText, hardwareText, memoryText } from '../words';

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

export function Measured({ of }: { readonly of: ProviderDetail['capability'] }): ReactElement {
  return (
    <Panel title="Measured" aside={of && <span className="faint small">signed <Ago at={of.measured_at} /></span>} isFlush={!of}>
      {of
        ? <MeasuredFacts of={of} />
        : <Empty icon="chart" title="No record shown">It has not shown a signed record of what its machine measured. Offers say what it promises.</Empty>}
    </Panel>
  );
}

function MeasuredFacts({ of }: { readonly of: CapabilityView }): ReactElement {
  const speed = (rate: number) => `${bytes(rate)}/s`;
  const { figures } = of;
  const measured = (name: string, value: number | null | undefined, text: (value: number) => string) => (
    !!value && [name, text(value)] as const);
  return (
    <Facts of={[
      ['Processor', `${of.cpu_model === '' ? 'unnamed' : of.cpu_model}, ${cpuText(of.cpu_millis)}`],
      ['Memory', memoryText(of.memory_mib)],
      ['Disk', memoryText(of.disk_mib)],
      ...of.gpus.map((gpu, at) => [
        of.gpus.length === 1 ? 'GPU' : `GPU ${at + 1}`,
        `${gpu.model}, ${memoryText(gpu.memory_mib)}, capability ${gpu.compute_capability}${gpu.is_mig ? ', a slice' : ''}`,
      ] as const),
      ['Trusted execution', of.tees.length === 0 ? 'none' : of.tees.join(', ')],
      measured('Memory, copying', figures.memory_bytes_per_second, speed),
      measured('SHA-256', figures.sha256_bytes_per_second, speed),
      measured('SHA-256, one core', figures.sha256_bytes_per_second_one_core, speed),
      measured('Arithmetic', figures.float_operations_per_second, value => `${(value / 1e9).toFixed(1)} GFLOP/s`),
      measured('Disk, writing', figures.disk_write_bytes_per_second, speed),
      measured('Disk, reading', figures.disk_read_bytes_per_second, speed),
      measured('Disk, here and there', figures.disk_random_reads_per_second, value => `${Math.round(value).toLocaleString('en')} reads/s`),
      measured('GPU memory, verified', figures.gpu_memory_bytes_verified, bytes),
      measured('GPU memory, filling', figures.gpu_fill_bytes_per_second, speed),
    ]} />
  );
}
