import { setTimeout } from 'node:timers/promises';

/** What the clients of one server saw. */
export interface LoadOnServer {
  readonly replies: number;
  readonly tokens: number;
  /** Of all prompts together. */
  readonly promptTokens: number;
  readonly tokensPerSecond: number;
  /** From the request to the first token, ms. */
  readonly firstToken: { readonly p50: number; readonly p99: number };
  /** 429, after which a client waits as long as it is told. */
  readonly refused: number;
  /** Other statuses, broken streams, errors in mid-stream. */
  readonly failed: number;
  /** Replies from another brain than was asked for. */
  readonly wrongBrain: number;
  /** Replies with another number of chunks than tokens. */
  readonly wrongCount: number;
  readonly seconds: number;
}

export interface LoadShape {
  readonly clients: number;
  readonly brains: number;
  readonly seconds: number;
  readonly tokens: number;
  /** False: strength 0, nothing told and nothing recalled. */
  readonly memory: boolean;
}

const TOPICS = ['my dog', 'the garden', 'a book', 'the sea', 'my sister', 'music', 'tea', 'snow'];

interface Chunk {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly delta: { readonly role?: string; readonly content?: string | null };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly graffiti?: { readonly brain?: string };
}

/** Puts `clients` clients on a server; each streams one reply after the other for `seconds`. */
export async function loadServer(
  address: string,
  { clients, brains, seconds, tokens, memory }: LoadShape,
  onProgress: (fraction: number) => void,
): Promise<LoadOnServer> {
  const models = (await (await fetch(`${address}/v1/models`)).json()) as { data: { id: string }[] };
  const model = models.data[0]!.id;
  const first: number[] = [];
  const sum = {
    ...{ replies: 0, tokens: 0, promptTokens: 0 },
    ...{ refused: 0, failed: 0, wrongBrain: 0, wrongCount: 0 },
  };
  const begun = performance.now();
  const over = () => performance.now() - begun >= seconds * 1000;
  const client = async (number: number) => {
    const brain = `brain-${number % brains}`;
    for (let turn = 0; !over(); turn++) {
      const topic = TOPICS[(number + turn) % TOPICS.length]!;
      const content = `Client ${number} says for the time ${turn}: tell me about ${topic}.`;
      const asked = performance.now();
      const body = {
        ...{ model, user: brain, stream: true, stream_options: { include_usage: true } },
        ...{ max_tokens: tokens, messages: [{ role: 'user', content }] },
        ...(memory ? {} : { graffiti: { strength: 0, remember: false, recall: false } }),
      };
      const response = await fetch(`${address}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).catch(() => undefined);
      if (!response) {
        sum.failed++; // a connection that was kept alive, and then was not
        continue;
      }
      if (response.status === 429) {
        sum.refused++;
        await response.text();
        await setTimeout(1000 * Number(response.headers.get('retry-after') ?? 1));
        continue;
      }
      if (!response.ok) {
        sum.failed++;
        await response.text();
        continue;
      }
      await readReply(response, brain, () => first.push(performance.now() - asked));
      onProgress(Math.min(1, (performance.now() - begun) / (seconds * 1000)));
    }
  };
  const readReply = async (response: Response, brain: string, onFirst: () => void) => {
    let chunks = 0;
    let usage: Chunk['usage'];
    let failed = false;
    for await (const chunk of eventsOf(response)) {
      if (chunk.error !== undefined) failed = true;
      const choice = chunk.choices?.[0];
      if (choice && choice.delta.role === undefined && choice.finish_reason === null) {
        if (chunks === 0) onFirst();
        chunks++;
      }
      usage = chunk.usage ?? usage;
      const replied = chunk.graffiti?.brain; // another server knows no brains
      if (replied !== undefined && replied !== brain) sum.wrongBrain++;
    }
    sum.replies++;
    const counted = usage?.completion_tokens ?? chunks;
    sum.tokens += counted;
    sum.promptTokens += usage?.prompt_tokens ?? 0;
    if (failed || !usage) sum.failed++;
    // A character cut in two by the end of the reply comes as a chunk of its own.
    else if (chunks !== counted && chunks !== counted + 1) sum.wrongCount++;
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  const took = (performance.now() - begun) / 1000;
  first.sort((one, other) => one - other);
  const quantile = (share: number) => first[Math.floor(share * (first.length - 1))] ?? NaN;
  return {
    ...sum,
    tokensPerSecond: sum.tokens / took,
    firstToken: { p50: quantile(0.5), p99: quantile(0.99) },
    seconds: took,
  };
}

async function* eventsOf(response: Response): AsyncGenerator<Chunk> {
  let buffered = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body!) {
    const events = (buffered + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n\n');
    buffered = events.pop()!;
    for (const event of events) {
      if (!event.startsWith('data: ') || event === 'data: [DONE]') continue;
      yield JSON.parse(event.slice('data: '.length)) as Chunk;
    }
  }
}
