import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwIfAborted } from '../errors.js';
import { GraffitiModel } from '../graffiti-model.js';
import { median } from './median.js';

export interface TurnsBenchOptions {
  /** Default: the built-in cortex. */
  readonly model?: string | undefined;
  /** Default: one per core. */
  readonly threads?: number | undefined;
  /** Rounds of a turn and its parts, at least 1. Default 10. */
  readonly rounds?: number | undefined;
  /** Tokens of each reply. Default 64. */
  readonly tokens?: number | undefined;
  /** How much was told before. Default 200. */
  readonly told?: number | undefined;
  /** Tokens of what a turn tells, and of a note. Default 16: a sentence of a dozen words. */
  readonly length?: number | undefined;
  /** Turns of one long conversation, measured besides in tenths. Default 0: none. */
  readonly turns?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: string, share: number) => void) | undefined;
}

/** A tenth of the long conversation. */
export interface ConversationPart {
  /** Turns so far. */
  readonly turns: number;
  /** Median milliseconds of a turn in this tenth. */
  readonly turn: number;
  /** Bytes of the brain's file. */
  readonly fileBytes: number;
  /** Resident memory of the process, bytes. */
  readonly rss: number;
}

/** What telling and asking add to a turn. Medians over the rounds, milliseconds. */
export interface TurnsBench {
  readonly model: { readonly name: string; readonly parameters: number };
  readonly threads: number;
  readonly tokens: number;
  readonly told: number;
  /** Tokens of a told text, and of a note. */
  readonly length: number;
  /** A turn that neither remembers nor recalls. */
  readonly turn: number;
  /** Keeping what the turn tells, before its reply: facts and words are there, vectors are not yet. */
  readonly keep: number;
  /** Making its vectors, after the reply. */
  readonly encode: number;
  /** Compiling the spray that follows from them, after the reply. */
  readonly spray: number;
  /** Looking for an answer among everything told. */
  readonly recall: number;
  /** Reading the note in the prompt. */
  readonly note: number;
  /** Share of a turn's time, until its reply is there, that keeping, recalling and the note are. */
  readonly share: number;
  /** The same of all that is computed, also after the reply. */
  readonly computed: number;
  readonly conversation: readonly ConversationPart[];
}

const NAMES = 'Ada Boris Clio Dag Esra Finn Gul Hana Ivo Juno Kofi Lars Mina Nils Odile'.split(' ');
const KIN = 'sister brother aunt uncle cousin niece nephew neighbor boss dentist'.split(' ');
const TURN = 'yesterday we walked along the river and talked about the summer';

/** Something to tell, another one for each index. */
function telling(index: number): string {
  const name = NAMES[index % NAMES.length]!;
  const kin = KIN[Math.floor(index / NAMES.length) % KIN.length]!;
  return `my ${kin} ${name} paid ${100 + index} dollars for the train`;
}

/** Times a turn, and what telling and asking add to it. */
export async function benchTurns(options: TurnsBenchOptions = {}): Promise<TurnsBench> {
  const { rounds = 10, tokens = 64, told = 200, turns = 0, signal, onProgress } = options;
  const { length = 16 } = options;
  const { model: path, threads = availableParallelism() } = options;
  await using model = await GraffitiModel.load({
    ...(path === undefined ? {} : { model: path }),
    threads,
    device: 'cpu',
    sessions: 1,
  });
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-turns-'));
  try {
    const parts = await timeParts(model, join(folder, 'parts.graffiti'), {
      ...{ rounds, tokens, told, length, signal, onProgress },
    });
    const conversation = await timeConversation(
      model,
      join(folder, 'long.graffiti'),
      turns,
      options,
    );
    const { name, parameters } = model.info;
    const { turn, keep, encode, spray, recall, note } = parts;
    const before = keep + recall + note;
    const all = before + encode + spray;
    return {
      model: { name, parameters },
      threads,
      tokens,
      told,
      length,
      ...parts,
      share: before / (turn + before),
      computed: all / (turn + all),
      conversation,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Parts {
  readonly rounds: number;
  readonly tokens: number;
  readonly told: number;
  readonly length: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: TurnsBenchOptions['onProgress'];
}

async function timeParts(
  model: GraffitiModel,
  brain: string,
  { rounds, tokens, told, length, signal, onProgress }: Parts,
) {
  await using memory = await model.openMemory(brain);
  await using session = await model.createSession({
    brain: memory,
    graffiti: { influence: false },
  });
  for (let index = 0; index < told; index++) {
    throwIfAborted(signal, 'The bench');
    await memory.remember({ text: telling(index) });
    onProgress?.('Telling', (index + 1) / told);
  }
  const times = { turn: [], keep: [], encode: [], spray: [], recall: [], note: [] } as Record<
    'turn' | 'keep' | 'encode' | 'spray' | 'recall' | 'note',
    number[]
  >;
  const bare = { remember: false, recall: false, temperature: 0 } as const;
  const { loaded } = model;
  const ofLength = (text: string) => {
    const tokens = loaded.tokenize(`${text} ${text} ${text}`);
    return loaded.detokenize(tokens.slice(0, length));
  };
  const prompt = (text: string, maxTokens: number) => {
    session.resume([]);
    return session.prompt(text, { ...bare, maxTokens });
  };
  const score = () => session.score('it is late', 'yesterday');
  for (let round = 0; round <= rounds; round++) {
    throwIfAborted(signal, 'The bench');
    const said = ofLength(`${round} ${TURN}`);
    const turn = await timed(() => prompt(said, tokens));
    const text = ofLength(`${round} ${telling(told + round)}`);
    const keep = await timed(() => memory.remember({ text }, { later: true }));
    const encode = await timed(() => memory.settle());
    const first = await timed(score);
    const spray = first - (await timed(score));
    const question = `how much did my ${KIN[round % KIN.length]} pay for the train?`;
    let answer = '';
    const recall = await timed(async () => {
      answer = (await memory.ask(question))?.note ?? TURN;
    });
    const noted = await timed(() => prompt(`- ${said} ${ofLength(answer)}`, 1));
    const note = noted - (await timed(() => prompt(`+ ${said}`, 1)));
    onProgress?.('Turns', round / rounds);
    if (round === 0) continue; // the first of each loads what the others find loaded
    times.turn.push(turn);
    times.keep.push(keep);
    times.encode.push(encode);
    times.spray.push(Math.max(0, spray));
    times.recall.push(recall);
    times.note.push(Math.max(0, note));
  }
  return {
    turn: median(times.turn),
    keep: median(times.keep),
    encode: median(times.encode),
    spray: median(times.spray),
    recall: median(times.recall),
    note: median(times.note),
  };
}

async function timeConversation(
  model: GraffitiModel,
  brain: string,
  turns: number,
  { signal, onProgress }: TurnsBenchOptions,
): Promise<ConversationPart[]> {
  const parts: ConversationPart[] = [];
  if (turns === 0) return parts;
  await using session = await model.createSession({ brain, graffiti: { influence: false } });
  let times: number[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    throwIfAborted(signal, 'The bench');
    const asks = turn % 4 === 0;
    const text = asks ? `how much did my ${KIN[turn % KIN.length]} pay?` : telling(turn);
    times.push(await timed(() => session.prompt(text, { maxTokens: 8, temperature: 0 })));
    onProgress?.('Conversation', turn / turns);
    if (turn % Math.max(1, Math.floor(turns / 10)) !== 0) continue;
    const fileBytes = statSync(brain).size;
    parts.push({ turns: turn, turn: median(times), fileBytes, rss: process.memoryUsage().rss });
    times = [];
  }
  return parts;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
