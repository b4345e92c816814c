import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { openExisting } from '../open-brain.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { ReencodingOptions } from './command.js';

export async function reencode(brain: string, options: ReencodingOptions): Promise<void> {
  const output = new Output(options);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  await using memory = await openExisting(brain);
  await using model = await loadModel(options, signal);
  using progress = new Progress();
  await model.reencode(memory, {
    signal,
    onProgress: ({ done, total }) => progress.show(`Re-encoding ${done}/${total}`, done / total),
  });
  const { memories, model: fingerprint } = await memory.stats();
  progress[Symbol.dispose]();
  output.object({ memories, model: fingerprint });
  output.line(`Re-encoded ${memories} memories with ${fingerprint?.name}.`);
}
