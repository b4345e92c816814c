import { readFileSync } from 'node:fs';
import { evaluateLocomo, type LocomoConversation } from '../../eval/index.js';
import { Interrupt } from '../interrupt.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalLocomoOptions } from './command.js';

export async function locomo(options: EvalLocomoOptions): Promise<void> {
  const output = new Output(options);
  const conversations = conversationsOf(options.data);
  using interrupt = new Interrupt();
  using progress = new Progress();
  const result = await evaluateLocomo(conversations, {
    signal: interrupt.signal,
    onProgress: ({ done, total }) => progress.show('Recalling', done / total),
  });
  output.object(result);
  output.line(`${result.questions} questions    @5      @10     @20`);
  for (const name of ['recall', 'bm25'] as const) {
    const shares = [5, 10, 20] as const;
    const row = shares.map((depth) => result[name][depth].toFixed(3).padEnd(8)).join('');
    output.line(`${name.padEnd(17)}${row}`);
  }
}

/** @throws {TypeError} that names what is missing, when the file has another shape. */
function conversationsOf(path: string): LocomoConversation[] {
  const data = JSON.parse(readFileSync(path, 'utf8')) as Partial<LocomoConversation>[];
  const shaped = (one: Partial<LocomoConversation>) =>
    typeof one.conversation === 'object' && Array.isArray(one.qa);
  if (!Array.isArray(data) || data.length === 0 || !data.every(shaped)) {
    throw new TypeError(`Expected a list of conversations with qa in ${path}`);
  }
  return data as LocomoConversation[];
}
