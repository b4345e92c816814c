import { fit } from './entities.js';
import type { Fact, Phrase } from './frame.js';
import { isAcquiring, verbMeaning } from './verbs.js';

/** Verbs after which somebody has a thing no more. */
const PARTING =
  /^(?:sell|resell|scrap|donat|rehom|trade|trade in|swap|exchang|replac|ditch|give away|throw away|throw out)$/;
const HOLDING = /^(?:have|own|drive|ride|rent|lease|keep|be)$/;

/** What somebody has no more, and what was said of having it. */
export interface Parting {
  readonly fact: Fact;
  readonly held: readonly Fact[];
}

/** "i sold the Volvo", "we swapped the Volvo for a Skoda", "i got rid of my Volvo": undefined for anything else. */
export function partingOf(fact: Fact, facts: readonly Fact[]): Parting | undefined {
  const [thing] = fact.objects;
  const rid = fact.relation === 'get' && thing?.words[0] === 'rid';
  if (!thing || fact.negated || !(rid || PARTING.test(verbMeaning(fact.relation))))
    return undefined;
  const { root, steps } = fact.subject;
  const held = facts.filter(
    (other) =>
      !other.negated &&
      !other.ended &&
      !other.replaced &&
      HOLDING.test(verbMeaning(other.relation)) &&
      other.subject.root === root &&
      fit(fact.subject, { root, steps: other.subject.steps.slice(0, steps.length) }) > 0 &&
      heldIn(other, thing) !== undefined,
  );
  return held.length > 0 ? { fact, held } : undefined;
}

/**
 * What was said of having a thing, said of what is had in its place: "for a Skoda", "with a Skoda", or what the same text says
 * was bought.
 */
export function hadInstead({ fact, held }: Parting, next: Fact): Fact[] {
  const instead = next === fact ? tradedFor(fact) : boughtBy(fact, next);
  return instead ? held.flatMap((one) => withInstead(one, fact.objects[0]!, instead, next)) : [];
}

function tradedFor({ adjuncts }: Fact): Phrase | undefined {
  const traded = adjuncts.find(({ preposition }) => /^(?:for|with|by)$/.test(preposition))?.phrase;
  // "for 3000 euros" is a price, "for fun" a reason.
  return traded?.kind === 'class' || traded?.kind === 'name' ? traded : undefined;
}

function boughtBy(fact: Fact, next: Fact): Phrase | undefined {
  const bought = isAcquiring(next.relation) && !next.negated && fit(fact.subject, next.subject) > 0;
  return bought ? next.objects[0] : undefined;
}

function withInstead(held: Fact, thing: Phrase, instead: Phrase, by: Fact): Fact[] {
  const old = heldIn(held, thing);
  if (!old) return [];
  const said = (text: string) => text.replace(old.text, () => instead.text);
  return [
    {
      ...held,
      objects: held.objects.map((phrase) => (phrase === old ? instead : phrase)),
      said: {
        verbs: held.said.verbs,
        complement: said(held.said.complement),
        sentence: held.said.sentence === undefined ? undefined : said(held.said.sentence),
      },
      event: by.event,
      time: by.time,
      source: by.source,
    },
  ];
}

function heldIn({ objects }: Fact, { words, head }: Phrase): Phrase | undefined {
  const named = words.filter((word) => word !== 'rid');
  return objects.find(
    (phrase) => phrase.head === head && named.every((word) => phrase.words.includes(word)),
  );
}
