import { availableParallelism } from 'node:os';
import { DEFAULT_WEIGHTS, lossOf, writeAdapter } from '../engram/index.js';
import { type AnswerTokens, checkSampling, LoadedModel } from '../model/index.js';
import { median } from './median.js';
import { withRandomModel } from './random-model.js';

export interface EngramBenchOptions {
  /** Default: a model of over 100M random parameters. */
  readonly model?: string | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Alternating rounds. Default 3. */
  readonly rounds?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Medians over the rounds; ratios are medians of the ratio within a round. */
export interface EngramBench {
  /** Tokens of the texts, at most the model's width. */
  readonly tokens: number;
  readonly width: number;
  /** Seconds of an extraction over the texts, and of one forward pass over them. */
  readonly extraction: number;
  readonly forward: number;
  /** Tokens per second of a reply with an adapter of the default rank, and without one. */
  readonly adapted: number;
  readonly plain: number;
  readonly ratios: { readonly extraction: number; readonly decode: number };
  readonly model: { name: string; parameters: number; quantisation: string };
  readonly threads: number;
  readonly rounds: number;
}

const TEXT_TOKENS = 64;
const REPLY_TOKENS = 48;
const RANK = 16;

/** What engrams cost: to extract, beside a forward pass; to run under, beside running without. */
export function benchEngram(options: EngramBenchOptions = {}): Promise<EngramBench> {
  const run = (model: string) => benchModel(model, options);
  return options.model === undefined ? withRandomModel(run) : run(options.model);
}

async function benchModel(path: string, options: EngramBenchOptions): Promise<EngramBench> {
  const { threads = availableParallelism(), rounds = 3, onProgress = () => {} } = options;
  await using model = await LoadedModel.load({ model: path, device: 'cpu', threads, sessions: 1 });
  const { width, vocabulary } = model.info;
  const texts = Array.from(
    { length: Math.floor(width / TEXT_TOKENS) },
    (_, text): AnswerTokens => ({
      // Any words will do: what they cost does not depend on what they say.
      tokens: Int32Array.from(
        { length: TEXT_TOKENS },
        (_word, at) => 3 + ((text * 7919 + at * 104_729) % (vocabulary - 3)),
      ),
      first: 1,
    }),
  );
  const request = {
    target: texts.slice(0, 1),
    rest: texts.slice(1),
    weights: DEFAULT_WEIGHTS,
    method: 'filtered',
    scaling: 'plain',
    rank: RANK,
  } as const;
  const timed = async <Result>(work: () => Promise<Result>): Promise<[Result, number]> => {
    const begun = performance.now();
    return [await work(), (performance.now() - begun) / 1000];
  };
  const runs = { extraction: [], forward: [], adapted: [], plain: [] } as Record<string, number[]>;
  const [layers] = await timed(() => model.extractEngram(request)); // warms up, too
  const adapter = await model.loadAdapter(
    writeAdapter({ architecture: model.info.architecture, tensors: layers, notes: {} }),
  );
  const session = model.openSession();
  for (let round = 0; round < rounds; round++) {
    runs.forward!.push((await timed(() => lossOf(model, texts, null)))[1]);
    runs.extraction!.push((await timed(() => model.extractEngram(request)))[1]);
    model.setAdapter(session, null);
    runs.plain!.push(await speed(model, session, texts[0]!.tokens));
    model.setAdapter(session, adapter);
    runs.adapted!.push(await speed(model, session, texts[0]!.tokens));
    onProgress(round + 1, rounds);
  }
  model.closeSession(session);
  const ratio = (name: string, other: string): number =>
    median(runs[name]!.map((value, round) => value / runs[other]![round]!));
  const { name, parameters, quantisation } = model.info;
  return {
    tokens: texts.length * TEXT_TOKENS,
    width,
    extraction: median(runs.extraction!),
    forward: median(runs.forward!),
    adapted: median(runs.adapted!),
    plain: median(runs.plain!),
    ratios: {
      extraction: ratio('extraction', 'forward'),
      decode: ratio('adapted', 'plain'),
    },
    model: { name, parameters, quantisation },
    threads,
    rounds,
  };
}

/** Tokens per second of a reply after its first token. */
function speed(model: LoadedModel, session: number, tokens: Int32Array): Promise<number> {
  const sampling = checkSampling(
    {
      temperature: 0,
      maxTokens: REPLY_TOKENS,
      logitBias: Object.fromEntries(Array.from(model.info.endTokens, (token) => [token, -1000])),
    },
    model.info.vocabulary,
  );
  return new Promise((resolve) => {
    let [first, last, count] = [0, 0, 0];
    model.generate(
      session,
      tokens,
      { ...sampling, maxTokens: REPLY_TOKENS },
      { influence: false, movers: 0, sources: 0 },
      {
        onToken: () => {
          last = performance.now();
          if (count++ === 0) first = last;
        },
        onFinish: () => resolve((count - 1) / ((last - first) / 1000)),
      },
    );
  });
}
