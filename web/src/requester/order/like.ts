// A form that begins as another task was ordered, and the images that were used before.
import { useMemo } from 'react';
import { useQuery } from '~/live/query';
import { stun } from '~/session/session';
import { BLANK, lineOf, type Draft } from './draft';

interface OrderForm {
  readonly image?: string | null;
  readonly model?: string | null;
  readonly command?: readonly string[] | null;
  readonly inputs?: readonly { readonly name: string; readonly digest: string; readonly size: number }[] | null;
  readonly outputs?: readonly string[] | null;
  readonly resources?: Readonly<Record<string, number | string | readonly string[] | null>> | null;
  readonly verification?: { readonly kind?: string; readonly rate_ppm?: number; readonly agreeing?: number; readonly attempts?: number } | null;
  readonly comparator?: { readonly kind?: string; readonly relative_ppb?: number; readonly distance_ppm?: number } | null;
  readonly run_time_max_seconds?: number | null;
  readonly price_limit?: string | null;
}

interface Begun {
  readonly draft: Draft;
  readonly note: string | undefined;
}

/** Undefined while the other task's order is fetched. */
export function useDraftLike(like: string | undefined, model: string | undefined): Begun | undefined {
  const task = like !== undefined && /^[0-9a-f]{32}$/i.test(like) ? like : undefined;
  const order = useQuery(
    task === undefined ? undefined : `order ${task}`,
    async signal => (await stun()).request<{ readonly order: OrderForm }>('GET', ['tasks', task!, 'order'], { signal }));
  return useMemo(() => {
    if (task === undefined)
      return { draft: model === undefined ? { ...BLANK, image: rememberedImages()[0] ?? '' } : { ...BLANK, work: 'model', model }, note: undefined };
    if (order.data !== undefined) return { draft: draftOf(order.data.order), note: `As task ${task.slice(0, 8)} was ordered.` };
    if (order.error !== undefined) return { draft: BLANK, note: 'The order of that task cannot be read here: the form is empty.' };
    return undefined;
  }, [task, model, order.data, order.error]);
}

function draftOf(order: OrderForm): Draft {
  const needs = order.resources ?? {};
  const { verification, comparator } = order;
  const text = (value: unknown, usual: string) => (value === undefined || value === null ? usual : String(value));
  const check = verification?.kind === 'none' || verification?.kind === 'audit' ? verification.kind : 'redundant';
  const kind = comparator?.kind;
  return {
    ...BLANK, work: order.model == null ? 'image' : 'model', image: order.image ?? '', model: order.model ?? '',
    command: lineOf(order.command ?? []), inputs: order.inputs ?? [], outputs: (order.outputs ?? []).join(' '),
    cpu: text(Number(needs['cpu_millis'] ?? 1_000) / 1_000, '1'), memory: text(needs['memory_mib'], BLANK.memory),
    disk: text(needs['disk_mib'], BLANK.disk), gpus: text(needs['gpu_count'], '0'),
    gpuMemory: needs['gpu_memory_mib'] ? String(needs['gpu_memory_mib']) : '',
    regions: Array.isArray(needs['regions']) ? needs['regions'].join(' ') : '', check,
    auditShare: text((verification?.rate_ppm ?? 50_000) / 10_000, '5'), agreeing: text(verification?.agreeing, '2'),
    attempts: text(verification?.attempts, '3'),
    comparator: kind === 'json' || kind === 'numeric' || kind === 'histogram' ? kind : 'bytes',
    distance: text((comparator?.distance_ppm ?? 10_000) / 10_000, '1'), tolerance: text((comparator?.relative_ppb ?? 10_000) / 1e7, '0.001'),
    runTime: text(order.run_time_max_seconds, BLANK.runTime), priceLimit: text(order.price_limit, BLANK.priceLimit),
  };
}

const IMAGES = 'stun.images';

export function rememberedImages(): readonly string[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(IMAGES) ?? '[]');
    return Array.isArray(known) ? known.filter(each => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberImage(image: string): void {
  try {
    localStorage.setItem(IMAGES, JSON.stringify([image, ...rememberedImages().filter(each => each !== image)].slice(0, 8)));
  } catch {
    // Then it is typed again.
  }
}
