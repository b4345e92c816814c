import { type Draft, type Entity, type Phrase } from './frame.js';
import { ADVERBS, COPULAS, POSSESSIVES, PREPOSITIONS, SUBJECT_PRONOUNS } from './lexicon.js';
import { isContent, type Nominal, phraseOf, readNominal } from './nominal.js';
import { ShortForms } from './short-forms.js';
import { nounMeaning } from './thesaurus.js';
import { type Token, trimmedSpan } from './tokens.js';
import { findVerb } from './verb-group.js';
import { isVerbForm, verbMeaning, verbStem } from './verbs.js';

/** Nouns of which a clause says why, how or when, not what. */
const MANNER = /^(?:reason|way|time|day|year|moment|problem|point|fact|only|first)$/;
/** "most" of "what i love most": belongs to the verb. */
const DEGREE = /^(?:most|best|least|more|currently|now|right)$/;

/** Sentences in which what is told stands in a clause of its own, turned into the usual order. */
export abstract class Clefts extends ShortForms {
  protected abstract predicate(
    subject: Entity,
    phrase: Phrase,
    verb: number,
    to: number,
    found?: Nominal,
  ): void;

  /** What a clause of these tokens says. */
  protected abstract clauseOf(tokens: readonly Token[]): readonly Draft[];

  /**
   * "walnuts are what my boss collects", "Rome is where i live", "what i love most is sailing": the same in the usual
   * order.
   */
  protected cleft(from: number): boolean {
    return this.pseudoCleft(from) || this.itCleft(from);
  }

  /** "what i love most is sailing" */
  private pseudoCleft(from: number): boolean {
    const { tokens } = this;
    if (!isFreeRelative(tokens.slice(from))) return false;
    const copula = copulaAfterVerb(tokens, from + 1, tokens.length)!;
    const where = tokens[from]!.lower === 'where';
    const drafts = this.inUsualOrder(
      tokens.slice(from + 1, copula),
      tokens.slice(copula + 1),
      where,
    );
    this.saidAs(drafts, from, tokens.length);
    return drafts.length > 0;
  }

  /** "Rome is where i live", "it was my grandmother who taught me" */
  private itCleft(from: number): boolean {
    const { tokens } = this;
    const at = tokens.findIndex(
      ({ lower }, index) =>
        index > from + 1 &&
        /^(?:what|where|who|whom)$/.test(lower) &&
        COPULAS.has(tokens[index - 1]!.lower),
    );
    const end = tokens.length;
    const verb = at < 0 || at + 2 >= end ? undefined : findVerb(tokens, at + 1, end);
    const subject = verb === undefined ? undefined : this.subject(tokens, at + 1, verb);
    if (verb === undefined || !subject) return false;
    const where = tokens[at]!.lower === 'where';
    this.saidAs(
      this.inUsualOrder(tokens.slice(at + 1), tokens.slice(from, at - 1), where),
      from,
      end,
    );
    return true;
  }

  /** "the band i listen to most is Moonfold", "the person who cuts my hair is Gianni" */
  protected reduced(from: number, to: number): boolean {
    const { tokens } = this;
    const found = readNominal(this.text, tokens, from, to);
    if (found?.entity.steps.length !== 1 || !/^(?:the|my)$/.test(tokens[from]!.lower)) return false;
    const relative = /^(?:that|which|who|where)$/.test(tokens[found.next]?.lower ?? '');
    const inner = found.next + (relative ? 1 : 0);
    const begins = tokens[inner]?.lower ?? '';
    const [step] = found.entity.steps;
    if (relative && isVerbForm(begins) && !COPULAS.has(begins)) {
      const copula = tokens.findIndex(
        ({ lower }, at) => at > inner && at + 1 < to && COPULAS.has(lower),
      );
      if (copula < 0) return false;
      // "the person who cuts my hair is Gianni"
      const value = tokens.slice(copula + 1, to);
      this.saidAs(this.clauseOf([...value, ...tokens.slice(inner, copula)]), from, to);
      return true;
    }
    if (!SUBJECT_PRONOUNS.has(begins) && !(POSSESSIVES.has(begins) && inner > found.next))
      return false;
    const copula = inner < to ? copulaAfterVerb(tokens, inner, to) : undefined;
    if (copula === undefined) return false;
    const said = tokens.slice(inner, copula).filter(isContent);
    const meant = said.flatMap(({ lower }) => [
      nounMeaning(lower),
      ...(isVerbForm(lower) ? [verbMeaning(verbStem(lower))] : []),
    ]);
    const words = this.text.slice(tokens[from + 1]!.start, tokens[copula - 1]!.end);
    const entity: Entity = {
      root: 'user',
      steps: [{ head: step!.head, modifiers: [...step!.modifiers, ...meant], words }],
    };
    const phrase = phraseOf(this.text, tokens, from, copula, 'definite', entity);
    if (
      !step!.words
        .toLowerCase()
        .split(/\s+/)
        .some((word) => MANNER.test(word))
    ) {
      const where = tokens[found.next]!.lower === 'where';
      const clause = tokens.slice(inner, copula);
      this.saidAs(this.inUsualOrder(clause, tokens.slice(copula + 1, to), where), from, to);
    }
    this.predicate(entity, phrase, copula, to);
    return true;
  }

  /** "i listen to" and "Moonfold": "i listen to Moonfold". */
  private inUsualOrder(clause: readonly Token[], value: readonly Token[], where: boolean) {
    let end = clause.length;
    while (end > 1 && isDegree(clause[end - 1]!)) end--;
    const stranded = PREPOSITIONS.has(clause[end - 1]!.lower);
    const begins = PREPOSITIONS.has(value[0]?.lower ?? '');
    const place: Token[] =
      where && !stranded && !begins ? [{ ...clause[0]!, text: 'in', lower: 'in' }] : [];
    return this.clauseOf([...clause.slice(0, end), ...place, ...value, ...clause.slice(end)]);
  }

  /** Takes the drafts in, to be said as tokens[from … to) say it. */
  private saidAs(drafts: readonly Draft[], from: number, to: number): void {
    const sentence = trimmedSpan(this.tokens, from, to);
    this.drafts.push(
      ...drafts.map((draft): Draft =>
        draft.kind === 'fact' && draft.frame.relation !== 'name'
          ? { ...draft, frame: { ...draft.frame, sentence } }
          : draft,
      ),
    );
  }
}

/** "what i love most is sailing": no question, but what somebody does with something, and what that is. */
export function isFreeRelative(tokens: readonly Token[]): boolean {
  const [first, second] = tokens.map(({ lower }) => lower);
  if (!/^(?:what|where|who)$/.test(first ?? '')) return false;
  if (!SUBJECT_PRONOUNS.has(second ?? '') && !POSSESSIVES.has(second ?? '')) return false;
  return copulaAfterVerb(tokens, 1, tokens.length) !== undefined;
}

/** The "is" after a clause that has another verb, with something behind it. */
function copulaAfterVerb(tokens: readonly Token[], from: number, to: number): number | undefined {
  const verb = findVerb(tokens, from, to);
  if (verb === undefined) return undefined;
  const copula = tokens.findIndex(
    ({ lower }, at) =>
      at > verb && at + 1 < to && (COPULAS.has(lower) || (lower === "'s" && at > verb + 1)),
  );
  return copula < 0 ? undefined : copula;
}

function isDegree({ lower }: Token): boolean {
  return DEGREE.test(lower) || ADVERBS.has(lower);
}
