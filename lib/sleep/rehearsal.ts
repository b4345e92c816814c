import type { LoadedModel } from '../model/index.js';
import { ANCHOR_EXCHANGES } from './anchor.js';
import { ANCHOR_TEXTS } from './anchor-prose.js';
import type { Said } from './recording.js';
import { say } from './saying.js';

/** Ordinary text in three parts that know nothing of one another. */
export interface Rehearsal {
  /** What the space of the keys is fitted to, or what training keeps as it is. */
  readonly fitted: readonly Said[];
  /** What limits how far the night may reach. */
  readonly governing: readonly Said[];
  /** What is only ever measured. */
  readonly heldOut: readonly Said[];
}

/** Longest text that the model says by itself, tokens. */
const SAID_TOKENS = 40;
/** The model's own distribution. */
const UNCHANGED = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** The text that ships with the library, its registers mixed so that each part holds all of them. */
export function anchorText(): Rehearsal {
  const texts = ANCHOR_TEXTS.map((reply) => ({ prompt: 'Tell me something.', reply }));
  const all = [...ANCHOR_EXCHANGES, ...texts];
  return {
    fitted: all.filter((_, index) => index % 2 === 0),
    governing: all.filter((_, index) => index % 4 === 1),
    heldOut: all.filter((_, index) => index % 4 === 3),
  };
}

/** What the model says by itself, without memory: its own register, which the shipped text may not hold. */
export async function ownText(
  model: LoadedModel,
  count: number,
  onSaid: (done: number, total: number) => void,
  signal: AbortSignal | undefined,
): Promise<Said[]> {
  const session = model.openSession();
  try {
    const texts: Said[] = [];
    const prompts = anchorText().fitted;
    for (let index = 0; index < count; index++) {
      const { prompt } = prompts[index % prompts.length]!;
      const { tokens } = model.renderChat([{ role: 'user', content: prompt }]);
      const sampling = { ...UNCHANGED, seed: index + 1, maxTokens: SAID_TOKENS };
      const { ids, text } = await say(model, session, tokens, sampling, signal);
      if (ids.length > 0) texts.push({ prompt, reply: text, tokens: Int32Array.from(ids) });
      onSaid(index + 1, count);
    }
    return texts;
  } finally {
    model.closeSession(session);
  }
}
