/** A word, number or mark of a text, with where it stands: `text.slice(start, end)` is what was written. */
export interface Token {
  readonly text: string;
  /** Lower case, curly apostrophes made straight, contractions written out ("'m" is "am"). */
  readonly lower: string;
  readonly start: number;
  readonly end: number;
  /** 'mark': punctuation; 'symbol': an emoji and the like. */
  readonly kind: 'word' | 'mark' | 'symbol';
  /** An apostrophe that may stand for "is", for "has", or make a possessive. */
  readonly apostrophe: boolean;
}

/** Where a piece of text stands. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const OPENING = /^["“”«‘'([{*_~`<]+/u;
const CLOSING = /["“”»’')\]}*_~`>.,!?;:…]+$/u;
/** Ends of words that are not the end of a sentence. */
const ABBREVIATION = /^(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|no|[a-z]|[ap]\.m)\.$/i;
/** Typed without their apostrophe. */
const WITHOUT_APOSTROPHE: Readonly<Record<string, readonly [string, string]>> = {
  im: ['i', 'am'], ive: ['i', 'have'], whats: ['what', 'is'], whos: ['who', 'is'], wheres: ['where', 'is'],
  whens: ['when', 'is'], hows: ['how', 'is'], thats: ['that', 'is'], youre: ['you', 'are'], theyre: ['they', 'are'],
  dont: ['do', 'not'], doesnt: ['does', 'not'], didnt: ['did', 'not'], isnt: ['is', 'not'], arent: ['are', 'not'],
  wasnt: ['was', 'not'], werent: ['were', 'not'], cant: ['can', 'not'], wont: ['will', 'not'], havent: ['have', 'not'],
  hasnt: ['has', 'not'], couldnt: ['could', 'not'], wouldnt: ['would', 'not'], shes: ['she', 'is'], hes: ['he', 'is'],
}; // prettier-ignore
const NEGATED: Readonly<Record<string, string>> = {
  "can't": 'can',
  "won't": 'will',
  "shan't": 'shall',
  cannot: 'can',
};
const CLITICS: Readonly<Record<string, string>> = {
  "'m": 'am', "'re": 'are', "'ve": 'have', "'ll": 'will', "'d": 'would',
}; // prettier-ignore

/** The tokens of a text, in order. Nothing but white space lies between them. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: chunk, index } of text.matchAll(/\S+/gu)) {
    for (const piece of piecesOf(chunk)) {
      addPiece(tokens, chunk.slice(piece.start, piece.end), index + piece.start);
    }
  }
  return joined(text, tokens);
}

/** "no longer" denies as one word. */
function joined(text: string, tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at) => {
    const next = tokens[at + 1];
    if (token.lower === 'longer' && tokens[at - 1]?.lower === 'no') return [];
    if (token.lower !== 'no' || next?.lower !== 'longer') return [token];
    return [{ ...token, text: text.slice(token.start, next.end), lower: 'not', end: next.end }];
  });
}

/** Cuts at dashes and at commas that stand in no number. */
function piecesOf(chunk: string): Span[] {
  const pieces: Span[] = [];
  let start = 0;
  for (const { 0: mark, index } of chunk.matchAll(/[—–;]|,(?!\d)|(?<!\d),|…|\.{2,}/gu)) {
    if (index > start) pieces.push({ start, end: index });
    pieces.push({ start: index, end: index + mark.length });
    start = index + mark.length;
  }
  if (start < chunk.length) pieces.push({ start, end: chunk.length });
  return pieces;
}

function addPiece(tokens: Token[], piece: string, start: number): void {
  let first = OPENING.exec(piece)?.[0].length ?? 0;
  if (first === piece.length) first = 0;
  const closing = ABBREVIATION.test(piece) ? undefined : CLOSING.exec(piece.slice(first));
  const last = first + (closing?.index ?? piece.length - first);
  addMarks(tokens, piece.slice(0, first), start);
  if (last > first) addWord(tokens, piece.slice(first, last), start + first);
  addMarks(tokens, piece.slice(last), start + last);
}

