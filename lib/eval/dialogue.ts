import { throwIfAborted } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';
import type { ChatMessage } from '../model/index.js';
import type { Dialogue } from './dialogue-data.js';
import { SMALL_TALK } from './small-talk.js';

export interface DialogueFigures {
  /**
   * −log2 p of everything after the start token, markers included, divided by the UTF-8 bytes of the
   * turns' texts. No memory.
   */
  readonly bitsPerByte: number;
  /** Conversations it was measured on. */
  readonly dialogues: number;
  /** Distinct pairs of neighbouring words among all of the model's, 0 to 1: median over the seeds. */
  readonly distinct2: number;
  /** How often one word came directly in a row, at most. */
  readonly maxRepeat: number;
  /** Small-talk replies, and those that ended by themselves. */
  readonly replies: { readonly total: number; readonly ended: number };
}

/**
 * How well a model predicts conversations, and how it talks by itself: fourteen turns of small talk at the
 * default sampling, with every seed from 1 up.
 */
export async function evaluateDialogue(
  model: GraffitiModel,
  dialogues: readonly Dialogue[],
  options: {
    /** Conversations of small talk, at least 1. Default 20. */
    seeds?: number;
    onProgress?: (progress: { done: number; total: number }) => void;
    signal?: AbortSignal;
  } = {},
): Promise<DialogueFigures> {
  const { seeds = 20, onProgress = () => {}, signal } = options;
  const progress = { done: 0, total: dialogues.length + seeds };
  const step = () => {
    progress.done++;
    onProgress({ ...progress });
    throwIfAborted(signal, 'The evaluation');
  };
  const bitsPerByte = await meanBits(model, dialogues, step);
  const talks: SmallTalk[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    talks.push(await smallTalk(model, seed, signal));
    step();
  }
  const sum = (name: 'total' | 'ended') => talks.reduce((all, talk) => all + talk[name], 0);
  return {
    bitsPerByte,
    dialogues: dialogues.length,
    distinct2: median(talks.map(({ distinct2 }) => distinct2)),
    maxRepeat: Math.max(...talks.map(({ maxRepeat }) => maxRepeat)),
    replies: { total: sum('total'), ended: sum('ended') },
  };
}

async function meanBits(
  model: GraffitiModel,
  dialogues: readonly Dialogue[],
  step: () => void,
): Promise<number> {
  await using session = await model.createSession({ graffiti: { remember: false } });
  let nats = 0;
  let bytes = 0;
  for (const dialogue of dialogues) {
    for (const tokens of pieces(model, dialogue)) {
      const { base } = await session.scoreTokens(tokens, 1);
      nats -= base.reduce((total, logprob) => total + logprob, 0);
    }
    bytes += dialogue.reduce((total, { content }) => total + Buffer.byteLength(content), 0);
    step();
  }
  return nats / Math.LN2 / bytes;
}

/**
 * A conversation in the model's own format. One that does not fit the context is cut between turns, as in
 * training; a turn that does not fit by itself is cut where the context ends. Every piece begins anew with
 * the start token.
 */
function* pieces({ loaded, info }: GraffitiModel, dialogue: Dialogue): Generator<Int32Array> {
  const render = (messages: readonly ChatMessage[]) =>
    loaded.renderChat(messages, { addGenerationPrompt: false }).tokens;
  let piece: ChatMessage[] = [];
  let tokens: Int32Array = new Int32Array();
  for (const message of dialogue) {
    let longer = render([...piece, message]);
    if (longer.length > info.contextSize && piece.length > 0) {
      yield tokens;
      piece = [];
      longer = render([message]);
    }
    for (; longer.length > info.contextSize; longer = withStart(longer, info.contextSize)) {
      yield longer.subarray(0, info.contextSize);
    }
    piece.push(message);
    tokens = longer;
  }
  yield tokens;
}

/** The tokens from `begin` on, with the first one before them. */
function withStart(tokens: Int32Array, begin: number): Int32Array {
  return Int32Array.from([tokens[0]!, ...tokens.subarray(begin)]);
}

interface SmallTalk {
  readonly distinct2: number;
  readonly maxRepeat: number;
  readonly total: number;
  readonly ended: number;
}

async function smallTalk(
  model: GraffitiModel,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<SmallTalk> {
  await using session = await model.createSession({ graffiti: { remember: false } });
  const replies: string[] = [];
  let ended = 0;
  for (const [turn, line] of SMALL_TALK.entries()) {
    const reply = await session.prompt(line, { seed: seed * 100 + turn, signal });
    replies.push(reply.text);
    ended += Number(reply.finish === 'end');
  }
  return { ...variety(replies), total: replies.length, ended };
}

/** Of the words of some replies; neither pairs nor rows of words go from one reply to the next. */
export function variety(replies: readonly string[]): { distinct2: number; maxRepeat: number } {
  const pairs: string[] = [];
  let maxRepeat = 0;
  for (const reply of replies) {
    const words = reply.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? [];
    let row = 0;
    for (const [index, word] of words.entries()) {
      row = word === words[index - 1] ? row + 1 : 1;
      maxRepeat = Math.max(maxRepeat, row);
      if (index > 0) pairs.push(`${words[index - 1]} ${word}`);
    }
  }
  return { distinct2: pairs.length === 0 ? 1 : new Set(pairs).size / pairs.length, maxRepeat };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
