import { answerOf, type FactAnswer } from './answer.js';
import { concerns, nounsOf, partsOf, topicWords } from './about.js';
import { acquiredInstead, type Disposal, disposalsIn } from './disposals.js';
import type { Asked } from './asking.js';
import { isOneOfThem, Mentions, spelledOut } from './coreference.js';
import { Aliases, fit, isRenewing } from './entities.js';
import { isAtAnotherTime } from './days.js';
import { complementOf, isOver, shapeOf, speakerOf, turnedRound, withPart } from './folding.js';
import { below, type Draft, type Entity, type Fact, type Phrase, USER } from './frame.js';
import { Matcher } from './match.js';
import { relationMeaning } from './relations.js';
import { readQuestion } from './questions.js';
import { passageAnswer } from './passage-answers.js';
import { type Passage, Passages } from './passages.js';
import { isLoneOrdinal, renumbered } from './renumbering.js';
import { questionsAbout } from './rehearsal.js';
import type { Question } from './reading.js';
import { type Span, tokenize } from './tokens.js';
import { nounMeaning } from './thesaurus.js';
import { asksForTold } from './unanswered.js';
import { questionsIn, understand } from './understanding.js';
import { isAcquiring } from './verbs.js';

/** What facts are derived from. */
export interface ToldText {
  readonly id: number;
  readonly text: string;
  readonly speaker: string;
  /** ms since 1970 */
  readonly time: number;
}

/** A question and the answer that a text told. */
export interface Rehearsal {
  /** Id of the text. */
  readonly event: number;
  readonly question: string;
  readonly answer: string;
}

/** What the facts answer. */
export interface Rehearsals {
  readonly questions: readonly Rehearsal[];
  /** Ids of texts that say something which no longer holds. */
  readonly outdated: ReadonlySet<number>;
}

interface Told extends ToldText {
  readonly drafts: readonly Draft[];
}

/** How many texts later a correction still finds what it corrects. */
const CORRECTION_REACH = 4;

/**
 * What was told as facts, derived from the texts alone: each text is read once, and the facts are a fold over
 * the texts in order, so that forgetting one leaves what there would be without it.
 */
export class FactStore {
  private readonly told: Told[] = [];
  private facts: Fact[] = [];
  private mentions = new Map<string, Mentions>();
  private cachedAliases: Aliases | undefined;
  private folded = 0;
  private passages = new Passages();
  /** What the text that is being folded says is no more. */
  private givenAway: (Disposal & { readonly event: number }) | undefined;

  /** Texts come in the order of their ids. */
  add({ id, text, speaker, time }: ToldText): void {
    const drafts = speaker === 'assistant' ? [] : understand(text).drafts;
    this.told.push({ id, text, speaker, time, drafts });
  }

  remove(ids: ReadonlySet<number>): void {
    const kept = this.told.filter(({ id }) => !ids.has(id));
    if (kept.length === this.told.length) return;
    this.told.splice(0, this.told.length, ...kept);
    this.facts = [];
    this.mentions = new Map();
    this.folded = 0;
    this.passages = new Passages();
    this.cachedAliases = undefined;
  }

  /** All facts, those that were put right included, oldest first. */
  all(): readonly Fact[] {
    for (; this.folded < this.told.length; this.folded++) {
      this.fold(this.told[this.folded]!);
      this.cachedAliases = undefined;
    }
    return this.facts;
  }

  /** The answer to the first question in the text that the facts answer. */
  ask(text: string): FactAnswer | undefined {
    const facts = this.all();
    const matcher = new Matcher(this.aliases());
    for (const question of understand(text).questions) {
      const answer = answerOf(facts, this.resolved(question), matcher);
      const apart =
        answer?.kind === 'value' && isAtAnotherTime(tokenize(answer.answer), tokenize(text));
      if (answer && !apart) return answer;
    }
    return this.fromPassages(text);
  }

  /** The told sentence that holds all that a question says, where no reading of it does. */
  private fromPassages(text: string): FactAnswer | undefined {
    this.passages.addAll(this.told);
    for (const asked of questionsIn(text).map((one) => this.withoutPronouns(one))) {
      const answer = passageAnswer(this.passages, asked, (passage) => this.isOutdated(passage));
      if (answer) return answer;
    }
    return undefined;
  }

  /** "where does |she| keep it": with who is meant, where somebody may be. */
  private withoutPronouns(asked: Asked): Asked {
    const mentions = this.mentions.get('user');
    const said = mentions && spelledOut(asked.tokens, (entity) => mentions.resolve(entity));
    return said === undefined ? asked : (questionsIn(`${said}?`)[0] ?? asked);
  }

  /** Whether what the passage says was put right, or is no more. */
  private isOutdated({ event, span, text }: Passage): boolean {
    return this.facts.some(
      (fact) =>
        fact.event === event &&
        (fact.replaced || fact.ended) &&
        (fact.source !== text ||
          (fact.complement.start < span.end && fact.complement.end > span.start)),
    );
  }

