/** The server's API as the page uses it. */

import type { Mover, TokenInfluence } from '../../lib/model/influence.js';

export type { Mover };

export interface Token {
  readonly index: number;
  readonly text: string;
  readonly logprob: number;
  readonly influence: TokenInfluence | null;
}

export interface ReplyFigures {
  readonly region: string | null;
  readonly influence: { mean_kl: number; max_kl: number; flips: number } | null;
  readonly remembered: number | null;
  readonly recalled: readonly Memory[];
  readonly forgotten: readonly number[];
}

export interface Memory {
  readonly id: number;
  readonly text: string;
  readonly speaker: string;
  readonly tags: readonly string[];
  readonly time: number;
}

export interface BrainFigures {
  readonly memories: number;
  readonly tags: readonly { tag: string; count: number }[];
  readonly bytes: number;
  readonly sprayNorm: number;
  readonly drift: number;
}

/** A night or an extraction, running or over. */
export interface Job {
  readonly id: string;
  readonly kind: 'sleep' | 'engram';
  readonly status: 'running' | 'done' | 'failed' | 'aborted';
  readonly progress: { readonly phase: string; readonly fraction: number } | null;
  readonly error: { readonly message: string } | null;
}

interface Change {
  readonly before: number;
  readonly after: number;
}

/** What a night did: losses in nats per token of an answer, the anchor's as perplexity. */
export interface NightReport {
  readonly exchanges: number;
  readonly told: Change;
  readonly reworded: Change;
  readonly unseen: Change;
  readonly anchor: Change;
  readonly exactTold: number;
  readonly exactReworded: number;
  readonly keys: number;
  readonly seconds: number;
}

export interface Night {
  readonly id: number;
  readonly time: number;
  readonly memories: number;
  readonly bytes: number;
  readonly report: NightReport;
}

export interface Engram {
  readonly name: string;
  readonly time: number;
  readonly bytes: number;
  readonly weight: number;
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A request that the server refused, in its words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const KEY = 'graffiti-api-key';

export function keepKey(key: string): void {
  sessionStorage.setItem(KEY, key);
}

async function call(path: string, method = 'GET', body?: object, signal?: AbortSignal) {
  const key = sessionStorage.getItem(KEY);
  const response = await fetch(path, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) {
    const failure = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
    throw new Refused(response.status, failure.error?.message ?? response.statusText);
  }
  return response;
}

async function json<Result>(...asked: Parameters<typeof call>): Promise<Result> {
  return (await (await call(...asked)).json()) as Result;
}

const brainPath = (brain: string) => `/v1/graffiti/brains/${encodeURIComponent(brain)}`;

export const api = {
  model: async () => (await json<{ data: { id: string }[] }>('/v1/models')).data[0]!.id,
  brains: async () =>
    (await json<{ data: { id: string }[] }>('/v1/graffiti/brains')).data.map(({ id }) => id),
  figures: (brain: string) => json<BrainFigures>(brainPath(brain)),
  memories: async (brain: string) =>
    (await json<{ data: Memory[] }>(`${brainPath(brain)}/memories?limit=1000`)).data,
  search: async (brain: string, query: string) =>
    (await json<{ data: Memory[] }>(`${brainPath(brain)}/search`, 'POST', { query, limit: 20 }))
      .data,
  tell: (brain: string, text: string, tags: readonly string[]) =>
    json<Memory>(`${brainPath(brain)}/memories`, 'POST', { text, tags }),
  forget: (brain: string, id: number) => json(`${brainPath(brain)}/memories/${id}`, 'DELETE'),
  sleep: (brain: string) => json<Job>(`${brainPath(brain)}/sleep`, 'POST', {}),
  nights: async (brain: string) =>
    (await json<{ data: Night[] }>(`${brainPath(brain)}/nights`)).data,
  undoNight: (brain: string) => json<Night>(`${brainPath(brain)}/nights/undo`, 'POST'),
  engrams: async (brain: string) =>
    (await json<{ data: Engram[] }>(`${brainPath(brain)}/engrams`)).data,
  extract: (
    brain: string,
    wanted: { name: string; target: { prompt: string; answer: string }[]; forgetting: number },
  ) => json<Job>(`${brainPath(brain)}/engrams`, 'POST', wanted),
  setWeights: (brain: string, weights: readonly { name: string; weight: number }[]) =>
    json(`${brainPath(brain)}/engrams/weights`, 'PUT', { weights }),
  removeEngram: (brain: string, name: string) =>
    json(`${brainPath(brain)}/engrams/${encodeURIComponent(name)}`, 'DELETE'),
  jobs: async (brain: string) => (await json<{ data: Job[] }>(`${brainPath(brain)}/jobs`)).data,
  job: (id: string) => json<Job>(`/v1/graffiti/jobs/${id}`),
  abortJob: (id: string) => json<Job>(`/v1/graffiti/jobs/${id}`, 'DELETE'),
  setStrength: (reply: string, strength: number) =>
    json(`/v1/graffiti/replies/${reply}`, 'PATCH', { strength }),
};

/** One event of a streamed reply. */
export interface ReplyChunk {
  readonly id: string;
  readonly error?: { readonly message: string };
  readonly choices?: readonly { readonly delta: { readonly content?: string | null } }[];
  readonly graffiti?: Partial<ReplyFigures> & { readonly tokens?: readonly Token[] };
}

/** Streams the reply to a conversation. */
export async function* streamReply(
  model: string,
  messages: readonly Message[],
  graffiti: { readonly brain: string; readonly strength: number },
  signal: AbortSignal,
): AsyncGenerator<ReplyChunk> {
  const body = { model, messages, stream: true, graffiti: { ...graffiti, influence: true } };
  const response = await call('/v1/chat/completions', 'POST', body, signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (buffered + value).split('\n\n');
    buffered = events.pop()!;
    for (const event of events) {
      const data = event.replace(/^data: /, '');
      if (data !== '[DONE]') yield JSON.parse(data) as ReplyChunk;
    }
  }
}
