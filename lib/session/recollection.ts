import { type AnsweringMemory, forgetRequest, type Memory } from '../memory/index.js';
import type { ChatMessage, LoadedModel } from '../model/index.js';
import type { CopyPath } from '../native.js';

/** What a reply is made with: a note for the model, and a sentence it takes over word for word. */
export interface Recollection {
  /** "The user's dog is named Buddy." */
  readonly note: string | undefined;
  /** "Your dog is named Buddy." */
  readonly answer: string | undefined;
  /** The memories the answer stands in. */
  readonly recalled: readonly AnsweringMemory[];
  /** The turn asks to forget something: nothing to be remembered itself. */
  readonly asksToForget: boolean;
  /** Ids of the memories that are gone because of it. */
  readonly forgotten: readonly number[];
}

/** A turn that recalls nothing. */
export const NOTHING: Recollection = {
  note: undefined,
  answer: undefined,
  recalled: [],
  asksToForget: false,
  forgotten: [],
};

/**
 * What the memory has to say to a turn: at most one answer, and nothing where it knows nothing. What the turn asks
 * to forget is forgotten.
 */
export async function recollect(memory: Memory, text: string): Promise<Recollection> {
  const topic = memory.readOnly ? undefined : forgetRequest(text);
  if (topic !== undefined) return forgetTopic(memory, topic);
  const found = await memory.ask(text);
  if (!found) return NOTHING;
  const { note, answer, memories } = found;
  return { ...NOTHING, note, answer, recalled: memories };
}

/** Forgets, and says so. */
async function forgetTopic(memory: Memory, topic: string): Promise<Recollection> {
  const { ids } = await memory.forget({ query: topic });
  const answer = ids.length > 0 ? 'Okay, I have forgotten that.' : 'I remember nothing about that.';
  return { ...NOTHING, answer, asksToForget: true, forgotten: ids };
}

/** How sure the copy is, nats: above any logit difference that sampling leaves. */
const COPY_BIAS = 40;

/** How recalled things reach one model. */
export class RecallChannel {
  private role: 'memory' | 'system' | undefined;
  private lead: string | undefined;
  private probed = false;

  constructor(private readonly model: LoadedModel) {}

  /** The note as a message right before the reply; nothing for a model without a place for it. */
  noteMessages(note: string | undefined): ChatMessage[] {
    this.probe();
    if (note === undefined || this.role === undefined) return [];
    return [{ role: this.role, content: this.role === 'memory' ? note : `You remember: ${note}` }];
  }

  /** The answer as what the reply begins and ends with. */
  copies(answer: string | undefined): CopyPath[] {
    this.probe();
    if (answer === undefined) return [];
    const words = this.model.tokenize((this.lead ?? '') + answer);
    const end = this.model.info.endTokens.slice(0, 1);
    const tokens = Int32Array.from([...words, ...end]);
    return [{ tokens, anchored: true, first: COPY_BIAS, next: COPY_BIAS }];
  }

  /** Finds out, once, which role the template knows and what stands between a turn's mark and its text. */
  private probe(): void {
    if (this.probed) return;
    this.probed = true;
    const asked: ChatMessage = { role: 'user', content: 'Who?' };
    const begun = this.model.renderChat([asked]).text;
    const answered = this.rendered([asked, { role: 'assistant', content: 'Nobody' }]);
    const at = answered.indexOf('Nobody');
    if (at >= 0 && answered.startsWith(begun)) this.lead = answered.slice(begun.length, at);
    const { chatTemplate } = this.model.info;
    const role = chatTemplate.includes('memory') ? 'memory' : 'system';
    if (chatTemplate === '') return;
    const rendered = this.rendered([asked, { role, content: 'Nobody' }]);
    if (rendered.includes('Nobody')) this.role = role;
  }

  /** The rendered messages, or nothing where the template refuses them. */
  private rendered(messages: readonly ChatMessage[]): string {
    try {
      return this.model.renderChat(messages).text;
    } catch {
      return '';
    }
  }
}
