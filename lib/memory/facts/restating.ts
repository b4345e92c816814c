import { type Asked, isAuxiliaryWord } from './asking.js';
import { HAVE, POSSESSIVES, QUESTION_WORDS, SECOND_PERSON, UNREAL } from './lexicon.js';
import { form, type Owner, ownerOf } from './owners.js';
import { clausesOf, isOnlyNearly, leadIn } from './sentences.js';
import type { Token } from './tokens.js';
import { type Asker, type Topic, TOPICS } from './topics.js';
import { turned, turnedQuestions } from './turns-of-phrase.js';
import { segmentOf } from './value-segments.js';
import { isPast, isVerbForm, verbMeaning, verbStem } from './verbs.js';
import {
  isFunction,
  known,
  meaningsOf,
  NEGATION,
  type Vocabulary,
  vocabularyFor,
} from './vocabulary.js';

/** Longer sentences say more than one thing. */
const MOST_TOKENS = 40;
/** Cut off what a sentence says besides. */
const SUBORDINATE =
  /^(?:because|since|although|though|while|whereas|if|unless|until|when|which|who)$/;
/** It was so, or is yet to be, or only in thought. */
const UNTRUE =
  /^(?:used|former|formerly|previous|previously|ex|would|could|should|might|wish|hope|want|wanted|plan|dream|imagine|if|once)$/;

/** What a sentence says, said again as the grammar reads it: "Leeds is home for me" as "I live in Leeds". */
export function restated(text: string, sentence: readonly Token[]): string[] {
  if (sentence.length > MOST_TOKENS) return [];
  const { length: lead } = leadIn(sentence);
  const found: string[] = turned(text, sentence);
  const parts = clausesOf(sentence, lead).map(({ from, to }) =>
    withoutSubordinate(sentence.slice(from, to)),
  );
  for (const part of parts) {
    found.push(...restatedPart(text, part));
    if (parts.length > 1) found.push(...turned(text, part));
  }
  if (found.length === 0 && parts.length > 1)
    found.push(...restatedPart(text, sentence.slice(lead)));
  return [...new Set(found)];
}

function restatedPart(text: string, tokens: readonly Token[]): string[] {
  return TOPICS.flatMap((topic) => {
    const said = valueIn(text, tokens, topic);
    return said ? [form(topic.told, said.owner, said.value)] : [];
  });
}

/** What a question asks for, asked again as the grammar reads it: "my city?" as "where do I live". */
export function reasked(text: string, asked: Asked): string[] {
  const plain = asked.tokens.filter(({ kind, apostrophe }) => kind === 'word' || apostrophe);
  if (plain.length === 0 || plain.length > MOST_TOKENS) return [];
  if (plain.some(({ lower }) => /^(?:should|shall|must|might|may|could)$/.test(lower))) return [];
  const asker = askerOf(plain);
  const byTopic = TOPICS.flatMap((topic) => {
    if (asker === undefined) {
      const said = valueIn(
        text,
        plain[0] && isAuxiliaryWord(plain[0].lower) ? plain.slice(1) : plain,
        topic,
      );
      if (said) return [`${form(topic.told, said.owner, said.value)}?`];
      if (!/^(?:do|does|have|has)$/.test(plain[0]!.lower)) return [];
    }
    const vocabulary = vocabularyFor(topic);
    const cues = vocabulary.asks.get(asker ?? 'what');
    const mentioned = ownerOf(text, plain);
    if (!cues || !mentioned || (topic.other && !mentioned.owner.other)) return [];
    const content = plain.filter(
      (token, at) =>
        !mentioned.tokens.has(at) && (!isFunction(token) || NEGATION.test(token.lower)),
    );
    // The wife of "my wife's name" is no cue for whom somebody married.
    const free = plain.filter(
      ({ lower }, at) =>
        !mentioned.owner.other || !mentioned.tokens.has(at) || POSSESSIVES.has(lower),
    );
    if (!cues.some(cueIn(free))) return [];
    const asksOnlyThat = content.every(
      (token) => known(token, vocabulary, topic) || askerWord(token),
    );
    if (
      !asksOnlyThat ||
      plain.some(({ lower }) => SECOND_PERSON.has(lower) && !topic.also.includes('you'))
    )
      return [];
    if (plain.some(({ lower }) => lower === 'you') && !/\byou\b/.test(topic.also)) return [];
    return topic.asked.map((question) => form(question, mentioned.owner, ''));
  });
  return [...new Set([...byTopic, ...turnedQuestions(text, { ...asked, tokens: plain })])];
}

