import { USER } from './frame.js';
import { COPULAS, isNumber, isTimeWord, PREPOSITIONS } from './lexicon.js';
import { isCapital, phraseOf, readNominal } from './nominal.js';
import { Telling } from './telling.js';
import { findVerb } from './verb-group.js';

/** Somebody changes something that was told of before. */
const CHANGED =
  /^(?:(?:i|we|they|he|she|it|that) )?(?:(?:have|has|had|was|were|got|is|are|just|since|now|been|already) )*(?:moved|raised|lowered|changed|bumped|increased|reduced|put|pushed|postponed|shifted|cut|dropped|went|gone|rose|switched|rescheduled|delayed|brought|upped|hiked)(?: (?:it|that|this|us|me))?(?: (?:up|down|back|forward|out))? to (?:the )?/;
/** Ordinals, and units that go with a number. */
const VALUED =
  /^(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|ground|top|euros?|dollars?|pounds?|percent|am|pm|o'clock|half|quarter|past|floor|noon|midnight)$/;

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
    // "35 |since yesterday|", "three|, we took in a stray|"
    const later = this.tokens.findIndex(
      ({ lower }, at) => at > from + skip && /^(?:,|since|as|starting|from)$/.test(lower),
    );
    const more = this.tokens[later];
    const short = more && value.length > 0 && later - from - skip <= 3;
    if (short && (more.lower !== ',' || lead.startsWith('make ')))
      value = value.filter(({ start }) => start < more.start);
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

  /** "they raised it to 950", "we moved up to the ninth", "it got pushed to Friday": a number or day that is another now. */
  protected changed(from: number): boolean {
    const rest = this.tokens.slice(from).filter(({ kind }) => kind !== 'mark');
    const words = `${rest.map(({ lower }) => lower).join(' ')} `;
    const lead = CHANGED.exec(words)?.[0];
    if (lead === undefined) return false;
    const all = rest.slice(lead.trim().split(' ').length);
    const end = all.findIndex(({ lower }) =>
      /^(?:now|instead|since|because|so|and|last|this)$/.test(lower),
    );
    const value = end < 0 ? all : all.slice(0, end);
    if (value.length === 0 || value.length > 3) return false;
    const plain = value.every(
      ({ lower }) => isTimeWord(lower) || isNumber(lower) || /\d/.test(lower) || VALUED.test(lower),
    );
    if (!plain) return false;
    const phrase = phraseOf(this.text, value, 0, value.length, 'number');
    this.drafts.push({ kind: 'correction', value: phrase, instead: undefined });
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
