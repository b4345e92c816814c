import { throwIfAborted } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import type { GraffitiOptions, Session } from '../session/index.js';

/** What `graffiti eval lean` reads: what is told, and words that were never said. */
export interface LeanData {
  readonly probes: readonly string[];
  readonly concepts: readonly {
    readonly concept: string;
    readonly memories: readonly string[];
    readonly related: readonly string[];
    readonly control: readonly string[];
  }[];
}

export interface LeanFigures {
  /**
   * Mean log-probability change, sprayed minus base, of words related to what was told but never said,
   * minus that of control words, nats. Mean over probes, words and concepts.
   */
  readonly lean: number;
  /** Relative change of perplexity on neutral text; 0.02 is 2 %. */
  readonly drift: number;
  /** Mean KL(sprayed ‖ base) on neutral text, nats. */
  readonly kl: number;
}

export interface LeanResult extends LeanFigures {
  readonly perConcept: Readonly<Record<string, LeanFigures>>;
  /** Empty when left out. */
  readonly baselines: Readonly<Partial<Record<'random' | 'notebook' | 'mean', LeanFigures>>>;
}

export interface LeanProgress {
  readonly done: number;
  readonly total: number;
}

/** The ablations beside the figure: all but the notebook at the same mean KL on everyday text. */
const BASELINES: Readonly<Record<'random' | 'notebook' | 'mean', GraffitiOptions>> = {
  random: { writer: 'random' },
  notebook: { preset: 'notebook' },
  mean: { writer: 'mean' },
};

/**
 * Tells a fresh brain the memories of one concept after the other, and measures how far the model leans
 * towards related words, and what that costs on neutral text.
 */
export async function evaluateLean(
  model: GraffitiModel,
  data: LeanData,
  neutral: readonly string[],
  options: {
    graffiti?: GraffitiOptions;
    /** Measure random, notebook and mean too. Default true. */
    baselines?: boolean;
    onProgress?: (progress: LeanProgress) => void;
    signal?: AbortSignal;
  } = {},
): Promise<LeanResult> {
  const { graffiti = {}, baselines = true, onProgress = () => {}, signal } = options;
  const recipes: [name: string, graffiti: GraffitiOptions][] = [
    ['default', graffiti],
    ...(baselines ? Object.entries(BASELINES) : []),
  ];
  const total = recipes.length * data.concepts.length;
  let done = 0;
  const measured = new Map<string, Map<string, LeanFigures>>();
  for (const [name, recipe] of recipes) {
    const perConcept = new Map<string, LeanFigures>();
    for (const concept of data.concepts) {
      throwIfAborted(signal, 'The evaluation');
      await using session = await model.createSession({ graffiti: recipe });
      for (const memory of concept.memories) await session.tag(memory);
      const related = await meanShift(model, session, data.probes, concept.related);
      const control = await meanShift(model, session, data.probes, concept.control);
      perConcept.set(concept.concept, {
        lean: related - control,
        ...(await neutralCost(session, neutral)),
      });
      onProgress({ done: ++done, total });
    }
    measured.set(name, perConcept);
  }
  const figuresOf = (name: string) => meanFigures([...(measured.get(name)?.values() ?? [])]);
  return {
    ...figuresOf('default'),
    perConcept: Object.fromEntries(measured.get('default')!),
    baselines: Object.fromEntries(recipes.slice(1).map(([name]) => [name, figuresOf(name)])),
  };
}

/** Mean over probes and words of log p(word | probe), sprayed minus base. */
async function meanShift(
  model: GraffitiModel,
  session: Session,
  probes: readonly string[],
  words: readonly string[],
): Promise<number> {
  let sum = 0;
  for (const probe of probes) {
    const before = probeTokens(model, probe);
    for (const word of words) {
      const continuation = model.loaded.tokenize(` ${word}`);
      const score = await session.scoreTokens(
        Int32Array.from([...before, ...continuation]),
        before.length,
      );
      sum += total(score.sprayed) - total(score.base);
    }
  }
  return sum / (probes.length * words.length);
}

/**
 * A probe as the model would see it. `User: …\nBot: …` is put into the model's own chat template;
 * anything else is raw text.
 */
function probeTokens(model: GraffitiModel, probe: string): Int32Array {
  const chat = /^User: (?<said>.*)\nBot:(?<begun>.*)$/su.exec(probe);
  if (!chat?.groups) return model.loaded.tokenize(probe, { special: true });
  const { said = '', begun = '' } = chat.groups;
  const { text, tokens } = model.loaded.renderChat([{ role: 'user', content: said }]);
  if (text.endsWith('Bot:')) return model.loaded.tokenize(probe, { special: true });
  return Int32Array.from([...tokens, ...model.loaded.tokenize(begun.trimStart())]);
}

/** Perplexity change and mean KL over the lines, each scored by itself. */
async function neutralCost(
  session: Session,
  lines: readonly string[],
): Promise<{ drift: number; kl: number }> {
  let base = 0;
  let sprayed = 0;
  let kl = 0;
  let tokens = 0;
  for (const line of lines) {
    const score = await session.score(line);
    base += total(score.base);
    sprayed += total(score.sprayed);
    kl += total(score.kl);
    tokens += score.base.length;
  }
  return { drift: Math.exp((base - sprayed) / tokens) - 1, kl: kl / tokens };
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function meanFigures(figures: readonly LeanFigures[]): LeanFigures {
  const mean = (name: keyof LeanFigures) =>
    figures.reduce((sum, figure) => sum + figure[name], 0) / figures.length;
  return { lean: mean('lean'), drift: mean('drift'), kl: mean('kl') };
}
