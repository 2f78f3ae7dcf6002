// What providers are said to be, in words and marks that are the same on every page.
import type { ReactElement } from 'react';
import type { ProviderView } from '~/api/providers';
import type { HardwareView } from '~/api/views';
import { share } from '~/app/words';
import { Ago, Badge } from '~/design/parts';
import '~/design/chart.css';

export function OnlineBadge({ of }: { readonly of: Pick<ProviderView, 'online' | 'since'> }): ReactElement {
  return (
    <span className="row">
      <Badge tone={of.online ? 'good' : ''}>{of.online ? 'Online' : 'Offline'}</Badge>
      <span className="faint small since"><Ago at={of.since} /></span>
    </span>
  );
}

export function toneOfScore(ppm: number): 'good' | 'warn' | 'bad' {
  return ppm >= 900_000 ? 'good' : ppm >= 500_000 ? 'warn' : 'bad';
}

export function Score({ ppm, frauds = 0 }: { readonly ppm: number; readonly frauds?: number }): ReactElement {
  return (
    <span className="num">
      <span className={`meter ${frauds > 0 ? 'bad' : toneOfScore(ppm)}`} aria-hidden="true"><i style={{ width: `${ppm / 10_000}%` }} /></span>
      {share(ppm)}
    </span>
  );
}

export function memoryText(mib: number): string {
  return mib >= 1024 && mib % 1024 === 0 ? `${mib / 1024} GiB` : mib >= 10_240 ? `${(mib / 1024).toFixed(1)} GiB` : `${mib} MiB`;
}

export function cpuText(millis: number): string {
  return `${millis / 1_000} CPU${millis === 1_000 ? '' : 's'}`;
}

export function hardwareText(of: HardwareView): string {
  const gpu = of.gpu_count === 0 ? [] : [`${of.gpu_count} × ${of.gpu_model}, ${memoryText(of.gpu_memory_mib)}`];
  return [...gpu, cpuText(of.cpu_millis), memoryText(of.memory_mib), `${memoryText(of.disk_mib)} disk`].join(' · ');
}

/** `FoundSame` as `found same`, `images.allowed` as it is. */
export function plain(word: string): string {
  return word.includes('.') ? word : word.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
