import { isAuxiliaryWord } from './asking.js';
import {
  DETERMINERS,
  DO,
  FIRST_PERSON,
  POSSESSIVES,
  PREPOSITIONS,
  SUBJECT_PRONOUNS,
  THIRD_PERSON,
} from './lexicon.js';
import { readNominal } from './nominal.js';
import type { Token } from './tokens.js';
import { isVerbForm } from './verbs.js';

/** "what's the thing i repaired", "what was it that i repaired": "what i repaired"; "the dog i have": "my dog". */
export function withoutDetours(tokens: readonly Token[]): readonly Token[] {
  const lowers = tokens.map(({ lower }) => lower);
  const have = lowers.findLastIndex(
    (lower, at) => at > 1 && /^(?:have|own|got)$/.test(lower) && /^(?:i|we)$/.test(lowers[at - 1]!),
  );
  if (have === tokens.length - 1 && have > 2) {
    let the = have - 2;
    while (the >= 0 && lowers[the] !== 'the') the--;
    const noun = tokens
      .slice(the + 1, have - 1)
      .filter(({ lower }) => lower !== 'that' && lower !== 'which');
    if (the >= 1 && noun.length > 0)
      return [...tokens.slice(0, the), { ...tokens[the]!, text: 'my', lower: 'my' }, ...noun];
  }
  if (
    !/^(?:what|who|which)$/.test(lowers[0] ?? '') ||
    !/^(?:is|was|are|were|'s)$/.test(lowers[1] ?? '')
  )
    return tokens;
  const subject = lowers.findIndex((lower, at) => at > 2 && SUBJECT_PRONOUNS.has(lower));
  if (subject < 0 || subject + 1 >= tokens.length || isAuxiliaryWord(lowers[subject - 1]!))
    return tokens;
  const between = lowers.slice(2, subject).filter((lower) => !/^(?:that|which|who)$/.test(lower));
  if (between.length === 0 || between.length > 4 || !/^(?:it|the|this|that)$/.test(between[0]!))
    return tokens;
  const plain = /^(?:it|thing|one|person|stuff|object|item)$/.test(between.at(-1)!);
  if (between.some((lower) => PREPOSITIONS.has(lower) || POSSESSIVES.has(lower))) return tokens;
  const noun = plain
    ? []
    : tokens
        .slice(2, subject)
        .filter(({ lower }) => !/^(?:that|which|who|it|the|this)$/.test(lower));
  return [tokens[0]!, ...noun, ...tokens.slice(subject)];
}

/** "does" and "did" only help the verb after them. */
export function helping(auxiliary: Token): Token {
  if (auxiliary.apostrophe) return { ...auxiliary, text: 'is', lower: 'is', apostrophe: false };
  if (!DO.has(auxiliary.lower)) return auxiliary;
  return { ...auxiliary, lower: auxiliary.lower === 'did' ? '¿did' : '¿do' };
}

/** Where the subject that begins at `from` may end, the longest first. */
export function subjectEnds(text: string, rest: readonly Token[], from: number): number[] {
  const first = rest[from]?.lower;
  if (first === undefined) return [];
  if (
    /^(?:every|some|any|no)(?:one|body)$/.test(first) ||
    SUBJECT_PRONOUNS.has(first) ||
    FIRST_PERSON.has(first) ||
    (THIRD_PERSON.has(first) && first !== 'her')
  )
    return [from + 1];
  const whole = readNominal(text, rest, from);
  if (!whole) return [];
  const least = from + (DETERMINERS.has(first) || POSSESSIVES.has(first) ? 2 : 1);
  const ends: number[] = [];
  const known = rest.findIndex(
    ({ lower }, at) =>
      at >= least && at < whole.next && isVerbForm(lower) && DO.has(rest[0]!.lower),
  );
  // "the key to the shed", "the name of my dog" end where the nominal does.
  const most = Math.min(Math.max(whole.next, least), rest.length);
  if (known > 0) ends.push(known);
  for (let to = most; to >= least; to--) {
    const before = rest[to - 1]!;
    if (
      to !== known &&
      !before.apostrophe &&
      !PREPOSITIONS.has(before.lower) &&
      !POSSESSIVES.has(before.lower) &&
      !rest[to]?.apostrophe &&
      rest[to]?.lower !== 'of'
    )
      ends.push(to);
  }
  // "the key to the shed": more of the subject may follow.
  if (rest[most] && PREPOSITIONS.has(rest[most].lower)) {
    for (let to = rest.length; to >= most + 2; to--) ends.push(to);
  }
  return ends;
}

export function afterVerbs(tokens: readonly Token[], from: number): number {
  let at = from;
  if (at < tokens.length) at++;
  while (at < tokens.length && /^(?:up|out|away|back|down|off|over)$/.test(tokens[at]!.lower)) at++;
  const to = tokens[at]?.lower === 'to' ? 1 : 0;
  const other = tokens[at + to];
  if (other && isVerbForm(other.lower) && (to === 1 || other.lower.endsWith('ing'))) at += to + 1;
  return at;
}

/** Words of a noun that follows "what" or "how many". */
export function nounAt(tokens: readonly Token[], from: number): string[] {
  const noun: string[] = [];
  for (let at = from; at < tokens.length; at++) {
    const { lower, apostrophe } = tokens[at]!;
    const verb = isVerbForm(lower) && !isAuxiliaryWord(tokens[at + 1]?.lower ?? '');
    if (
      apostrophe ||
      isAuxiliaryWord(lower) ||
      SUBJECT_PRONOUNS.has(lower) ||
      POSSESSIVES.has(lower)
    )
      break;
    if (PREPOSITIONS.has(lower) || DETERMINERS.has(lower) || (noun.length > 0 && verb)) break;
    noun.push(lower);
  }
  return noun;
}

export function beginsSubject(tokens: readonly Token[], at: number): boolean {
  const lower = tokens[at]?.lower ?? '';
  return SUBJECT_PRONOUNS.has(lower) || POSSESSIVES.has(lower) || DETERMINERS.has(lower);
}