function addMarks(tokens: Token[], marks: string, start: number): void {
  for (let i = 0; i < marks.length; i++) {
    const lower = marks[i]!.replace('’', "'");
    // "my cats' names": an apostrophe right after an s may be a possessive.
    const apostrophe = lower === "'" && i === 0 && /s$/i.test(tokens.at(-1)?.text ?? '');
    const span = { start: start + i, end: start + i + 1 };
    tokens.push({ text: marks[i]!, lower, ...span, kind: 'mark', apostrophe });
  }
}

function addWord(tokens: Token[], word: string, start: number): void {
  const plain = word.toLowerCase().replaceAll('’', "'");
  const add = (from: number, to: number, lower: string, apostrophe = false) =>
    tokens.push({
      text: word.slice(from, to),
      lower,
      start: start + from,
      end: start + to,
      kind: /[\p{L}\p{N}]/u.test(word) ? 'word' : 'symbol',
      apostrophe,
    });
  const end = word.length;
  // What lower case makes longer (İ) is no English contraction.
  const bare = Object.hasOwn(WITHOUT_APOSTROPHE, plain) ? WITHOUT_APOSTROPHE[plain] : undefined;
  if (plain.length !== end) add(0, end, plain);
  else if (bare) {
    const cut = bare[1] === 'not' ? end - 2 : bare[0].length;
    add(0, cut, bare[0]);
    add(cut, end, bare[1]);
  } else if (Object.hasOwn(NEGATED, plain)) {
    add(0, end - (plain === 'cannot' ? 3 : 2), NEGATED[plain]!);
    add(end - (plain === 'cannot' ? 3 : 2), end, 'not');
  } else if (/.n't$/.test(plain)) {
    add(0, end - 3, plain.slice(0, -3));
    add(end - 3, end, 'not');
  } else if (/.'s$/.test(plain)) {
    add(0, end - 2, plain.slice(0, -2));
    add(end - 2, end, "'s", true);
  } else {
    const asked = /^(?:what|who|where|when|why|how)('d)$/.exec(plain)?.[1]; // "where'd i put it"
    const clitic = /.('(?:m|re|ve|ll|d))$/.exec(plain)?.[1];
    if (clitic) {
      add(0, end - clitic.length, plain.slice(0, -clitic.length));
      add(end - clitic.length, end, asked ? 'did' : CLITICS[clitic]!);
    } else add(0, end, plain);
  }
}

/** The text from the first to the last of the tokens, as it was written. */
export function spanOf(tokens: readonly Token[]): Span {
  return { start: tokens[0]?.start ?? 0, end: tokens.at(-1)?.end ?? 0 };
}

const FILLERS = new Set(
  'now too also btw please ok okay lol haha then though anyway actually again currently right as well'.split(
    ' ',
  ),
);

/** Where tokens[from … to) end without fillers after a number, of which they would be read as the unit: "at 4 |now|". */
export function endAfterNumber(tokens: readonly Token[], from: number, to: number): number {
  let end = to;
  while (
    end > from + 1 &&
    (FILLERS.has(tokens[end - 1]!.lower) || tokens[end - 1]!.lower === 'instead')
  )
    end--;
  return end < to && /^[\d.:,]*\d$/.test(tokens[end - 1]!.lower) ? end : to;
}

/** Where tokens[from … to) stand, without fillers and marks at the end. */
export function trimmedSpan(tokens: readonly Token[], from: number, to: number): Span {
  let last = to;
  while (last > from + 1) {
    const { lower, kind, text } = tokens[last - 1]!;
    // "since then"
    if (/^(?:since|until|till|by|from)$/.test(tokens[last - 2]!.lower)) break;
    if (!(FILLERS.has(lower) || (kind === 'mark' && !/^["”’)]$/.test(text)) || kind === 'symbol'))
      break;
    last--;
  }
  return last > from ? spanOf(tokens.slice(from, last)) : { start: 0, end: 0 };
}