  /**
   * Questions that the facts answer, with the answers, oldest fact first: what sleep learns, so that it is known
   * without being looked up. Every question is answered by the facts themselves, so none contradicts them.
   */
  rehearsals(): Rehearsals {
    const questions = new Map<string, Rehearsal>();
    const outdated = new Set<number>();
    for (const fact of this.all()) {
      if (fact.replaced || fact.ended) outdated.add(fact.event);
      for (const question of questionsAbout(fact)) {
        const answer = questions.has(question) ? undefined : this.ask(question);
        if (answer?.kind !== 'value') continue;
        if (answer.sources.some(({ id }) => id === fact.event)) {
          questions.set(question, { event: fact.event, question, answer: answer.answer });
        } else outdated.add(fact.event);
      }
    }
    return { questions: [...questions.values()], outdated };
  }

  /** Whether the text asks for something that only who was told could know, and the facts do not hold it. */
  asksForUntold(text: string): boolean {
    const facts = this.all();
    return understand(text).questions.some((question) => asksForTold(text, question, facts));
  }

  /** Ids of the texts that say something about what is named: "my password", "my dog", "where i live". */
  about(topic: string): number[] {
    const facts = this.all();
    const matcher = new Matcher(this.aliases());
    const question = readQuestion(topic) ?? readQuestion(`what is ${topic}`);
    if (!question) return [];
    const { readings } = this.resolved(question);
    const [first] = readings;
    const whole =
      first?.relation === 'be' && first.hole.part === 'object' ? first.subject : undefined;
    const found = facts.filter((fact) => {
      const open = { ...fact, replaced: false };
      if (
        readings.some(
          (reading) =>
            reading.tier <= 1 &&
            (reading.hole.part !== 'check' ||
              reading.objects.length + reading.adjuncts.length > 0) &&
            matcher.match(
              { ...open, negated: false, ended: false },
              { ...reading, negated: false },
            ),
        )
      )
        return true;
      return whole !== undefined && whole.steps.length > 0 && concerns(open, whole);
    });
    const ids = new Set(found.map(({ event }) => event));
    // "is my password swordfish?" holds the value as well.
    const values = found.flatMap(({ objects }) => objects.map(({ text }) => text.toLowerCase()));
    const words = topicWords(whole);
    for (const { id, text } of this.told) {
      const lower = text.toLowerCase();
      if (
        values.some((value) => value.length > 1 && lower.includes(value)) &&
        words.some((word) => nounsOf(lower).has(word))
      )
        ids.add(id);
    }
    return [...ids].sort((one, other) => one - other);
  }

  private aliases(): Aliases {
    return (this.cachedAliases ??= new Aliases(this.facts));
  }

  private resolved(question: Question): Question {
    const mentions = this.mentions.get('user') ?? new Mentions(USER);
    const readings = question.readings.flatMap((reading) => {
      const subject = reading.subject && mentions.resolve(reading.subject);
      if (reading.subject && !subject) return [];
      const phrase = (one: Phrase): Phrase => ({
        ...one,
        entity: one.entity && mentions.resolve(one.entity),
      });
      const adjuncts = reading.adjuncts.map((adjunct) => ({
        ...adjunct,
        phrase: phrase(adjunct.phrase),
      }));
      return [{ ...reading, subject, objects: reading.objects.map(phrase), adjuncts }];
    });
    return { ...question, readings };
  }

  private fold({ id, text, speaker, time, drafts }: Told): void {
    let mentions = this.mentions.get(speaker);
    if (!mentions) this.mentions.set(speaker, (mentions = new Mentions(speakerOf(speaker))));
    for (const draft of drafts) {
      if (draft.kind === 'mention') {
        const entity = mentions.resolve(draft.entity);
        if (entity) mentions.note(entity);
        continue;
      }
      if (draft.kind === 'correction') {
        this.correct(draft, { id, text, time });
        continue;
      }
      const group = isOneOfThem(draft.frame) ? mentions.lastPlural : undefined;
      const named = { subject: group ?? draft.frame.subject, relation: 'name' };
      const frame = mentions.resolved(group ? { ...draft.frame, ...named } : draft.frame);
      if (!frame) continue;
      const whole = mentions.thingOf(frame, id);
      mentions.noteFrame(frame, id);
      const source = draft.source ?? text;
      const cut = ({ start, end }: Span) => source.slice(start, end);
      const said = {
        verbs: [frame.implied ?? '', cut(frame.verbs)].join(' ').trim(),
        complement: complementOf(frame, source),
        sentence: frame.sentence && cut(frame.sentence),
      };
      const ended = frame.ended || isOver(frame);
      const fact: Fact = { ...frame, ended, event: id, time, source, said, replaced: false };
      if (fact.negated) this.retract(fact);
      this.giveAway(fact);
      if (group && this.nameAnother(fact)) continue;
      this.facts.push(fact);
      const renewed = this.renewed(fact);
      if (renewed) this.facts.push({ ...fact, subject: renewed });
      const turned = turnedRound(draft.frame, fact);
      if (turned) this.facts.push(turned);
      // "our wifi is called NetNest and the password is quokka88": the password of the wifi.
      if (whole) this.facts.push({ ...fact, subject: below(whole, ...frame.subject.steps) });
    }
  }

