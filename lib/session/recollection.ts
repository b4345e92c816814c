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

/** What a model's chat template does with what is recalled. */
interface TemplateTraits {
  /** Of messages that bring a note; undefined: it shows none. */
  readonly role: 'memory' | 'system' | undefined;
  /** What stands between a turn's mark and its text. */
  readonly lead: string;
}

/** Found out once for each model: rendering takes as long as a token. */
const traits = new WeakMap<LoadedModel, TemplateTraits>();

/** How recalled things reach one model. */
export class RecallChannel {
  constructor(private readonly model: LoadedModel) {}

  /** The note as a message right before the reply; nothing for a model without a place for it. */
  noteMessages(note: string | undefined): ChatMessage[] {
    if (note === undefined) return [];
    const { role } = this.traits;
    if (role === undefined) return [];
    return [{ role, content: role === 'memory' ? note : `You remember: ${note}` }];
  }

  /** The answer as what the reply begins and ends with. */
  copies(answer: string | undefined): CopyPath[] {
    if (answer === undefined) return [];
    const words = this.model.tokenize(this.traits.lead + answer);
    const end = this.model.info.endTokens.slice(0, 1);
    const tokens = Int32Array.from([...words, ...end]);
    return [{ tokens, anchored: true, first: COPY_BIAS, next: COPY_BIAS }];
  }

  private get traits(): TemplateTraits {
    let known = traits.get(this.model);
    if (!known) traits.set(this.model, (known = this.probe()));
    return known;
  }

  private probe(): TemplateTraits {
    const asked: ChatMessage = { role: 'user', content: 'Who?' };
    const begun = this.model.renderChat([asked]).text;
    const answered = this.rendered([asked, { role: 'assistant', content: 'Nobody' }]);
    const at = answered.indexOf('Nobody');
    const lead = at >= 0 && answered.startsWith(begun) ? answered.slice(begun.length, at) : '';
    const { chatTemplate } = this.model.info;
    const role = chatTemplate.includes('memory') ? 'memory' : 'system';
    const shown =
      chatTemplate !== '' && this.rendered([asked, { role, content: 'Nobody' }]).includes('Nobody');
    return { lead, role: shown ? role : undefined };
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
