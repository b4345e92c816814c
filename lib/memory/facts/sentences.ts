import {
  ADVERBS,
  CONJUNCTIONS,
  COPULAS,
  CORRECTION_CUES,
  DO,
  HAVE,
  INTERJECTIONS,
  isNumber,
  MODALS,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import { isCapital, startsTime } from './nominal.js';
import type { Token } from './tokens.js';
import { isFinite } from './verbs.js';
import { findVerb, isAuxiliary } from './verb-group.js';

/** A sentence: its tokens without the marks at its end. */
export interface Sentence {
  readonly tokens: readonly Token[];
  /** It ends with a question mark. */
  readonly asked: boolean;
}

/** Cuts at full stops, question and exclamation marks, line ends and semicolons. */
export function sentencesOf(text: string, tokens: readonly Token[]): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  const close = (to: number, asked: boolean) => {
    if (to > from) sentences.push({ tokens: tokens.slice(from, to), asked });
  };
  tokens.forEach((token, at) => {
    const before = at > from ? text.slice(tokens[at - 1]!.end, token.start) : '';
    if (before.includes('\n')) {
      close(at, false);
      from = at;
    }
    if (token.kind !== 'mark' || !/[.?!;…]/.test(token.text)) return;
    let asked = token.text === '?';
    for (let later = at + 1; /^[?!.]$/.test(tokens[later]?.text ?? ''); later++)
      asked ||= tokens[later]!.text === '?';
    close(at, asked);
    from = at + 1;
  });
  close(tokens.length, false);
  return sentences;
}

/** Announcements of a statement: "remember that", "just so you know". */
const ANNOUNCEMENT =
  /^(?:(?:please |do |also |could you |can you )?(?:remember|note|keep in mind|don't forget|do not forget|know|save|store|write down|memori[sz]e)(?: this| it)?(?: that)?(?: ,| :)? |(?:just )?so you know(?: that)? |for the record |by the way |as i (?:said|told you|mentioned) |(?:i think|i would say|i believe|i guess|i said|i (?:mean|meant)(?: to say)?(?: that)?(?= :)(?: :)|what i (?:mean|meant)(?: to say)?(?: is| was)(?: that| :)?|i meant?|i told you|i should mention|i want you to know|i wanted to (?:say|tell you)|let me tell you|you should know|it turns out|it so happens|the thing is|fun fact|good news|bad news|turns out|guess what|in fact|of course|to be honest|at the moment|in case you (?:wonder|forgot)|thank you|one more thing|the fact is|if i (?:had|have) to (?:choose|pick|say|guess)(?: one)?(?: ,)?|i have to (?:say|admit)|i must say)(?: that)?(?: is)? |(?:(?:scratch|strike|forget|ignore) (?:that|what i said)|let me correct (?:that|myself)|i stand corrected|i was (?:wrong|mistaken)|i misspoke|my (?:bad|mistake)|i (?:misspelled|misspelt|mistyped|misremembered|mixed up|got|had)(?: (?:it|that|this|(?:his|her|the|my) name))?(?: (?:wrong|up))?|changes? of plans?|slight change) (?:,|:|—|–|-) )/;

/** "i almost bought a Tesla": it was not so. */
export function isOnlyNearly(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ lower }, at) =>
      /^(?:almost|nearly)$/.test(lower) && at > 0 && isFinite(tokens[at + 1]?.lower ?? ''),
  );
}

const CORRECTING =
  /^(?:(?:what )?i mean|scratch|strike|forget|ignore|let me correct|i stand|i was|i mis|i mixed|i got|i had|my |changes? of|slight)/;
/** "I was wrong before": what is said beside it puts something right. */
const MISTAKEN =
  /^(?:(?:sorry|oops) ,? ?)?(?:i (?:was|got (?:it|that)) (?:wrong|mistaken)|i misspoke|i (?:made|had) (?:a|an) (?:mistake|error)|that was (?:wrong|a mistake)|my (?:bad|mistake))(?: (?:before|earlier|there|last time))?$/;

/** Whether all that the sentence says is that something told before was wrong. */
export function isMistaken(tokens: readonly Token[]): boolean {
  return MISTAKEN.test(tokens.map(({ lower }) => lower).join(' '));
}

