import type { StoredEvent } from '../store/index.js';
import { type FactStore, type Rehearsal, sentenceReadings } from './facts/index.js';

/** A question and the answer that a memory holds. */
export interface Exchange {
  /** Id of the memory. */
  readonly source: number;
  readonly prompt: string;
  readonly reply: string;
}

/** The question that brings back what no other question asks for. */
const REMEMBERING = 'What did I tell you?';

/** A statement of fewer words ("oh well") tells nothing. */
const LEAST = 3;

/** "What does Ann do? Ann is a nurse.": a question that its own answer follows. */
const ANSWERED = /^([^?]*\?)\s+(\S[^]*[^\s?])$/u;

/** An answer of somebody about themselves: who says it later is somebody else. */
const FIRST_PERSON = /\b(?:i|me|my|mine|myself|we|us|our|ours)\b/iu;
/** A question that such an answer belongs to: "how are you?", "where do we live?" */
const PERSONAL = /\b(?:i|my|mine|we|our|ours|you|your|yours)\b/iu;

/**
 * What was told as questions and answers, for sleep to learn, in the order it was told:
 * - a text that is a question with its answer, as it stands;
 * - of the facts in a text, the questions that they answer;
 * - a statement that is neither, and that nothing told later contradicts, as what was told.
 *
 * Questions, requests and small talk hold nothing to learn; of contradicting facts the last counts.
 *
 * @param events oldest first
 */
export function replayOf(events: readonly StoredEvent[], facts: FactStore): Exchange[] {
  const { questions, outdated } = facts.rehearsals();
  const rehearsals = new Map<number, Rehearsal[]>();
  for (const rehearsal of questions) {
    const known = rehearsals.get(rehearsal.event);
    if (known) known.push(rehearsal);
    else rehearsals.set(rehearsal.event, [rehearsal]);
  }
  return events.flatMap((event) => {
    const { id: source, text, speaker } = event;
    if (speaker === 'assistant') return [];
    const answered = ANSWERED.exec(text.trim());
    if (answered && !(PERSONAL.test(answered[1]!) && FIRST_PERSON.test(answered[2]!))) {
      return [{ source, prompt: answered[1]!, reply: answered[2]! }];
    }
    const known = rehearsals.get(source);
    if (known) {
      return known.map(({ question, answer }) => ({ source, prompt: question, reply: answer }));
    }
    if (outdated.has(source)) return [];
    const said = sentenceReadings(text)
      .filter(({ mood, text: words }) => mood === 'statement' && words.split(/\s+/).length >= LEAST)
      .map((sentence) => sentence.text);
    return said.length === 0
      ? []
      : [{ source, prompt: REMEMBERING, reply: `You told me: ${said.join(' ')}` }];
  });
}