  /** "my new number is …": the phone number that was told of before. */
  private renewed({ subject: { root, steps } }: Fact): Entity | undefined {
    const last = steps.at(-1);
    if (!last || last.modifiers.length === 0 || !last.modifiers.every(isRenewing)) return undefined;
    const earlier = this.facts.findLast(
      ({ subject: { root: other, steps: path }, replaced }) =>
        other === root &&
        !replaced &&
        path.length === steps.length &&
        path.at(-1)!.head === last.head &&
        path.at(-1)!.modifiers.some((word) => !isRenewing(word)),
    );
    const old = earlier?.subject.steps.at(-1);
    if (!old) return undefined;
    const step = { ...old, modifiers: [...last.modifiers, ...old.modifiers] };
    return { root, steps: [...steps.slice(0, -1), step] };
  }

  /** "i sold the Volvo and bought a Skoda": what is no more, and what has taken its place. */
  private giveAway(fact: Fact): void {
    for (const disposal of disposalsIn(fact, this.facts)) {
      const { lost, old, instead } = disposal;
      this.facts = this.facts.map((one) => (one === lost ? { ...one, ended: true } : one));
      if (instead) this.facts.push(withPart(lost, old, instead, fact));
      else this.givenAway = { ...disposal, event: fact.event };
    }
    const { givenAway } = this;
    const instead = acquiredInstead(fact);
    if (givenAway?.event !== fact.event || !instead) return;
    this.facts.push(withPart(givenAway.lost, givenAway.old, instead, fact));
    this.givenAway = undefined;
  }

  /** "one is called Salt and the other Pepper": names of one group, told one after the other. */
  private nameAnother(fact: Fact): boolean {
    const last = this.facts.at(-1);
    const same = last?.relation === 'name' && last.event === fact.event && fact.relation === 'name';
    if (!same || fit(last.subject, fact.subject) === 0) return false;
    this.facts[this.facts.length - 1] = { ...last, objects: [...last.objects, ...fact.objects] };
    return true;
  }

  /** "no wait it's Garrett": the last fact again, with another value. */
  private correct(
    { value, instead }: Extract<Draft, { kind: 'correction' }>,
    { id, text, time }: { id: number; text: string; time: number },
  ): void {
    const reach = this.told.findIndex((told) => told.id === id) - CORRECTION_REACH;
    const least = this.told[Math.max(0, reach)]!.id;
    const wrong = instead === undefined ? undefined : nounMeaning(instead);
    const index = this.facts.findLastIndex(
      (fact) =>
        !fact.replaced &&
        fact.event >= least &&
        (wrong === undefined || partsOf(fact).some(({ words }) => words.includes(wrong))),
    );
    const fact = this.facts[index];
    if (!fact) return;
    const parts = partsOf(fact);
    const old =
      parts.find(({ words }) => wrong !== undefined && words.includes(wrong)) ??
      parts.find((part) => shapeOf(part) === shapeOf(value)) ??
      parts[0];
    if (
      !old ||
      (value.kind === 'adjective') !== (old.kind === 'adjective') ||
      value.kind === 'clause'
    )
      return;
    // The text may have told the same in more than one form.
    const same = this.facts.filter(
      (other) =>
        other.event === fact.event &&
        !other.replaced &&
        partsOf(other).some(({ text: part }) => part === old.text),
    );
    // "two cats", "make that three": three cats
    const right = renumbered(old, value) ?? value;
    if (right === value && isLoneOrdinal(value) && !isLoneOrdinal(old)) return;
    this.facts = this.facts.map((other) =>
      same.includes(other) ? { ...other, replaced: true } : other,
    );
    const by = { event: id, time, source: text };
    for (const other of same) this.facts.push(withPart(other, old, right, by));
  }

  /** "i don't have a dog": what was said to the contrary is no more, and so is what was said of the dog. */
  private retract(denial: Fact): void {
    const [object] = denial.objects;
    const relation = relationMeaning(denial.relation);
    const lost =
      isAcquiring(relation) && object?.entity && denial.subject.root !== 'world'
        ? below(denial.subject, ...object.entity.steps.slice(-1))
        : undefined;
    this.facts = this.facts.map((fact) => {
      if (fact.negated || fact.ended) return fact;
      const same =
        relationMeaning(fact.relation) === relation && fit(denial.subject, fact.subject) > 0;
      const words = denial.objects.flatMap((phrase) => phrase.words);
      const denied =
        same &&
        partsOf(fact).some(
          (part) => words.length > 0 && words.every((word) => part.words.includes(word)),
        );
      return denied || (lost && concerns(fact, lost)) ? { ...fact, ended: true, past: true } : fact;
    });
  }
}