/** How many tokens come before the statement proper, and whether they announce a correction. */
export function leadIn(tokens: readonly Token[]): { length: number; corrects: boolean } {
  let at = 0;
  let corrects = false;
  for (;;) {
    const start = at;
    while (at < tokens.length) {
      const { lower, kind } = tokens[at]!;
      const known =
        INTERJECTIONS.has(lower) ||
        CONJUNCTIONS.has(lower) ||
        (ADVERBS.has(lower) && at + 1 < tokens.length) ||
        (/^(?:correction|update|edit|erratum)$/.test(lower) && tokens[at + 1]?.kind === 'mark');
      if (
        !(kind === 'mark' || kind === 'symbol' || known) ||
        (kind === 'mark' && /^["“«‘']$/.test(tokens[at]!.text))
      )
        break;
      // "No is my answer", "So is my brother": a word that is the subject itself.
      if (
        kind === 'word' &&
        COPULAS.has(tokens[at + 1]?.lower ?? '') &&
        !CORRECTION_CUES.has(lower)
      )
        break;
      corrects ||= CORRECTION_CUES.has(lower);
      at++;
    }
    const rest = tokens
      .slice(at, at + 9)
      .map(({ lower }) => lower)
      .join(' ')
      .replaceAll('do not forget', "don't forget");
    const announced = ANNOUNCEMENT.exec(`${rest} `)?.[0];
    if (announced && announced.trim().split(' ').length < tokens.length - at) {
      const isMeant = CORRECTING.test(announced);
      corrects ||= isMeant;
      at += announced.trim().split(' ').length + (announced.includes("don't") ? 1 : 0);
    }
    if (at === start) return { length: at, corrects };
  }
}

/**
 * Cuts a statement into clauses: at ", and", "but" and commas, where what follows has a subject and a verb of
 * its own. Each clause is tokens[from … to); `shared` when its subject is that of the clause before.
 */
export function clausesOf(
  tokens: readonly Token[],
  from: number,
): { from: number; to: number; shared: boolean }[] {
  const clauses: { from: number; to: number; shared: boolean }[] = [];
  let start = from;
  let shared = false;
  for (let at = from + 1; at < tokens.length; at++) {
    const token = tokens[at]!;
    const cuts = [',', '—', '–', '-', ':'].includes(token.lower)
      ? token.kind === 'mark'
      : CONJUNCTIONS.has(token.lower) && token.lower !== '&';
    if (!cuts || at <= start || token.lower === 'because' || token.lower === 'than') continue;
    let next = at + 1;
    while (
      next < tokens.length &&
      (CONJUNCTIONS.has(tokens[next]!.lower) || tokens[next]!.kind === 'mark')
    )
      next++;
    while (
      next < tokens.length &&
      (ADVERBS.has(tokens[next]!.lower) || tokens[next]!.lower === 'then')
    )
      next++;
    const begins = beginsClause(tokens, next);
    const verbOnly =
      !begins && CONJUNCTIONS.has(token.lower) && beginsPredicate(tokens, start, at, next);
    const gapped = !begins && !verbOnly && isGapped(tokens, start, at, next);
    if (!begins && !verbOnly && !gapped) continue;
    clauses.push({ from: start, to: at, shared });
    start = next;
    shared = verbOnly;
    at = next;
  }
  if (start < tokens.length) clauses.push({ from: start, to: tokens.length, shared });
  return clauses;
}

/** Whether a subject and its verb begin here, before the next comma or conjunction. */
function beginsClause(tokens: readonly Token[], at: number): boolean {
  const first = tokens[at];
  if (!first || QUESTION_WORDS.has(first.lower)) return false;
  // "… and on Thursdays i go swimming"
  if (PREPOSITIONS.has(first.lower) || startsTime(tokens, at)) {
    const subject = tokens.findIndex(
      ({ lower }, index) => index > at && index < at + 6 && /^(?:i|we|he|she|they)$/.test(lower),
    );
    const between = subject < 0 ? [] : tokens.slice(at + 1, subject);
    const plain = between.every(
      ({ lower, kind }, index) =>
        kind === 'word' &&
        !CONJUNCTIONS.has(lower) &&
        (index === 0 || !isAuxiliary(tokens, at + 1 + index)),
    );
    return subject > 0 && plain && beginsClause(tokens, subject);
  }
  let end = at;
  while (end < tokens.length && !(tokens[end]!.kind === 'mark' && !tokens[end]!.apostrophe)) end++;
  const verb = findVerb(tokens, at, end);
  if (verb === undefined || verb <= at) return false;
  if (SUBJECT_PRONOUNS.has(first.lower) || POSSESSIVES.has(first.lower)) return true;
  const between = tokens.slice(at, verb);
  if (between.some(({ lower }) => CONJUNCTIONS.has(lower))) return false;
  return isAuxiliary(tokens, verb) || tokens[verb]!.lower === "'s" || isFinite(tokens[verb]!.lower);
}

/** "my brother lives in Accra, my sister in Quito": the verb is that of the clause before. */
function isGapped(tokens: readonly Token[], start: number, mark: number, at: number): boolean {
  if (!POSSESSIVES.has(tokens[start]!.lower) || !POSSESSIVES.has(tokens[at]?.lower ?? ''))
    return false;
  const verb = findVerb(tokens, start, mark);
  const after = tokens
    .slice(at + 2, at + 4)
    .findIndex(({ lower }) => PREPOSITIONS.has(lower) || isNumber(lower));
  if (verb === undefined || after < 0) return false;
  const value = tokens[at + 2 + after]!;
  return tokens
    .slice(verb + 1, mark)
    .some(({ lower }) => lower === value.lower || (isNumber(lower) && isNumber(value.lower)));
}

/** "i live in Rome and work at Acme": a verb without a subject, in the same form as the one before. */
function beginsPredicate(
  tokens: readonly Token[],
  from: number,
  conjunction: number,
  at: number,
): boolean {
  const token = tokens[at];
  if (!token || at + 1 >= tokens.length || isCapital(token)) return false;
  const verb = findVerb(tokens, from, conjunction);
  if (verb === undefined || !isFinite(token.lower)) return false;
  const { lower } = token;
  const strong = COPULAS.has(lower) || HAVE.has(lower) || DO.has(lower) || MODALS.has(lower);
  const next = tokens[at + 1]!;
  // "love cats and walks": a noun, when nothing follows that a verb would take.
  return strong || !(next.kind === 'mark' || CONJUNCTIONS.has(next.lower));
}
