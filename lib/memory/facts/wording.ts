import type { Entity, Fact } from './frame.js';
import { COPULAS, MODALS } from './lexicon.js';
import { isPlural } from './thesaurus.js';
import { tokenize } from './tokens.js';
import { isPast, thirdPerson } from './verbs.js';

/** Whom a sentence about the user speaks to: the user ("Your dog …") or the model ("The user's dog …"). */
export type Person = 'second' | 'third';

const SWAPPED: Readonly<Record<Person, ReadonlyMap<string, string>>> = {
  second: new Map(Object.entries({ i: 'you', me: 'you', my: 'your', mine: 'yours', myself: 'yourself', we: 'you', us: 'you', our: 'your', ours: 'yours', you: 'me', your: 'my' })),
  third: new Map(Object.entries({ i: 'they', me: 'them', my: 'their', mine: 'theirs', myself: 'themselves', we: 'they', us: 'them', our: 'their', ours: 'theirs', you: 'the assistant', your: "the assistant's" })),
}; // prettier-ignore

/** Forms of "be" that go with "i" and not with "you" and "they". */
const AFTER_I = new Map(Object.entries({ am: 'are', was: 'were', "'m": "'re" }));

/** Full words for what was said with an apostrophe after its subject. */
const CLITICS: readonly (readonly [RegExp, string])[] = [
  [/^['’]m\b/i, 'am'],
  [/^['’]s\b/i, 'is'],
  [/^['’]re\b/i, 'are'],
  [/^['’]ve\b/i, 'have'],
  [/^['’]ll\b/i, 'will'],
  [/^['’]d\b/i, 'would'],
];

/** A fact as a sentence, in which what was told stands as it was written; `name` follows its subject. */
export function sentenceOf(fact: Fact, person: Person, name?: string): string {
  const subject = [subjectOf(fact, person), name ?? ''].join(' ').trimEnd();
  const user = fact.subject.root === 'user' && fact.subject.steps.length === 0;
  const [first] = fact.objects;
  if (fact.relation === 'name' && first) {
    const names = listed(fact.objects.map(({ text }) => text));
    const tense = fact.past ? 'was' : 'is';
    const not = fact.negated ? ' not' : '';
    if (user)
      return ended(`${person === 'second' ? 'Your' : "The user's"} name ${tense}${not} ${names}`);
    const many = fact.objects.length > 1;
    return ended(`${subject} ${many ? (fact.past ? 'were' : 'are') : tense}${not} named ${names}`);
  }
  const dated = fact.adjuncts.some(
    ({ role, preposition }) => role === 'time' && preposition !== '',
  );
  if (fact.relation === 'age' && first && !(dated && fact.said.verbs.startsWith('turn'))) {
    return ended(
      `${subject} ${user && person === 'second' ? 'are' : 'is'} ${first.text} years old`,
    );
  }
  if (fact.said.sentence !== undefined) return ended(capital(swapped(fact.said.sentence, person)));
  const verbs = verbsOf(fact, person, user);
  return ended(
    [subject, verbs, swapped(fact.said.complement, person)].filter((part) => part !== '').join(' '),
  );
}

/** What the user said, said to the user: "I owe Dmitri forty bucks" as "You owe Dmitri forty bucks." */
export function quoted(said: string): string {
  return ended(capital(swapped(said, 'second')));
}

/** "a", "a and b", "a, b and c" */
export function listed(texts: readonly string[]): string {
  if (texts.length < 2) return texts[0] ?? '';
  return `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function subjectOf({ subject, subjectText }: Fact, person: Person): string {
  const clause = /^the\b.*\b(?:i|we)\b/i.test(subjectText);
  if (subject.root === 'user' && !clause) return capital(pathOf(subject, person));
  // What was said of somebody by name or of the world needs no other words.
  const said = /^(?:he|she|it|they|his|her|its|their)\b/i.test(subjectText) || subjectText === '';
  return capital(said ? pathOf(subject, person) : swapped(subjectText, person));
}

function pathOf({ root, steps }: Entity, person: Person): string {
  if (root !== 'user') return steps.map(({ words }) => words).join("'s ");
  if (steps.length === 0) return person === 'second' ? 'you' : 'the user';
  return `${person === 'second' ? 'your' : "the user's"} ${steps.map(({ words }) => words).join("'s ")}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The verbs in the form that goes with the subject. */
function verbsOf({ said, past, subject }: Fact, person: Person, user: boolean): string {
  const verbs = CLITICS.reduce((text, [clitic, full]) => text.replace(clitic, full), said.verbs);
  const [first = ''] = verbs.split(' ');
  const lower = first.toLowerCase();
  const rest = verbs.slice(first.length);
  if (!user) {
    const many =
      subject.steps.length > 0 &&
      isPlural(subject.steps.at(-1)!.words.split(' ').at(-1)!.toLowerCase());
    return (
      (lower === 'is' && many && said.verbs.startsWith("'") ? 'are' : first.toLowerCase()) + rest
    );
  }
  if (COPULAS.has(lower)) {
    const was = lower.startsWith('w');
    if (person === 'second') return (was ? 'were' : 'are') + rest;
    return (was ? 'was' : 'is') + rest;
  }
  if (person === 'second' || MODALS.has(lower) || lower === 'used' || (past && isPast(lower)))
    return lower + rest;
  if (isPast(lower)) return lower + rest;
  const negated = /^(do|have)(n['’]t)$/.exec(lower);
  if (negated) return thirdPerson(negated[1]!) + negated[2]! + rest;
  return thirdPerson(lower) + rest;
}

/** The text with "my" as "your" or "their", and everything else as it was written. */
function swapped(text: string, person: Person): string {
  let result = '';
  let end = 0;
  for (const token of tokenize(text)) {
    const lower = token.text.toLowerCase();
    // "i am" becomes "you are"; a time of day stays.
    const after = /\bi$/i.test(text.slice(0, token.start).trimEnd());
    const own = after ? AFTER_I.get(lower) : undefined;
    const other = token.kind === 'word' ? (own ?? SWAPPED[person].get(lower)) : undefined;
    result += text.slice(end, token.start) + (other ?? token.text);
    end = token.end;
  }
  return result + text.slice(end);
}
