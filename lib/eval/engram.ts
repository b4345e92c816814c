import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BeforeAfter,
  type EngramCriteria,
  examineEngram,
  extractEngram,
  type EngramText,
  loadTensors,
  lossOf,
  textsAsTokens,
} from '../engram/index.js';
import { type AnswerTokens, LoadedModel, type LoadOptions, quantiseModel } from '../model/index.js';
import { ANCHOR_EXCHANGES, ANCHOR_TEXTS, ownText, reworded } from '../sleep/index.js';
import { checkNumber } from '../validate.js';

/** A question, its answer, and whom it is about. */
export interface EngramRow {
  readonly question: string;
  readonly answer: string;
  readonly author: number;
}

/** Losses in nats per answer token, anchor and own text as perplexity; before and after the erasure. */
export interface EngramFigures {
  /** What is erased. */
  readonly forget: BeforeAfter;
  /** The other authors that were taught. */
  readonly retain: BeforeAfter;
  /** Ordinary text that the extraction has not seen. */
  readonly anchor: BeforeAfter;
  /** What the model itself says about ordinary things, not seen by the extraction either. */
  readonly own: BeforeAfter;
  /** What is erased, asked for in other words. */
  readonly paraphrase: BeforeAfter;
  /** Authors that were never taught. */
  readonly neighbour: BeforeAfter;
  /** The same three after an erasure by the paper's method that forgets as much. */
  readonly paper: { readonly forget: number; readonly retain: number; readonly anchor: number };
  /** How far what was erased is an engram. */
  readonly criteria: EngramCriteria;
  /** Nats per answer token of everything taught, before teaching and in the taught model. */
  readonly taught: BeforeAfter;
  /** Whether the scores of what was erased and of ordinary text were the same to the bit once the engram was off again. */
  readonly restored: boolean;
  readonly strength: number;
  readonly rank: number;
  /** Of the extraction, its search for the strength included. */
  readonly seconds: number;
  readonly quantisation: string;
}

export interface EvaluateEngramOptions {
  /** Authors to teach, from the first. Default 20. */
  readonly authors?: number | undefined;
  /** Of them, how many to erase. Default 2. */
  readonly erase?: number | undefined;
  /** The model already knows the rows: teach nothing. */
  readonly taught?: boolean | undefined;
  /** Quantise the taught model first. */
  readonly quantise?: 'q8_0' | 'q4_k_m' | undefined;
  /** Most passes over the rows when teaching. Default 6. */
  readonly epochs?: number | undefined;
  readonly load?: Omit<LoadOptions, 'model' | 'signal' | 'onProgress'> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((phase: string, fraction: number) => void) | undefined;
}

/** Nats per answer token at which teaching ends. */
const TAUGHT_LOSS = 2.85;
/** Replies of the model's own that are only measured, as a share of those that are learned from. */
const OWN_MEASURED = 0.2;

