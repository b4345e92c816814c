import { type Asked, type Mood, moodOf } from './asking.js';
import { keyOf } from './entities.js';
import type { Draft, Frame } from './frame.js';
import { answeredLabel, plainLabel } from './labels.js';
import { readQuestion } from './questions.js';
import type { Question } from './reading.js';
import { reasked, restated } from './restating.js';
import { isMistaken, leadIn, sentencesOf } from './sentences.js';
import { StatementReader } from './statements.js';
import { spanOf, type Token, tokenize } from './tokens.js';
import { turned } from './turns-of-phrase.js';
import { isVerbForm } from './verbs.js';

/** What a text states and asks. Commands and small talk are neither. */
export interface Understanding {
  readonly drafts: readonly Draft[];
  readonly questions: readonly Question[];
}

/** A turn is asked whether it asks something, whether it asks for what was never told, and what it tells. */
const RECENT = 64;
/** Longer ones are read anew: what is kept stays small. */
const LONGEST = 4096;
const recent = new Map<string, Understanding>();

/** Reads a text, sentence by sentence. */
export function understand(text: string): Understanding {
  if (text.length > LONGEST) return readWhole(text);
  let read = recent.get(text);
  if (!read) {
    read = readWhole(text);
    if (recent.size === RECENT) recent.delete(recent.keys().next().value!);
    recent.set(text, read);
  }
  return read;
}

function readWhole(text: string): Understanding {
  const drafts: Draft[] = [];
  const questions: Question[] = [];
  const sentences = sentencesOf(text, tokenize(text));
  const mistaken = sentences.some(({ tokens }) => isMistaken(tokens));
  const plainly = (source: string) =>
    new StatementReader(source, tokenize(source))
      .read()
      .forEach((draft) => drafts.push(draft.kind === 'fact' ? { ...draft, source } : draft));
  for (const [at, sentence] of sentences.entries()) {
    const labelled = [
      ...answeredLabel(text, sentence, sentences[at + 1]),
      ...plainLabel(text, sentence),
    ];
    labelled.forEach(plainly);
    if (labelled.length > 0) continue;
    const { mood, question, tokens: told } = moodOf(sentence);
    const tokens = withoutSince(told);
    if (mood === 'statement' && !isSupposed(tokens)) {
      const read = new StatementReader(text, tokens).read();
      const meant =
        turned(text, tokens).length > 0 ? read.filter((draft) => !isAside(draft)) : read;
      const all = [...meant, ...restatedDrafts(text, tokens, meant)];
      drafts.push(...(mistaken || leadIn(tokens).corrects ? all.map(correcting) : all));
    }
    if (mood === 'question') {
      const read = withOtherWords(text, question, readQuestion(text, tokens, question));
      questions.push(...read);
      const subject = read[0]?.readings[0]?.subject;
      if (subject) drafts.push({ kind: 'mention', entity: subject });
    }
  }
  return { drafts, questions };
}

/** What a text asks, as words. */
export function questionsIn(text: string): Asked[] {
  return sentencesOf(text, tokenize(text)).flatMap((sentence) => {
    const { mood, question } = moodOf(sentence);
    return mood === 'question' ? [question] : [];
  });
}

function correcting(draft: Draft): Draft {
  return draft.kind === 'fact' ? { ...draft, frame: { ...draft.frame, corrects: true } } : draft;
}

/** "we have |since| moved to Genoa" */
function withoutSince(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(
    ({ lower }, at) =>
      lower !== 'since' ||
      !/^(?:have|has|'ve)$/.test(tokens[at - 1]?.lower ?? '') ||
      !isVerbForm(tokens[at + 1]?.lower ?? ''),
  );
}

/** "maybe i'll call the cat Zorro": it is not so yet. */
function isSupposed(tokens: readonly Token[]): boolean {
  const first = tokens.find(
    ({ kind, lower }) => kind === 'word' && !/^(?:so|and|but|or)$/.test(lower),
  );
  return /^(?:maybe|perhaps|possibly|hopefully|supposedly)$/.test(first?.lower ?? '');
}

/** "nothing beats ramen, |it's my favorite food|": it is what the turn of phrase says. */
function isAside(draft: Draft): boolean {
  if (draft.kind !== 'fact') return false;
  const { subject, relation, objects } = draft.frame;
  return subject.root === 'it' && relation === 'be' && objects[0]?.entity?.root === 'user';
}

/** What a sentence says in other words than the grammar reads, unless it has read the same. */
function restatedDrafts(text: string, tokens: readonly Token[], read: readonly Draft[]): Draft[] {
  const known = new Set(read.flatMap(keysOf));
  return restated(text, tokens).flatMap((source) =>
    new StatementReader(source, tokenize(source)).read().flatMap((draft): Draft[] => {
      const [key] = keysOf(draft);
      if (draft.kind !== 'fact' || key === undefined || known.has(key)) return [];
      known.add(key);
      return [{ ...draft, source }];
    }),
  );
}

/** The question with what it may also be asked as; "do i have any allergies" asks which, after whether. */
function withOtherWords(text: string, asked: Asked, read: Question | undefined): Question[] {
  const others = reasked(text, asked).flatMap((source) => readQuestion(source) ?? []);
  const merged = (one: Question, more: readonly Question[]): Question => ({
    ...one,
    readings: [...one.readings, ...more.flatMap(({ readings }) => readings)],
  });
  const [first, ...rest] = others;
  if (!first) return read ? [read] : [];
  if (!read) return [merged(first, rest)];
  const same = others.filter(({ check }) => check === read.check);
  return same.length > 0 ? [merged(read, same)] : [read, merged(first, rest)];
}

function keysOf(draft: Draft): string[] {
  if (draft.kind !== 'fact') return [];
  const { subject, relation, objects, adjuncts } = draft.frame;
  const values = [...objects, ...adjuncts.map(({ phrase }) => phrase)].map(({ words }) =>
    words.join(' '),
  );
  return [`${keyOf(subject)} ${relation} ${values.join(' / ')}`];
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
