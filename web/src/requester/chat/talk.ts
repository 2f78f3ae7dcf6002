// One question to a model and its answer as it comes: the door for models, as any other program would use it.
import { stun } from '~/session/session';

export interface Word {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface Asked {
  readonly model: string;
  readonly words: readonly Word[];
  readonly temperature: number;
  readonly tokensMax: number | undefined;
}

/** What is known of an answer when it has ended. */
export interface Told {
  readonly provider: string | undefined;
  readonly task: string | undefined;
  readonly verification: string | undefined;
  readonly tokensIn: number | undefined;
  readonly tokensOut: number | undefined;
  readonly firstMs: number;
  readonly allMs: number;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
  readonly error?: { readonly message?: string; readonly code?: string };
}

/** An answer that broke: what came before it stays. */
export class BrokenAnswer extends Error {
  readonly cure = 'What broke is free. Ask again.';
  constructor(readonly code: string, readonly detail: string) {
    super(detail);
  }
}

const LINE_MAX = 1 << 20;

export async function talk(asked: Asked, said: (text: string) => void, signal: AbortSignal): Promise<Told> {
  const begun = performance.now();
  let firstMs = 0;
  let usage: Chunk['usage'];
  let isDone = false;
  const coming = await (await stun()).stream('POST', ['chat', 'completions'], {
    document: {
      model: asked.model, messages: asked.words, stream: true, stream_options: { include_usage: true }, temperature: asked.temperature,
      ...(asked.tokensMax === undefined ? {} : { max_tokens: asked.tokensMax }),
    },
    signal,
  });
  for await (const line of linesOf(coming.pieces)) {
    if (!line.startsWith('data:')) continue;
    const data = line.slice(5).trim();
    if (data === '[DONE]') {
      isDone = true;
      break;
    }
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error !== undefined) throw new BrokenAnswer(chunk.error.code ?? 'model.broken', chunk.error.message ?? 'The answer broke.');
    usage = chunk.usage ?? usage;
    const text = chunk.choices?.[0]?.delta?.content;
    if (text != null && text !== '') {
      firstMs ||= performance.now() - begun;
      said(text);
    }
  }
  if (!isDone) throw new BrokenAnswer('model.broken', 'The answer ended before it was whole.');
  const header = (name: string) => coming.headers.get(name) ?? undefined;
  return {
    provider: header('stun-provider'), task: header('stun-task'), verification: header('stun-verification'),
    tokensIn: usage?.prompt_tokens, tokensOut: usage?.completion_tokens, firstMs, allMs: performance.now() - begun,
  };
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop()!;
    if (rest.length > LINE_MAX) throw new BrokenAnswer('model.broken', 'A line of the answer is longer than any that is one.');
    yield* lines;
  }
  if (rest !== '') yield rest;
}