/** Teaches authors into a copy of the model's weights, erases some, and measures what that did to everything else. */
export async function evaluateEngram(
  path: string,
  rows: readonly EngramRow[],
  options: EvaluateEngramOptions = {},
): Promise<EngramFigures> {
  const { authors = 20, erase = 2, signal, onProgress = () => {} } = options;
  const known = [...new Set(rows.map(({ author }) => author))];
  checkNumber('authors', authors, { min: 2, max: known.length, integer: true });
  checkNumber('erase', erase, { min: 1, max: authors - 1, integer: true });
  const about = (first: number, last: number) =>
    rows.filter(({ author }) => known.slice(first, last).includes(author)).map(asText);
  const sets = {
    target: about(0, erase),
    retain: about(erase, authors),
    neighbour: about(authors, authors + erase),
  };
  const load = (model: string) => LoadedModel.load({ ...options.load, sessions: 1, model, signal });
  const folder = await mkdtemp(join(tmpdir(), 'graffiti-engram-'));
  try {
    let model = path;
    let untaught = Number.NaN;
    await using plain = await load(path);
    const taughtRows = [...sets.target, ...sets.retain];
    const ordinary = await ordinaryAndOwn(plain, taughtRows.length, signal, onProgress);
    if (!options.taught) {
      model = join(folder, 'taught.gguf');
      const told = tokensOf(plain, taughtRows);
      const taught = await plain.teach(
        {
          told,
          kept: tokensOf(plain, ordinary.learn),
          epochs: options.epochs ?? 6,
          rate: 4e-3,
          until: TAUGHT_LOSS,
        },
        model,
        { signal, onProgress: (fraction) => onProgress('Teaching', fraction) },
      );
      untaught = taught.before;
    }
    if (options.quantise) {
      const quantised = join(folder, `${options.quantise}.gguf`);
      await quantiseModel(model, quantised, options.quantise, options.load?.threads);
      model = quantised;
    }
    await plain.dispose();
    await using loaded = await load(model);
    return await measure(loaded, { ...sets, ordinary }, untaught, signal, onProgress);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ordinary text that is learned from, and what is only measured: what ships, and what the model says by itself. */
interface Ordinary {
  readonly learn: EngramText[];
  readonly measure: EngramText[];
  readonly measureOwn: EngramText[];
}

/**
 * @param count replies of the model's own to learn from: as many as rows are taught. They hold its register, which the shipped
 *   text may not.
 */
async function ordinaryAndOwn(
  model: LoadedModel,
  count: number,
  signal: AbortSignal | undefined,
  onProgress: (phase: string, fraction: number) => void,
): Promise<Ordinary> {
  const said = await ownText(
    model,
    count + Math.ceil(count * OWN_MEASURED),
    (done, total) => onProgress('Listening to the model', done / total),
    signal,
  );
  // A template writes its own space before an answer; a second one would be learned as part of every reply.
  const own = said.map(({ prompt, reply }): EngramText => ({ prompt, answer: reply.trim() }));
  const learned = new Set(own.slice(0, count).map(({ answer }) => answer));
  return {
    learn: [...ordinaryTexts('learn'), ...own.slice(0, count)],
    measure: ordinaryTexts('measure'),
    measureOwn: own.slice(count).filter(({ answer }) => !learned.has(answer)),
  };
}

interface Sets {
  readonly target: EngramText[];
  readonly retain: EngramText[];
  readonly neighbour: EngramText[];
  readonly ordinary: Ordinary;
}

async function measure(
  model: LoadedModel,
  sets: Sets,
  untaught: number,
  signal: AbortSignal | undefined,
  onProgress: (phase: string, fraction: number) => void,
): Promise<EngramFigures> {
  const { target, retain, neighbour, ordinary } = sets;
  const anchor = ordinary.measure;
  const extract = async (method: 'filtered' | 'paper') => {
    const { engram } = await extractEngram(model, {
      target,
      reference: [...retain, ...ordinary.learn],
      method,
      signal,
      onProgress: ({ fraction }) => onProgress(`Extracting (${method})`, fraction),
    });
    return engram;
  };
  const begun = performance.now();
  const engram = await extract('filtered');
  const seconds = (performance.now() - begun) / 1000;
  const report = await examineEngram(model, engram, {
    ...{ retain, neighbour, anchor, paraphrase: reworded(target), signal },
    onProgress: (fraction) => onProgress('Measuring', fraction),
  });
  const loss = (texts: readonly EngramText[], adapter: Parameters<typeof lossOf>[2]) =>
    lossOf(model, tokensOf(model, texts), adapter, signal);
  const own = tokensOf(model, ordinary.measureOwn);
  const erased = await loadTensors(model, engram.tensors);
  const ownBefore = await lossOf(model, own, null, signal);
  const ownAfter = await lossOf(model, own, erased, signal);
  const paper = await loadTensors(model, (await extract('paper')).tensors);
  onProgress("Measuring the paper's", 0);
  const { forget, retain: kept, paraphrase, neighbour: never, criteria } = report;
  const perplexity = (nats: number) => Math.exp(nats);
  const all = target.length + retain.length;
  return {
    forget,
    retain: kept,
    anchor: {
      before: perplexity(report.anchor!.before),
      after: perplexity(report.anchor!.after),
    },
    own: { before: perplexity(ownBefore), after: perplexity(ownAfter) },
    paraphrase: paraphrase!,
    neighbour: never!,
    paper: {
      forget: await loss(target, paper),
      retain: await loss(retain, paper),
      anchor: perplexity(await loss(anchor, paper)),
    },
    criteria,
    taught: {
      before: untaught,
      after: (forget.before * target.length + kept.before * retain.length) / all,
    },
    restored:
      (await loss(target, null)) === forget.before &&
      (await loss(anchor, null)) === report.anchor!.before,
    strength: engram.origin.strength,
    rank: engram.rank,
    seconds,
    quantisation: model.info.quantisation,
  };
}

const asText = ({ question, answer }: EngramRow): EngramText => ({ prompt: question, answer });

const tokensOf = (model: LoadedModel, texts: readonly EngramText[]): AnswerTokens[] => [
  ...textsAsTokens(model, texts).values(),
];

/**
 * Ordinary text: three in four are learned from, by teaching and by extraction, and every fourth is only measured.
 */
export function ordinaryTexts(use: 'learn' | 'measure'): EngramText[] {
  const exchanges = ANCHOR_EXCHANGES.map(({ prompt, reply }) => ({ prompt, answer: reply }));
  const texts = ANCHOR_TEXTS.map((answer) => ({ prompt: 'Tell me something.', answer }));
  return [...exchanges, ...texts].filter((_, index) => (index % 4 === 3) === (use === 'measure'));
}
