import { USER } from './frame.js';
import { COPULAS, PREPOSITIONS } from './lexicon.js';
import { isCapital, phraseOf, readNominal } from './nominal.js';
import { Telling } from './telling.js';
import { findVerb } from './verb-group.js';

/** What is said in less than a sentence: corrections and introductions. */
export abstract class ShortForms extends Telling {
  /** "it's Garrett", "i meant Garrett", "Garrett, not Gary" after a word that announces it. */
  protected correction(from: number): boolean {
    const rest = this.tokens
      .slice(from)
      .filter(({ kind, apostrophe }) => kind !== 'mark' || apostrophe);
    const words = rest.map(({ lower }) => lower).join(' ');
    const lead =
      /^(?:(?:it|that) (?:is|was|'s) |its |(?:i )?(?:meant|mean) (?:to say )?|make (?:it|that) |i said )/.exec(
        `${words} `,
      )?.[0] ?? '';
    const skip = lead.trim() === '' ? 0 : lead.trim().split(' ').length;
    let value = rest.slice(skip);
    let instead: string | undefined;
    const not = value.findIndex(({ lower }) => lower === 'not');
    // "my dog isn't a poodle, he's a beagle": sentences of their own
    if (not > 0 && COPULAS.has(value[not - 1]!.lower)) return false;
    if (not === 0 && value.length >= 3) {
      instead = value[1]!.lower;
      value = value.slice(2);
      if (/^(?:but|it|'s|is)$/.test(value[0]?.lower ?? ''))
        value = value.filter(({ lower }) => !/^(?:but|it|'s|is)$/.test(lower));
    } else if (not > 0) {
      instead = value[not + 1]?.lower;
      value = value.slice(0, not);
    }
    while (value.length > 1 && /^(?:now|actually|instead|really)$/.test(value.at(-1)!.lower))
      value = value.slice(0, -1);
    const isPlain =
      value.length > 0 &&
      value.length <= 5 &&
      value.every(({ lower }) => !PREPOSITIONS.has(lower) || lower === 'of');
    if (!isPlain || (skip === 0 && instead === undefined && value.length > 3)) return false;
    if (
      skip === 0 &&
      findVerb(this.tokens, from, this.tokens.length) !== undefined &&
      instead === undefined
    )
      return false;
    const found = readNominal(this.text, value, 0);
    const phrase = phraseOf(
      this.text,
      value,
      0,
      value.length,
      found?.phrase.kind ?? 'bare',
      found?.entity,
    );
    this.drafts.push({ kind: 'correction', value: phrase, instead });
    return true;
  }

  /** "call me Priya", "Gary here", "this is my dog Rex": who somebody is without a sentence about it. */
  protected introduction(from: number): boolean {
    const rest = this.tokens.slice(from);
    const words = rest.map(({ lower }) => lower);
    const name = (at: number, to = rest.length) => {
      const ends = rest.findIndex(
        ({ kind, lower }, index) => index >= at && (kind === 'mark' || lower === 'and'),
      );
      const last = Math.min(to, ends < 0 ? rest.length : ends);
      return last > at && last - at <= 4 ? phraseOf(this.text, rest, at, last, 'name') : undefined;
    };
    const call = words.indexOf('call');
    if (
      call >= 0 &&
      call <= 2 &&
      words[call + 1] === 'me' &&
      words.slice(0, call).every((word) => /^(?:please|just|you|can|may|to)$/.test(word))
    ) {
      const given = name(call + 2);
      if (given && !/^(?:later|back|tomorrow|when|at|if|on|a|the)$/.test(words[call + 2]!))
        this.name(USER, [given]);
      return true;
    }
    if (words.at(-1) === 'here' && rest.length <= 5 && rest.slice(0, -1).every(isCapital)) {
      this.name(USER, [phraseOf(this.text, rest, 0, rest.length - 1, 'name')]);
      return true;
    }
    if (
      /^(?:this is|meet|here is|here 's|that is|that 's|this 's) (?:my|our)\b/.test(words.join(' '))
    ) {
      const at = words.findIndex((word) => word === 'my' || word === 'our');
      const found = readNominal(this.text, rest, at);
      if (!found) return false;
      const given =
        found.name ?? (rest[found.next]?.lower === ',' ? name(found.next + 1) : undefined);
      if (given) this.name(found.entity, [given]);
      return given !== undefined;
    }
    if (
      words[0] === 'this' &&
      words[1] === 'is' &&
      rest.length <= 5 &&
      rest.slice(2).every(isCapital)
    ) {
      this.name(USER, [phraseOf(this.text, rest, 2, rest.length, 'name')]);
      return true;
    }
    // "you're talking to Marguerite"
    if (/^you are (?:talking|speaking|chatting|writing) (?:to|with) /.test(words.join(' '))) {
      if (rest.slice(4).every(isCapital))
        this.name(USER, [phraseOf(this.text, rest, 4, rest.length, 'name')]);
      return true;
    }
    // "name's Gary", "name is Gary"
    if (words[0] === 'name' && /^(?:is|'s)$/.test(words[1] ?? '')) {
      const given = name(2);
      if (given) this.name(USER, [given]);
      return given !== undefined;
    }
    return false;
  }
}
