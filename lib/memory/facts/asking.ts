import {
  ADVERBS,
  COPULAS,
  DO,
  FIRST_PERSON,
  HAVE,
  INTERJECTIONS,
  isNumber,
  isTimeWord,
  MODALS,
  POSSESSIVES,
  PREPOSITIONS,
  QUESTION_WORDS,
  SUBJECT_PRONOUNS,
} from './lexicon.js';
import type { Sentence } from './sentences.js';
import type { Token } from './tokens.js';
import { isFreeRelative } from './clefts.js';
import { findVerb } from './verb-group.js';

/** How a sentence is meant. */
export type Mood = 'statement' | 'question' | 'command';

/** What a question is asked with: "do you remember …", "tell me …", "what did i say …". */
const ASKING = [
  /^(?:(?:please )?(?:can|could|would|will|do|did|may|might) (?:you|i|u) (?:please |still |also |even |happen to |ever |maybe |kindly )*(?:remember|recall|know|tell me|tell you|remind me|say|ask|have any idea(?: of)?|have(?= (?:my|our|the) )|repeat|look up|list|name|give me|check|mention|mention to you|share)(?: to me| for me| again| about| of| me)?(?: once)?(?: more)? )/,
  /^(?:please )?(?:tell|remind|give|show|inform|answer) me(?: again| please| once more| of| about| quickly)* /,
  /^(?:i (?:(?:forgot|forget)(?! (?:my|our|the) [\p{L}]+ (?:in|at|on|under|behind|inside|near)\b)|have forgotten|can not remember|do not remember|can not recall|need to know|want to know|would like to know|wonder|am wondering|was wondering|would love to know|am trying to remember|can never remember))(?: again| about)? /u,
  /^(?:i am curious|just curious|quick question|one question|question|any idea|remember|recall|say|name(?! (?:is|'s|was|of|:) )|repeat|i need(?= (?:my|our|the) )|refresh my memory|let us see|let me see|guess(?! what)|quiz me|test)(?: on| about)? /,
  /^(?:what|how much) (?:do|did|can) (?:you|u) (?:know|remember|recall|have) (?:about|of) /,
  /^(?:have|had) (?:i|we) (?:ever |already )?(?:told|mentioned to|said to|mentioned)(?: you)?(?: about)? /,
  /^(?:what|who|where|when|how|which) (?=(?:do|did|would|can|could) (?:you )?(?:think|believe|say) )/,
];
/** "what did i say my dog is called": the words between the question word and the question. */
const SAID =
  /^(what|who|where|when|how old|how many|which|how|why)( [\p{L}]+)? (?:did|have|had) i (?:say|said|tell you|told you|mention|mentioned|tell)(?: to you)?(?: that)? (?=[\p{L}])/u;
const AFTERTHOUGHT =
  /(?: ,)?(?: (?:again|please|then|now|right now|exactly|currently|at the moment|at present|these days|though|anyway|by the way|btw|do you know|do you remember|do you recall|can you tell me|did i tell you|did i say|right|is it not|is n't it|is not it|am i not|are not i|do i not|did i not|correct|once more|(?<!home )for me|to you|(?:, )?what is it|(?:, )?what 's it|(?:, )?what was it|(?:, )?who is it|(?:, )?where is it|(?:, )?when is it|for a living|for work|as a job|professionally|if you remember|if i may ask|at all|ok|graffiti))+$/;

/** A question without what it is asked with. */
export interface Asked {
  readonly tokens: readonly Token[];
  /** It has words that only a question has. */
  readonly sure: boolean;
  /** "tell me my name": what follows need not be a question by itself. */
  readonly requested: boolean;
}

/** Takes "do you remember", "again" and the like away. */
export function bare(sentence: readonly Token[]): Asked {
  let tokens = sentence
    .filter(
      ({ kind, apostrophe, text }) =>
        kind === 'word' || apostrophe || text === ',' || /["“”‘]/.test(text) || kind === 'symbol',
    )
    .map((token) => (token.lower === 'whereabouts' ? { ...token, lower: 'where' } : token));
  let requested = false;
  const lowers = () => `${tokens.map(({ lower }) => lower).join(' ')} `;
  const drop = (matched: string) => {
    tokens = tokens.slice(matched.trim().split(' ').length);
  };
  const tail = AFTERTHOUGHT.exec(lowers().trimEnd())?.[0];
  if (tail && tail.trim().split(' ').length < tokens.length)
    tokens = tokens.slice(0, -tail.trim().split(' ').length);
  for (let again = true; again && tokens.length > 1;) {
    again = false;
    const [first, second] = tokens;
    const filler =
      first!.text === ',' ||
      first!.kind === 'symbol' ||
      (INTERJECTIONS.has(first!.lower) && !COPULAS.has(second!.lower)) ||
      (ADVERBS.has(first!.lower) && !isAuxiliaryWord(second!.lower));
    if (filler) {
      tokens = tokens.slice(1);
      again = true;
      continue;
    }
    const said = SAID.exec(lowers());
    if (said) {
      const kept = (said[1]! + (said[2] ?? '')).split(' ').length;
      tokens = [...tokens.slice(0, kept), ...tokens.slice(said[0].trim().split(' ').length)];
      requested = again = true;
      continue;
    }
    for (const pattern of ASKING) {
      const matched = pattern.exec(lowers())?.[0];
      if (!matched || matched.trim().split(' ').length >= tokens.length) continue;
      drop(matched);
      requested = again = true;
      break;
    }
  }
  if (requested && /^(?:if|whether|that)$/.test(tokens[0]?.lower ?? '')) tokens = tokens.slice(1);
  return { tokens, requested, sure: opensQuestion(tokens) };
}

/** Whether the words are in the order of a question. */
function opensQuestion(tokens: readonly Token[]): boolean {
  const [first, second, third] = tokens.map(({ lower }) => lower);
  if (!first || !second) return false;
  const at = PREPOSITIONS.has(first) && QUESTION_WORDS.has(second) ? 1 : 0;
  const next = at === 0 ? second : (third ?? '');
  if (QUESTION_WORDS.has(at === 0 ? first : second)) {
    if (/^(?:when|while|where)$/.test(first)) return isAuxiliaryWord(next);
    if (first === 'what' && /^(?:a|an)$/.test(next)) return false; // "what a day"
    if (isFreeRelative(tokens)) return false;
    if (first === 'how' && /^(?:many|much|old|tall)$/.test(next)) return true;
    if (first === 'how' && !isAuxiliaryWord(next))
      return tokens.some(({ lower }, index) => index > 1 && isAuxiliaryWord(lower));
    return true;
  }
  if (!isAuxiliaryWord(first) || tokens[0]!.apostrophe) return false;
  if (first === 'do' && second === 'not') return false;
  const begins = (word: string) =>
    SUBJECT_PRONOUNS.has(word) ||
    POSSESSIVES.has(word) ||
    /^(?:the|a|an|this|that|there)$/.test(word);
  if (second === 'not') return begins(third ?? '');
  return (
    begins(second) ||
    (/^(?:is|are|was|were|does|did|has)$/.test(first) &&
      tokens.length > 2 &&
      /^[A-Z]/.test(tokens[1]!.text)) ||
    /^(?:is|are|was|were|does|did)$/.test(first)
  );
}

export function isAuxiliaryWord(lower: string): boolean {
  return (
    COPULAS.has(lower) || DO.has(lower) || HAVE.has(lower) || MODALS.has(lower) || lower === "'s"
  );
}

const COMMAND =
  /^(?:please )?(?:count|tell|say|write|sing|give|show|play|stop|forget|repeat|list|make|help|let|go|come|talk|explain|translate|describe|imagine|pretend|act|be|draw|read|spell|compute|calculate|solve|summari[sz]e|define|generate|create|recommend|suggest|find|search|open|close|start|continue|try|look|listen|think|ask|answer|do|don't|remind|wake|set|turn|put|take|get|send|call|delete|remove|erase|wipe|clear|ignore|keep|meet|wait|choose|pick|guess) /;

/** "did i mention that my grandpa was a sailor?" tells it. */
const TELLING =
  /^(?:(?:oh|hey|so|by the way|btw|,) )*(?:(?:did|have) i (?:ever |already )?(?:mention|mentioned|tell|told|say|said)(?: to)?(?: you)?|did you know|do you know(?= that )|guess what(?: ,)?)(?: that)? (?=(?:i|my|our|we|the|his|her) )/;

/** How many tokens of a question only announce what it tells; 0 for a question that asks. */
function announced(tokens: readonly Token[]): number {
  const lead = TELLING.exec(`${tokens.map(({ lower }) => lower).join(' ')} `)?.[0];
  if (!lead) return 0;
  const from = lead.trim().split(' ').length;
  const verb = findVerb(tokens, from, tokens.length);
  // "do you know my sister's name?" asks.
  return verb === undefined || verb + 1 >= tokens.length ? 0 : from;
}

/** Statement, question or command, and the tokens of it that count. */
export function moodOf(sentence: Sentence): {
  mood: Mood;
  question: Asked;
  tokens: readonly Token[];
} {
  const lead = announced(sentence.tokens);
  const tokens = sentence.tokens.slice(lead);
  if (lead > 0) return { mood: 'statement', question: bare(tokens), tokens };
  return { ...plainMood(sentence), tokens };
}

/** "make that three", "make it Friday": what puts a value right. */
export function isRemade(tokens: readonly Token[]): boolean {
  const [first, second, third] = tokens;
  if (first?.lower !== 'make' || !/^(?:that|it)$/.test(second?.lower ?? '') || !third) return false;
  const { lower, text } = third;
  return isNumber(lower) || isTimeWord(lower) || /\d/.test(text) || /^\p{Lu}/u.test(text);
}

function plainMood({ tokens, asked }: Sentence): { mood: Mood; question: Asked } {
  const question = bare(tokens);
  const isAbout = question.tokens.some(
    ({ lower }) => FIRST_PERSON.has(lower) || POSSESSIVES.has(lower),
  );
  const text = `${tokens.map(({ lower }) => lower).join(' ')} `;
  // "say hi to my dog Rex", "being a nurse is my job"
  if (!asked && /^(?:(?:please )?say (?:hi|hello|hey) to |being (?!you))/.test(text))
    return { mood: 'statement', question };
  if (asked || question.sure) return { mood: 'question', question };
  const told =
    /^(?:please |also |and )*(?:remember|note|keep in mind|do not forget|save|store) /.test(text);
  if (question.requested && !told) {
    return { mood: isAbout || question.tokens.length <= 6 ? 'question' : 'command', question };
  }
  if (
    !told &&
    COMMAND.test(text) &&
    !isRemade(tokens) &&
    !/^(?:(?:wait|guess what|look|listen|stop|(?:ignore|forget|scratch|strike) (?:that|it)) ,|wait (?:no|actually|sorry) )/.test(
      text,
    ) &&
    !/^(?:please )?(?:call me|meet (?!me|us|you|him|her|them|at|in|on|up)|let me tell|keep in mind) ?/.test(
      text,
    )
  ) {
    return { mood: 'command', question };
  }
  return { mood: 'statement', question };
}
