import { throwIfAborted } from '../errors.js';
import { contentStems, Memory, type MemoryEncoder } from '../memory/index.js';

/** A conversation of LoCoMo (Maharana et al., "Evaluating very long-term conversational memory", 2024). */
export interface LocomoConversation {
  readonly sample_id: string;
  /** `session_1` … are lists of turns, `session_1_date_time` … say when. */
  readonly conversation: Readonly<Record<string, unknown>>;
  readonly qa: readonly {
    readonly question: string;
    readonly evidence: readonly string[];
    readonly category: number;
  }[];
}

interface Turn {
  readonly speaker: string;
  readonly dia_id: string;
  readonly text: string;
}

const DEPTHS = [5, 10, 20] as const;
type Depths = Record<(typeof DEPTHS)[number], number>;

export interface LocomoResult {
  readonly questions: number;
  /** Mean share of a question's evidence turns among the first k recalled. */
  readonly recall: Readonly<Depths>;
  /** The same by plain BM25 with stemming and stop words. */
  readonly bm25: Readonly<Depths>;
}

/** Questions of this category have no answer in the conversation. */
const UNANSWERABLE = 5;

/** Recall is measured by words alone: the keys say nothing. */
const wordsOnly: MemoryEncoder = {
  fingerprint: {
    hash: 'words',
    name: 'words',
    architecture: 'none',
    width: 1,
    vocabulary: 0,
    writer: 'none/1',
  },
  encode: async () => ({ spray: new Float32Array(1), key: new Float32Array(1) }),
};

/** Tells a memory every turn of a conversation, and looks where a question's evidence is among what it recalls. */
export async function evaluateLocomo(
  conversations: readonly LocomoConversation[],
  {
    onProgress = () => {},
    signal,
  }: {
    onProgress?: (progress: { done: number; total: number }) => void;
    signal?: AbortSignal;
  } = {},
): Promise<LocomoResult> {
  const recall: Depths = { 5: 0, 10: 0, 20: 0 };
  const bm25: Depths = { 5: 0, 10: 0, 20: 0 };
  let questions = 0;
  for (const [index, one] of conversations.entries()) {
    throwIfAborted(signal, 'The evaluation');
    const turns = turnsOf(one);
    await using memory = await Memory.open(undefined, { encoder: wordsOnly });
    const turnOf = new Map<number, string>();
    for (const { speaker, text, time, dia_id: name } of turns) {
      if (text.trim() === '') continue;
      turnOf.set((await memory.remember({ text, speaker, time })).id, name);
    }
    const baseline = new PlainBm25(turns.map(({ text }) => contentStems(text)));
    for (const { question, evidence, category } of one.qa) {
      const wanted = new Set(
        evidence.flatMap((names) => names.split(/[;\s]+/)).filter((name) => name !== ''),
      );
      if (category === UNANSWERABLE || wanted.size === 0) continue;
      questions++;
      const recalled = await memory.recall(question, { limit: DEPTHS.at(-1)! });
      count(
        recall,
        recalled.map(({ id }) => turnOf.get(id)!),
        wanted,
      );
      count(
        bm25,
        baseline.ranked(question).map((place) => turns[place]!.dia_id),
        wanted,
      );
    }
    onProgress({ done: index + 1, total: conversations.length });
  }
  for (const depth of DEPTHS) {
    recall[depth] /= questions;
    bm25[depth] /= questions;
  }
  return { questions, recall, bm25 };
}

function count(sums: Depths, found: readonly string[], wanted: ReadonlySet<string>): void {
  for (const depth of DEPTHS) {
    sums[depth] += found.slice(0, depth).filter((name) => wanted.has(name)).length / wanted.size;
  }
}

/** All turns, oldest first, with the time of their session. */
function turnsOf({ conversation }: LocomoConversation): (Turn & { time: number })[] {
  const turns: (Turn & { time: number })[] = [];
  for (let session = 1; `session_${session}` in conversation; session++) {
    const time = dateOf(String(conversation[`session_${session}_date_time`]));
    for (const turn of conversation[`session_${session}`] as Turn[]) turns.push({ ...turn, time });
  }
  return turns;
}

/** "1:56 pm on 8 May, 2023" */
function dateOf(text: string): number {
  const [, clock = '', day = ''] = /^(.+?) on (.+)$/.exec(text) ?? [];
  const time = Date.parse(`${day.replace(',', '')} ${clock} UTC`);
  if (Number.isNaN(time))
    throw new TypeError(`Expected a date like "1:56 pm on 8 May, 2023" but found ${text}`);
  return time;
}

/** Okapi BM25 with k1 = 1.2 and b = 0.75, each turn by itself. */
class PlainBm25 {
  private readonly mean: number;

  constructor(private readonly texts: readonly (readonly string[])[]) {
    this.mean = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  }

  /** Places of the best texts, best first, the later first among equals. */
  ranked(question: string): number[] {
    const scores = new Float64Array(this.texts.length);
    for (const word of new Set(contentStems(question))) {
      const counts = this.texts.map((text) => text.filter((other) => other === word).length);
      const having = counts.filter((times) => times > 0).length;
      const idf = Math.log1p((this.texts.length - having + 0.5) / (having + 0.5));
      counts.forEach((times, place) => {
        const damping = 1.2 * (0.25 + (0.75 * this.texts[place]!.length) / this.mean);
        scores[place]! += (idf * times * 2.2) / (times + damping);
      });
    }
    return [...scores.keys()]
      .sort((one, other) => scores[other]! - scores[one]! || other - one)
      .slice(0, DEPTHS.at(-1));
  }
}
