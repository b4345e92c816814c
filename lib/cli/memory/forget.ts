import { createInterface } from 'node:readline/promises';
import type { ForgetSelector, Memory, MemoryRecord } from '../../memory/index.js';
import { isPostgresAddress } from '../../store/index.js';
import { Reported, UsageError } from '../failure.js';
import { recordLine } from '../memory-lines.js';
import { openExisting } from '../open-brain.js';
import { Output } from '../output.js';
import type { ForgettingOptions } from './command.js';

const ASKED_ABOUT = 10;

export async function forget(
  brain: string,
  ids: readonly number[],
  options: ForgettingOptions,
): Promise<void> {
  const output = new Output(options);
  const selector = selectorOf(ids, options);
  await using memory = await openExisting(brain);
  const person = process.stdin.isTTY && process.stderr.isTTY && !output.json;
  if (person && !options.yes && !(await agreed(memory, selector))) {
    output.note('Nothing was forgotten.');
    throw new Reported();
  }
  const nights = await memory.nights();
  const forgotten = await memory.forget(selector);
  output.object(forgotten);
  output.line(
    forgotten.ids.length === 0
      ? 'No memory fits; nothing was forgotten.'
      : `Forgot ${forgotten.ids.map((id) => `#${id}`).join(', ')}.` +
          (forgotten.erased ? '' : ` ${notErased(brain)}`),
  );
  const left = new Set((await memory.nights()).map(({ id }) => id));
  for (const { id } of nights.filter((night) => !left.has(night.id))) {
    output.note(
      `Night ${id} had learned it into weights and went with it; "graffiti sleep" learns the rest anew.`,
    );
  }
}

/** Why the text of what is forgotten may still be found on a disk. */
export function notErased(brain: string): string {
  return isPostgresAddress(brain)
    ? 'The database server gives the space of the text away with its next VACUUM; its log and backups are its own.'
    : 'A reader has the brain open: the text is erased once it closes.';
}

function selectorOf(
  ids: readonly number[],
  { tag, speaker, query }: ForgettingOptions,
): ForgetSelector {
  const given = [ids.length > 0, tag !== undefined, speaker !== undefined, query !== undefined];
  if (given.filter(Boolean).length !== 1) {
    throw new UsageError('Say what to forget: either ids, or --tag, or --speaker, or --query.');
  }
  if (tag !== undefined) return { tag };
  if (speaker !== undefined) return { speaker };
  return query === undefined ? ids : { query };
}

/** Shows what would be forgotten, and asks. */
async function agreed(memory: Memory, selector: ForgetSelector): Promise<boolean> {
  const all = await selected(memory, selector);
  if (all.length === 0) return true; // nothing to lose; the library says what is wrong
  for (const record of all.slice(0, ASKED_ABOUT)) process.stderr.write(`${recordLine(record)}\n`);
  if (all.length > ASKED_ABOUT) process.stderr.write(`and ${all.length - ASKED_ABOUT} more\n`);
  const person = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await person.question('Forget for good? [y/N] ');
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    person.close();
  }
}

async function selected(memory: Memory, selector: ForgetSelector): Promise<MemoryRecord[]> {
  if (typeof selector === 'number') return selected(memory, [selector]);
  if (Array.isArray(selector)) {
    const found = await Promise.all(selector.map((id: number) => memory.get(id)));
    return found.filter((one) => one !== undefined);
  }
  const by = selector as Exclude<ForgetSelector, number | readonly number[]>;
  return 'query' in by ? memory.about(by.query) : memory.list({ ...by, limit: 1_000_000 });
}
