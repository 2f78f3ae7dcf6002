import { useQuery, type Fetched } from '~/live/query';
import { stun } from '~/session/session';

export interface ModelView {
  readonly digest: string;
  readonly name: string;
  readonly format: string;
  readonly file: { readonly digest: string; readonly name: string; readonly size: number };
  readonly creator: string;
  readonly owner: string;
  readonly registered_at: string;
  readonly runner: {
    readonly image: string;
    readonly run: readonly string[];
    readonly serve: readonly string[];
    readonly port: number;
    readonly run_time_max_seconds?: number | null;
  };
  readonly needs: Readonly<Record<string, number | string | null | readonly string[]>>;
}

export interface ModelPage {
  readonly models: readonly ModelView[];
  readonly cursor?: string | null;
}

export function useModels(): Fetched<ModelPage> & { readonly again: () => void } {
  return useQuery('models', async signal => (await stun()).request<ModelPage>('GET', ['registry', 'models'], { query: { limit: 200 }, signal }));
}

/** The names under which models answer questions. */
export interface ServedModels {
  readonly data: readonly { readonly id: string; readonly owned_by?: string }[];
}

export function useServedModels(): Fetched<ServedModels> & { readonly again: () => void } {
  return useQuery('served models', async signal => (await stun()).request<ServedModels>('GET', ['models'], { signal }), { everyMs: 20_000 });
}