/** Whether the words of a cue are all there: by meaning, or after "=" as they are written. */
function cueIn(tokens: readonly Token[]): (cue: readonly string[]) => boolean {
  const meant = tokens.map(meaningsOf);
  return (cue) =>
    cue.every((word) =>
      word.startsWith('=')
        ? tokens.some(({ lower }) => lower === word.slice(1))
        : meant.some((one) => one.has(word)),
    );
}

function askerWord({ lower }: Token): boolean {
  return /^(?:many|much|old|tall|number|name|called|high|time)$/.test(lower);
}

/** The question word with what belongs to it; undefined for a question whether something is so. */
function askerOf(tokens: readonly Token[]): Asker | undefined {
  const at = tokens.findIndex(({ lower }) => QUESTION_WORDS.has(lower));
  if (at < 0)
    return isAuxiliaryWord(tokens[0]!.lower) ||
      tokens.some(({ lower }) => isAuxiliaryWord(lower) || lower === "'s")
      ? undefined
      : 'what';
  const { lower } = tokens[at]!;
  if (lower !== 'how')
    return lower === 'which' ? 'what' : lower === 'whom' ? 'who' : (lower as Asker);
  const next = tokens[at + 1]?.lower ?? '';
  return /^(?:many|much|old|tall)$/.test(next) ? (`how ${next}` as Asker) : 'how';
}

/** Whose what is said, and what: undefined where the sentence does not speak of the topic, or of more than that. */
function valueIn(
  text: string,
  tokens: readonly Token[],
  topic: Topic,
): { owner: Owner; value: string } | undefined {
  const vocabulary = vocabularyFor(topic);
  const holds = cueIn(tokens);
  if (isOnlyNearly(tokens)) return undefined;
  const strong = vocabulary.cues.some(holds);
  if (!strong && !vocabulary.weak.some(holds)) return undefined;
  const denied = tokens.some(({ lower }) => NEGATION.test(lower));
  if (denied && !topic.negated) return undefined;
  if (tokens.some((token, at) => isUntrue(tokens, at) && !known(token, vocabulary, topic)))
    return undefined;
  if (tokens.some(({ lower }) => SECOND_PERSON.has(lower) && !/\b(?:you|find)\b/.test(topic.also)))
    return undefined;
  if (tokens.some((token, at) => isOver(tokens, token, at, vocabulary))) return undefined;
  const mentioned = ownerOf(text, tokens);
  if (!mentioned || (topic.other && !mentioned.owner.other)) return undefined;
  const value = segmentOf(text, tokens, mentioned.tokens, topic, vocabulary, strong);
  return value === undefined ? undefined : { owner: mentioned.owner, value };
}

/** "i would like", "my former boss", "my old car" */
function isUntrue(tokens: readonly Token[], at: number): boolean {
  const { lower } = tokens[at]!;
  if (lower === 'old') return POSSESSIVES.has(tokens[at - 1]?.lower ?? '');
  return UNTRUE.test(lower) || UNREAL.has(lower);
}

/** "i lived in Rome", "my job was …": what is no more. */
function isOver(
  tokens: readonly Token[],
  { lower }: Token,
  at: number,
  { past, words }: Vocabulary,
): boolean {
  if (/^(?:was|were|had)$/.test(lower)) return !tokens.some((token) => past.has(token.lower));
  if (
    !isPast(lower) ||
    past.has(lower) ||
    !isVerbForm(lower) ||
    /^(?:called|named|read|put|set)$/.test(lower)
  )
    return false;
  const perfect = tokens.slice(Math.max(0, at - 3), at).some((token) => HAVE.has(token.lower));
  return !perfect && words.has(verbMeaning(verbStem(lower)));
}

function withoutSubordinate(tokens: readonly Token[]): readonly Token[] {
  const cut = tokens.findIndex(
    ({ lower }, at) =>
      at > 1 &&
      SUBORDINATE.test(lower) &&
      tokens.slice(0, at).some((token) => isAuxiliaryWord(token.lower) || isVerbForm(token.lower)),
  );
  const kept = cut < 0 ? tokens : tokens.slice(0, cut);
  let end = kept.length;
  while (end > 0 && kept[end - 1]!.kind === 'mark') end--;
  return kept.slice(0, end);
}
