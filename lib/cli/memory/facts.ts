import type { CommonOptions } from '../describe.js';
import { recordLine } from '../memory-lines.js';
import { openExisting } from '../open-brain.js';
import { oneLine, Output } from '../output.js';

/** Answers from what was told; where nothing does, the object says null. */
export async function ask(brain: string, question: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  const answer = await memory.ask(question);
  output.object({ question, answer: answer ?? null });
  output.line(answer ? oneLine(answer.answer) : 'Nothing that was told answers that.');
  for (const record of answer?.memories ?? []) output.line(`  ${recordLine(record)}`);
}

export async function audit(brain: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  const found = await memory.audit();
  output.object(found);
  const numbers = (ids: readonly number[]) => ids.map((id) => `#${id}`).join(', ');
  for (const { ids, sentence } of found.duplicates)
    output.line(`told twice     ${numbers(ids)}  ${oneLine(sentence)}`);
  for (const { ids, sentences } of found.contradictions)
    output.line(`contradiction  ${numbers(ids)}  ${oneLine(sentences.join(' / '))}`);
  for (const { id, sentence } of found.stale)
    output.line(`holds no more  #${id}  ${oneLine(sentence)}`);
  const count = found.duplicates.length + found.contradictions.length + found.stale.length;
  if (count === 0) output.line('Nothing is told twice, contradicts itself, or holds no more.');
}
