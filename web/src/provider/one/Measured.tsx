// What others measured of its work, and what it measured of itself beside what it claims.
import type { ReactElement } from 'react';
import type { CapabilityView, ProviderDetail, WorkRecordView } from '~/api/providers';
import type { Distribution } from '~/api/statistics';
import type { HardwareView, OfferView } from '~/api/views';
import { bytes, count, share, spanOf } from '~/app/words';
import { Ago, Badge, Facts, Panel } from '~/design/parts';
import { Empty } from '~/design/states';
import { cpuText, memoryText } from '../words';

export function Measured({ of }: { readonly of: ProviderDetail }): ReactElement {
  return (
    <>
      <WorkRecord of={of.work} />
      <Machine offers={of.offers} of={of.capability ?? undefined} />
    </>
  );
}

function WorkRecord({ of }: { readonly of: WorkRecordView }): ReactElement {
  const nothing = of.delivered + of.verified + of.unchecked + of.frauds + of.disagreements + of.program_failures === 0;
  return (
    <Panel
      title="Measured record" isFlush={nothing} aside={<span className="faint small">last seen <Ago at={of.last_seen} /></span>}
      footer="From tasks that really ran, by the network’s own clock. Run times are what receipts state, and never more than was waited."
    >
      {nothing
        ? <Empty icon="chart" title="Nothing measured yet">Its first task begins its record. Until then there is only what it claims.</Empty>
        : <Facts of={[...timesOf(of), ...findingsOf(of)]} />}
    </Panel>
  );
}

type Fact = readonly [string, ReactElement | string] | false;

function timesOf(of: WorkRecordView): readonly Fact[] {
  return [
    of.delivery.count > 0 && ['Lease to result', <Times key="delivery" of={of.delivery} />],
    of.overhead.count > 0 && ['Of that not running', <Times key="overhead" of={of.overhead} />],
    of.delivered > 0 && ['Run time delivered', `${spanOf(of.run_micros / 1_000)} in ${count(of.delivered)} ${of.delivered === 1 ? 'result' : 'results'}`],
    !!of.comparison && ['Same tasks as others', `${pace(of.comparison.time_ppm)}, ${count(of.comparison.count)} compared`],
    of.online_ppm != null && ['Online', <>{share(of.online_ppm)} of the time since <Ago key="from" at={of.watched_from} /></>],
  ];
}

function findingsOf(of: WorkRecordView): readonly Fact[] {
  return [
    ['Found right', count(of.verified)],
    of.unchecked > 0 && ['Paid unchecked', count(of.unchecked)],
    of.frauds > 0 && ['Found wrong', <Badge key="frauds" tone="bad">{count(of.frauds)}</Badge>],
    of.disagreements > 0 && ['Outvoted by others', count(of.disagreements)],
    of.program_failures > 0 && ['Failed in the program', count(of.program_failures)],
  ];
}

function Times({ of }: { readonly of: Distribution }): ReactElement {
  const at = (micros: number | null | undefined) => micros == null ? '–' : spanOf(micros / 1_000);
  return <span className="num">{at(of.p50_micros)} <span className="faint">half,</span> {at(of.p95_micros)} <span className="faint">95 of 100</span></span>;
}

/** `1.25 times as fast as others` from the time it took in parts per million of theirs. */
function pace(ppm: number): string {
  if (ppm >= 980_000 && ppm <= 1_020_000) return 'as fast as others';
  return ppm < 1e6 ? `${(1e6 / Math.max(1, ppm)).toFixed(2)} times as fast` : `${(ppm / 1e6).toFixed(2)} times as slow`;
}

function Machine({ offers, of }: { readonly offers: readonly OfferView[]; readonly of: CapabilityView | undefined }): ReactElement {
  return (
    <Panel
      title="Claims and its own measurements" isFlush aside={of && <span className="faint small">signed <Ago at={of.measured_at} /></span>}
      footer={of && 'Its own word, signed: nobody has checked it, and a machine can measure another.'}
    >
      {of
        ? <><Beside offers={offers} of={of} /><div className="body"><Facts of={ratesOf(of)} /></div></>
        : <Empty icon="chart" title="No record shown">It has not shown a signed record of what its machine measured. Offers say what it promises.</Empty>}
    </Panel>
  );
}

/** All offers of a provider can be sold at once: together they claim so much. */
function Beside({ offers, of }: { readonly offers: readonly OfferView[]; readonly of: CapabilityView }): ReactElement {
  const sum = (part: (hardware: HardwareView) => number) => offers.reduce((all, offer) => all + part(offer.hardware), 0);
  const rows = [
    ['Processors', sum(each => each.cpu_millis), of.cpu_millis, cpuText],
    ['Memory', sum(each => each.memory_mib), of.memory_mib, memoryText],
    ['Disk', sum(each => each.disk_mib), of.disk_mib, memoryText],
    ['GPUs', sum(each => each.gpu_count), of.gpus.length, String],
  ] as const;
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label="Table">
      <table className="table">
        <thead><tr><th>Hardware</th><th className="end">Offers claim</th><th className="end">Its machine shows</th></tr></thead>
        <tbody>
          {rows.map(([name, claimed, shown, text]) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="end">{offers.length === 0 ? '–' : text(claimed)} {claimed > shown && <Badge tone="warn">more than shown</Badge>}</td>
              <td className="end">{text(shown)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ratesOf(of: CapabilityView): readonly Fact[] {
  const speed = (rate: number) => `${bytes(rate)}/s`;
  const { figures } = of;
  const measured = (name: string, value: number | null | undefined, text: (value: number) => string): Fact => !!value && [name, text(value)];
  return [
    ['Processor', of.cpu_model === '' ? 'unnamed' : of.cpu_model],
    ...of.gpus.map((gpu, at): Fact => [
      of.gpus.length === 1 ? 'GPU' : `GPU ${at + 1}`,
      `${gpu.model}, ${memoryText(gpu.memory_mib)}, capability ${gpu.compute_capability}${gpu.is_mig ? ', a slice' : ''}`,
    ]),
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
  ];
}
