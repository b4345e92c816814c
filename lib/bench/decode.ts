import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { GraffitiModel } from '../graffiti-model.js';
import { packageRoot } from '../native.js';
import { median } from './median.js';

export interface DecodeBenchOptions {
  /** Default: the built-in cortex. */
  readonly model?: string | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Alternating rounds, at least 1. Default 25. */
  readonly rounds?: number | undefined;
  /** Tokens decoded in each. Default 192. */
  readonly tokens?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Tokens per second, medians over the rounds. */
export interface DecodeBench {
  /** A plain C++ loop on the same library. */
  readonly bare: number;
  /** This library with nothing sprayed. */
  readonly off: number;
  /** With a spray, influence not computed. */
  readonly on: number;
  /** With a spray and influence for every token. */
  readonly influence: number;
  /** node-llama-cpp at its best thread count, null when it is not installed beside the caller. */
  readonly nodeLlamaCpp: number | null;
  /** Each the median over the rounds of the ratio within a round: speed drifts on a shared machine. */
  readonly ratios: {
    readonly off: number;
    readonly on: number;
    readonly influence: number;
    /** `on` against node-llama-cpp. */
    readonly peer: number | null;
  };
  readonly model: { name: string; parameters: number; quantisation: string };
  readonly threads: number;
  readonly rounds: number;
  readonly tokens: number;
  /** Every round, in the order it ran. */
  readonly runs: Readonly<Record<string, readonly number[]>>;
}

const PROMPT = 'Tell me a long story about a journey by train.';

/** Decode speed of this library against a plain loop, in alternating rounds of one run. */
export async function benchDecode(options: DecodeBenchOptions = {}): Promise<DecodeBench> {
  const { threads = availableParallelism(), rounds = 25, tokens = 192, onProgress } = options;
  await using model = await GraffitiModel.load({
    ...(options.model === undefined ? {} : { model: options.model }),
    device: 'cpu',
    threads,
    sessions: 1,
  });
  const off = () => decode(model, tokens, { strength: 0, influence: false });
  const on = () => decode(model, tokens, { strength: 1, influence: false });
  const influence = () => decode(model, tokens, { strength: 1, influence: true });
  const bare = () => runBare(model, threads, tokens);
  const peer = await findPeer(model.info.path, tokens);
  const contenders = { bare, off, on, influence, ...(peer ? { nodeLlamaCpp: peer.run } : {}) };
  const runs: Record<string, number[]> = {};
  const total = rounds * Object.keys(contenders).length;
  let done = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      // Another one begins each round, so that none is always the first after another.
      const order = Object.entries(contenders);
      for (const [name, run] of [
        ...order.slice(round % order.length),
        ...order.slice(0, round % order.length),
      ]) {
        (runs[name] ??= []).push(await run());
        onProgress?.(++done, total);
      }
    }
  } finally {
    await peer?.close();
  }
  const speed = (name: string): number => median(runs[name]!);
  const ratio = (name: string, other: string): number =>
    median(runs[name]!.map((value, round) => value / runs[other]![round]!));
  return {
    bare: speed('bare'),
    off: speed('off'),
    on: speed('on'),
    influence: speed('influence'),
    nodeLlamaCpp: peer ? speed('nodeLlamaCpp') : null,
    ratios: {
      off: ratio('off', 'bare'),
      on: ratio('on', 'bare'),
      influence: ratio('influence', 'bare'),
      peer: peer ? ratio('on', 'nodeLlamaCpp') : null,
    },
    model: {
      name: model.info.name,
      parameters: model.info.parameters,
      quantisation: model.info.quantisation,
    },
    threads,
    rounds,
    tokens,
    runs,
  };
}

/** Tokens per second that a consumer iterating the stream sees, after the first token. */
async function decode(
  model: GraffitiModel,
  tokens: number,
  graffiti: { strength: number; influence: boolean },
): Promise<number> {
  await using session = await model.createSession({ graffiti: { ...graffiti, remember: false } });
  await session.tag('I love trains. My brother works at the station by the sea.');
  const never = Object.fromEntries(Array.from(model.info.endTokens, (token) => [token, -1000]));
  let first = 0;
  let last = 0;
  let count = 0;
  for await (const token of session.stream(PROMPT, {
    maxTokens: tokens,
    seed: 1,
    logitBias: never,
  })) {
    last = performance.now();
    if (token.index === 0) first = last;
    count = token.index;
  }
  return count / ((last - first) / 1000);
}

/** The same on the plain loop, in a process of its own. */
async function runBare(model: GraffitiModel, threads: number, tokens: number): Promise<number> {
  const program = join(packageRoot, 'build', 'Release', 'graffiti-bare');
  const prompt = model.loaded.renderChat([{ role: 'user', content: PROMPT }]).tokens.length;
  const { stdout } = await promisify(execFile)(program, [
    '--model',
    model.info.path,
    '--threads',
    String(threads),
    '--tokens',
    String(tokens),
    '--prompt-tokens',
    String(prompt),
    '--runs',
    '1',
    '--json',
  ]);
  const { tokensPerSecond } = JSON.parse(stdout) as { tokensPerSecond: number[] };
  return median(tokensPerSecond);
}

/** The part of node-llama-cpp's interface that is used here. */
interface Peer {
  getLlama(options: object): Promise<{
    loadModel(options: object): Promise<{
      createContext(options: object): Promise<{
        getSequence(): {
          evaluate(tokens: number[], options: object): AsyncIterable<number>;
          clearHistory(): Promise<void>;
        };
        dispose(): Promise<void>;
      }>;
      tokenize(text: string): number[];
      dispose(): Promise<void>;
    }>;
    dispose(): Promise<void>;
  }>;
}

/** node-llama-cpp from the caller's folder, at whichever of 1 and all threads is faster there. */
async function findPeer(
  path: string,
  tokens: number,
): Promise<{ run: () => Promise<number>; close: () => Promise<void> } | undefined> {
  let entry: string;
  try {
    entry = createRequire(join(process.cwd(), 'package.json')).resolve('node-llama-cpp');
  } catch {
    return undefined; // not installed: reported as null
  }
  const { getLlama } = (await import(pathToFileURL(entry).href)) as Peer;
  const llama = await getLlama({ build: 'never', gpu: false, logLevel: 'disabled' });
  const model = await llama.loadModel({ modelPath: path });
  const prompt = model.tokenize(PROMPT);
  const runWith = async (threads: number): Promise<number> => {
    const context = await model.createContext({ contextSize: 512, threads });
    let first = 0;
    let last = 0;
    let count = -1;
    for await (const _token of context.getSequence().evaluate(prompt, {
      temperature: 0.8,
      topK: 40,
      topP: 0.95,
      minP: 0.05,
      yieldEogToken: true,
    })) {
      last = performance.now();
      if (++count === 0) first = last;
      if (count + 1 >= tokens) break;
    }
    await context.dispose();
    return count / ((last - first) / 1000);
  };
  const counts = [...new Set([1, availableParallelism()])];
  const speeds = new Map<number, number>();
  for (const count of counts) speeds.set(count, await runWith(count));
  const best = counts.reduce((one, other) => (speeds.get(other)! > speeds.get(one)! ? other : one));
  return {
    run: () => runWith(best),
    close: async () => {
      await model.dispose();
      await llama.dispose();
    },
  };
}
