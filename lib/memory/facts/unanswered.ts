import { type Fact, headOf } from './frame.js';
import { isKindOf } from './thesaurus.js';
import type { Question, Reading } from './reading.js';
import { tokenize } from './tokens.js';

/** Questions for advice or ability: "what should i cook", "where can i buy …". */
const ADVICE = new Set('can could should would shall may might will must'.split(' '));
/** Verbs of questions that a stranger can answer: "what do i need for pancakes". */
const GENERAL = new Set(
  'do need sai tell ask mean find get make know start feel look write call take use put'.split(' '),
);
const STATES = new Set([
  'be',
  'name',
  'age',
  'live',
  'work',
  'resid',
  'be bear',
  'grow up',
  'come',
]);

/**
 * Whether the question, which no fact answers, can only be answered by somebody who was told: about the user, or
 * about something whose namesake was told. A model that is left alone with it answers with what was said of others.
 */
export function asksForTold(
  text: string,
  { readings, check }: Question,
  facts: readonly Fact[],
): boolean {
  if (tokenize(text).some(({ lower }) => ADVICE.has(lower))) return false;
  return readings.some(
    (reading) => reading.tier === 0 && (isPersonal(reading, check) || hasNamesake(reading, facts)),
  );
}

function isPersonal({ subject, relation, hole, past, objects }: Reading, check: boolean): boolean {
  if (hole.part === 'manner' || (hole.part === 'adjunct' && hole.role === 'reason')) return false;
  if (subject?.root !== 'user') return false;
  if (subject.steps.length > 0) return true;
  if (check || relation === undefined) return false;
  if (objects.some(({ entity }) => entity?.root === 'user' && entity.steps.length > 0)) return true;
  const [verb = ''] = relation.split(' ');
  return (
    STATES.has(relation) || !GENERAL.has(verb) || (past && !/^(?:tell|sai|ask|mean)$/.test(verb))
  );
}

/** "the capital of Norland" where the capital of another country was told. */
function hasNamesake({ subject }: Reading, facts: readonly Fact[]): boolean {
  const head = subject && headOf(subject);
  if (head === undefined || subject?.root === 'assistant') return false;
  const named = subject!.steps.length > 1 || subject!.steps[0]!.modifiers.length > 0;
  return (
    named &&
    facts.some((fact) => {
      const told = headOf(fact.subject);
      return told !== undefined && (told === head || isKindOf(told, head));
    })
  );
}
