import type { Entity, Fact, Phrase } from './frame.js';

/** Verbs that come before the subject in a question by themselves. */
const AUXILIARY =
  /^(?:am|is|are|was|were|will|would|can|could|should|shall|may|might|must|'m|'re|'s|has|have|had|do|does|did)$/i;

/** Most questions about one fact. */
const MOST = 4;

/**
 * Questions that a fact could be the answer to, in the words of whoever told it, plainest first. They are made by
 * pattern, so not all of them are good English: whoever uses them asks the facts first.
 */
export function questionsAbout(fact: Fact): string[] {
  const subject = subjectOf(fact);
  if (subject === undefined || fact.negated || fact.ended || fact.replaced) return [];
  const questions = fact.relation === 'name' ? aboutName(subject) : aboutFrame(fact, subject);
  return [...new Set(questions)].slice(0, MOST);
}

function aboutName(subject: string): string[] {
  const be = /s$/i.test(subject) ? 'are' : 'is';
  return [
    `What ${be} ${subject} called?`,
    `What is the name of ${subject}?`,
    `What ${be} ${subject} named?`,
    `Who ${be} ${subject}?`,
  ];
}

function aboutFrame(fact: Fact, subject: string): string[] {
  const asked = inverted(fact, subject);
  const questions: string[] = [];
  const [object] = fact.objects;
  for (const { role, preposition, phrase } of fact.adjuncts) {
    const what = object ? ` ${object.text}` : '';
    if (object?.kind === 'adjective' && preposition !== '') {
      questions.push(`What ${asked}${what} ${preposition}?`);
    } else if (role === 'place') questions.push(`Where ${asked}${what}?`);
    else if (role === 'time') questions.push(`When ${asked}${what}?`);
    else if (role === 'duration') questions.push(`How long ${asked}${what}?`);
    else if (role === 'reason') questions.push(`Why ${asked}${what}?`);
    else questions.push(`${pronounFor(phrase)} ${asked}${what} ${preposition}?`);
  }
  if (object) {
    questions.push(`${pronounFor(object)} ${asked}?`);
    if (fact.relation === 'be') questions.push(`What ${asked} like?`, `Who ${asked}?`);
    if (object.count) questions.push(`How many ${countedBy(object)} ${asked}?`);
  }
  const thing = fact.subject.steps.at(-1)?.words;
  if (fact.relation === 'be' && fact.subject.root === 'user' && thing) {
    questions.push(`Which ${thing} do I have?`, `Tell me ${subject}.`);
  }
  if (fact.relation === 'be' && fact.subject.root === 'world')
    questions.push(`Do you know ${subject}?`);
  return questions;
}

/** "do I live", "is my dog", "are we moving". */
function inverted({ said, past }: Fact, subject: string): string {
  const [first = '', ...rest] = said.verbs.split(/\s+/);
  const auxiliary =
    AUXILIARY.test(first) && (rest.length > 0 || /^(?:am|is|are|was|were)$/i.test(first));
  if (auxiliary) return [first.toLowerCase(), subject, ...rest].join(' ');
  const third = !/^(?:i|we|you|they)$/i.test(subject);
  const help = past ? 'did' : third ? 'does' : 'do';
  return `${help} ${subject} ${baseForm(said.verbs, past)}`;
}

/** "live" of "lives"; of a past that is not regular the word itself, which the questions' grammar understands. */
function baseForm(verbs: string, past: boolean): string {
  const [verb = '', ...rest] = verbs.split(/\s+/);
  const base = past
    ? verb.replace(/ied$/, 'y').replace(/([^e])ed$/, '$1')
    : verb
        .replace(/^has$/i, 'have')
        .replace(/ies$/, 'y')
        .replace(/(ss|sh|ch|x|o)es$/, '$1')
        .replace(/([^s])s$/, '$1');
  return [base, ...rest].join(' ');
}

/** How the one who told it would say whom or what it is about. */
function subjectOf({ subject, subjectText }: Fact): string | undefined {
  if (/^(?:i|we)$/i.test(subjectText)) return subjectText.toLowerCase() === 'we' ? 'we' : 'I';
  const named = spelled(subject);
  if (subjectText === '' || /^(?:he|she|it|they|this|that|these|those)$/i.test(subjectText))
    return named;
  return subjectText;
}

/** "my sister's dog". */
function spelled({ root, steps }: Entity): string | undefined {
  if (steps.length === 0) return root === 'user' ? 'I' : undefined;
  const path = steps.map(({ words }) => words).join("'s ");
  return root === 'user' ? `my ${path}` : root === 'world' ? path : undefined;
}

function pronounFor({ kind, entity }: Phrase): string {
  return kind === 'name' && entity?.root === 'user' ? 'Who' : 'What';
}

function countedBy({ text, head }: Phrase): string {
  return text.split(/\s+/).slice(1).join(' ') || (head ?? '');
}
