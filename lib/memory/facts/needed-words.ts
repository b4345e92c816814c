/**
 * Words that a text must have for a pattern over words to fit: sets, of each of which it has at least one. Read from the
 * pattern's source, so that only those are compiled and run that have a chance: most patterns need a word that a text
 * lacks. What is optional, negated or not spelled out needs nothing.
 */
export function neededWords(pattern: string): ReadonlySet<string>[] {
  return new Reader(pattern).alternatives();
}

const WORD = /[\p{L}\p{N},:'’-]/u;

class Reader {
  private at = 0;

  constructor(private readonly pattern: string) {}

  /** What all of the alternatives up to the end of the group need. */
  alternatives(): ReadonlySet<string>[] {
    const needs = [this.sequence()];
    while (this.pattern[this.at] === '|') {
      this.at++;
      needs.push(this.sequence());
    }
    const [first = []] = needs;
    if (needs.length === 1) return first;
    if (needs.some(([some]) => some === undefined)) return [];
    return [new Set(needs.flatMap(([some]) => [...some!]))];
  }

  private sequence(): ReadonlySet<string>[] {
    const needs: ReadonlySet<string>[] = [];
    let word = '';
    // Whether what was read of the word may be a part of a longer one.
    let partial = false;
    const close = () => {
      if (word !== '' && !partial) needs.push(new Set([word]));
      word = '';
      partial = false;
    };
    while (this.at < this.pattern.length && !/[|)]/.test(this.pattern[this.at]!)) {
      const char = this.pattern[this.at]!;
      if (char === '(') {
        const { needs: inside, blank } = this.group();
        const separate = word === '' && !partial && (blank || this.endsWord());
        if (separate) needs.push(...inside);
        else partial = true;
      } else if (char === ' ' || this.pattern.startsWith('\\b', this.at)) {
        this.at += char === ' ' ? 1 : 2;
        // "foo ?bar" fits "foobar"
        const optional = this.quantified();
        partial ||= optional;
        close();
        partial = optional;
      } else if (WORD.test(char)) {
        this.at++;
        if (this.quantified()) partial = true;
        else word += char;
      } else {
        this.skipOne();
        this.quantified();
        partial = true;
      }
    }
    close();
    return needs;
  }

  /** What a group needs: nothing where it may be left out or only looks; and whether a blank ends it. */
  private group(): { needs: readonly ReadonlySet<string>[]; blank: boolean } {
    const opening = /^\((?:\?(?:<?[=!]|:|<\w+>))?/.exec(this.pattern.slice(this.at))![0];
    this.at += opening.length;
    const inside = this.alternatives();
    const blank = this.pattern[this.at - 1] === ' ';
    this.at++;
    const looks = /[=!]$/.test(opening);
    return { needs: this.quantified() || looks ? [] : inside, blank: blank || looks };
  }

  /** Whether what comes next ends a word: a blank, a border, or the end of the group. */
  private endsWord(): boolean {
    const rest = this.pattern.slice(this.at);
    return rest === '' || /^(?:[ |)]|\\b)/.test(rest);
  }

  /** Skips a quantifier, and says whether it allows for nothing. */
  private quantified(): boolean {
    const found = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(this.pattern.slice(this.at))?.[0];
    if (found === undefined) return false;
    this.at += found.length;
    return /^(?:[?*]|\{0)/.test(found);
  }

  private skipOne(): void {
    if (this.pattern[this.at] === '[') {
      const end = /^\[(?:\\.|[^\]\\])*\]/.exec(this.pattern.slice(this.at))?.[0];
      this.at += end?.length ?? 1;
    } else if (/^\\[pP]\{/.test(this.pattern.slice(this.at))) {
      this.at = this.pattern.indexOf('}', this.at) + 1;
    } else this.at += this.pattern[this.at] === '\\' ? 2 : 1;
  }
}
