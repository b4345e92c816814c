import { availableParallelism } from 'node:os';
import { GraffitiModel } from '../graffiti-model.js';
import {
  checkSampling,
  type NightHandle,
  type HeadRows,
  type LoadedModel,
} from '../model/index.js';
import { Random } from '../eval/index.js';
import { median } from './median.js';

export interface SleepBenchOptions {
  /** Default: the built-in cortex. */
  readonly model?: string | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Sizes of the head memory. Default 10 000, 100 000 and 1 000 000. */
  readonly keys?: readonly number[] | undefined;
  /** Alternating rounds, at least 1. Default 15. */
  readonly rounds?: number | undefined;
  /** Tokens decoded in each. Default 64. */
  readonly tokens?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What a head memory of one size costs. */
export interface SleepBenchRow {
  readonly keys: number;
  /** Of keys, tokens and sources. */
  readonly bytes: number;
  /** Until sessions can be given it: grouping its keys, above 4096. */
  readonly secondsToLoad: number;
  /** Tokens per second without it and with it, medians. */
  readonly without: number;
  readonly with: number;
  /** Median over the rounds of with / without. */
  readonly ratio: number;
  /** Added to a token, median of the rounds. */
  readonly microseconds: number;
}

export interface SleepBench {
  readonly rows: readonly SleepBenchRow[];
  readonly components: number;
  readonly model: { name: string; parameters: number; quantisation: string };
  readonly threads: number;
  readonly rounds: number;
  readonly tokens: number;
}

/** Positions the space is fitted to; at least as many as it has components. */
const FITTED = 512;

/** Decode speed with head memories of several sizes against the same model without, in alternating rounds. */
export async function benchSleep(options: SleepBenchOptions = {}): Promise<SleepBench> {
  const { threads = availableParallelism(), keys = [1e4, 1e5, 1e6], onProgress } = options;
  const { rounds = 15, tokens = 64 } = options;
  await using model = await GraffitiModel.load({
    ...(options.model === undefined ? {} : { model: options.model }),
    device: 'cpu',
    threads,
    sessions: 1,
  });
  const { loaded, info } = model;
  const random = new Random(1);
  const space = await loaded.fitKeySpace(
    Float32Array.from({ length: FITTED * 2 * info.width }, () => random.next() - 0.5),
  );
  const components = space[2]!; // as KeySpace::values writes it
  const rows: SleepBenchRow[] = [];
  const total = keys.length * rounds;
  for (const [index, count] of keys.entries()) {
    const begun = performance.now();
    const memory = await loaded.makeHeadMemory(
      space,
      randomRows(count, components, info.vocabulary, random),
      0.1,
    );
    const secondsToLoad = (performance.now() - begun) / 1000;
    const speeds = { without: [] as number[], with: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      // Each is first in every other round: speed drifts on a shared machine.
      for (const name of round % 2 === 0
        ? (['without', 'with'] as const)
        : (['with', 'without'] as const)) {
        speeds[name].push(await decode(loaded, name === 'with' ? memory : null, tokens));
      }
      onProgress?.(index * rounds + round + 1, total);
    }
    const pairs = speeds.without.map((speed, round) => [speed, speeds.with[round]!] as const);
    rows.push({
      keys: count,
      bytes: count * (components + 4 + 4 + 8),
      secondsToLoad,
      without: median(speeds.without),
      with: median(speeds.with),
      ratio: median(pairs.map(([without, with_]) => with_ / without)),
      microseconds: median(pairs.map(([without, with_]) => 1e6 / with_ - 1e6 / without)),
    });
  }
  const { name, parameters, quantisation } = info;
  return { rows, components, model: { name, parameters, quantisation }, threads, rounds, tokens };
}

/** Tokens per second after the first. */
async function decode(
  model: LoadedModel,
  memory: NightHandle | null,
  maxTokens: number,
): Promise<number> {
  const session = model.openSession();
  try {
    model.setNight(session, memory);
    const logitBias = Object.fromEntries(
      Array.from(model.info.endTokens, (token) => [token, -1000]),
    );
    const sampling = checkSampling({ seed: 1, logitBias, maxTokens }, model.info.vocabulary);
    const { tokens } = model.renderChat([{ role: 'user', content: 'Tell me a long story.' }]);
    let [first, last, count] = [0, 0, 0];
    await new Promise<void>((resolve) => {
      model.generate(
        session,
        tokens,
        { ...sampling, maxTokens },
        { influence: false, movers: 0, sources: 0 },
        {
          onToken: ({ index }) => {
            last = performance.now();
            if (index === 0) first = last;
            count = index;
          },
          onFinish: () => resolve(),
        },
      );
    });
    return count / ((last - first) / 1000);
  } finally {
    model.closeSession(session);
  }
}

function randomRows(
  count: number,
  components: number,
  vocabulary: number,
  random: Random,
): HeadRows {
  return {
    keys: Int8Array.from({ length: count * components }, () => random.integer(-127, 127)),
    scales: new Float32Array(count).fill(1 / 64),
    tokens: Int32Array.from({ length: count }, () => random.integer(0, vocabulary - 1)),
    sources: Float64Array.from({ length: count }, (_, index) => 1 + Math.floor(index / 50)),
  };
}
