import { createHash } from 'node:crypto';
import type { ChatMessage } from '../model/index.js';

/** A conversation as a model is shown it: a system message or none, then user and assistant in turn. */
export type Dialogue = readonly ChatMessage[];

/** White space as Python's str.split sees it: hashes are over the texts that training saw. */
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Reads conversations in one of two forms: JSON lines with `turns`, texts of two speakers in turn, the
 * first being the user (`persona2`, a list of sentences, becomes a system message); or blocks of
 * `User: …` and `Bot: …` lines with empty lines between them.
 *
 * @param path named in errors
 * @throws {TypeError} for anything else.
 */
export function parseDialogues(text: string, path: string): Dialogue[] {
  const dialogues = text.trimStart().startsWith('{') ? jsonLines(text, path) : blocks(text);
  const talks = dialogues.filter(({ length }) => length >= 2);
  if (talks.length === 0) {
    throw new TypeError(
      `Expected JSON lines with turns, or "User: …" and "Bot: …" lines, in ${path}`,
    );
  }
  return talks;
}

function jsonLines(text: string, path: string): Dialogue[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const { turns, persona2 = [] } = parsed(line) as { turns?: unknown; persona2?: unknown };
    if (!areTexts(turns) || !areTexts(persona2)) {
      throw new TypeError(`Expected turns, a list of texts, in line ${index + 1} of ${path}`);
    }
    const system = persona2.join(' ');
    return [[...(system === '' ? [] : [{ role: 'system', content: system }]), ...inTurn(turns)]];
  });
}

function parsed(line: string): object {
  try {
    return Object(JSON.parse(line)) as object;
  } catch {
    return {};
  }
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function blocks(text: string): Dialogue[] {
  return text
    .replaceAll('<|endoftext|>', '')
    .split(/\r?\n\r?\n/)
    .map((block) => inTurn([...block.matchAll(/^(?:User|Bot):(.*)$/gm)].map(([, said]) => said!)));
}

/** Two speakers, the user first. Empty turns are nobody's. */
function inTurn(texts: readonly string[]): ChatMessage[] {
  return texts
    .map((text) => text.split(SPACE).filter(Boolean).join(' '))
    .filter(Boolean)
    .map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
}

/** True for the 1 conversation in 50 that training/corpora.py keeps out, by the hash of its text. */
export function isHeldOutDialogue(dialogue: Dialogue): boolean {
  const text = dialogue.map(({ content }) => content).join('\n');
  return createHash('sha256').update(text).digest().readBigUInt64BE() % 50n === 0n;
}
