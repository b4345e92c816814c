import { type Mood, moodOf } from './asking.js';
import type { Draft, Frame } from './frame.js';
import { readQuestion } from './questions.js';
import type { Question } from './reading.js';
import { sentencesOf } from './sentences.js';
import { StatementReader } from './statements.js';
import { spanOf, tokenize } from './tokens.js';

/** What a text states and asks. Commands and small talk are neither. */
export interface Understanding {
  readonly drafts: readonly Draft[];
  readonly questions: readonly Question[];
}

/** Reads a text, sentence by sentence. */
export function understand(text: string): Understanding {
  const drafts: Draft[] = [];
  const questions: Question[] = [];
  for (const sentence of sentencesOf(text, tokenize(text))) {
    const { mood, question, tokens } = moodOf(sentence);
    if (mood === 'statement') drafts.push(...new StatementReader(text, tokens).read());
    if (mood === 'question') {
      const read = readQuestion(text, tokens, question);
      if (read) questions.push(read);
      const subject = read?.readings[0]?.subject;
      if (subject) drafts.push({ kind: 'mention', entity: subject });
    }
  }
  return { drafts, questions };
}

/** One sentence of a text, and what it states. */
export interface SentenceReading {
  readonly text: string;
  readonly mood: Mood;
  readonly frames: readonly Frame[];
}

/** The sentences of a text, each by itself. */
export function sentenceReadings(text: string): SentenceReading[] {
  return sentencesOf(text, tokenize(text)).map((sentence) => {
    const { mood, tokens } = moodOf(sentence);
    const { start, end } = spanOf(sentence.tokens);
    const drafts = mood === 'statement' ? new StatementReader(text, tokens).read() : [];
    const frames = drafts.flatMap((draft) => (draft.kind === 'fact' ? [draft.frame] : []));
    return { text: text.slice(start, end), mood, frames };
  });
}
