import { type RememberInput, RULES } from '../../memory/index.js';
import { UsageError } from '../failure.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { recordLine } from '../memory-lines.js';
import { openWithModel } from '../open-brain.js';
import { Output } from '../output.js';
import type { TagOptions } from './command.js';

export async function tag(brain: string, text: string, options: TagOptions): Promise<void> {
  const output = new Output(options);
  if (text === '') throw new UsageError('Say what to remember, after the brain file.');
  const byRule = options.by === 'rule' && options.tag === undefined;
  using interrupt = new Interrupt();
  await using model = await loadModel(options, interrupt.signal);
  await using memory = await openWithModel(brain, model, byRule ? { classifier: RULES } : {});
  const { tag: tags, by, speaker, importance } = options;
  const record = await memory.remember(
    { text, tags, by: by as RememberInput['by'], speaker, importance, kind: 'tag' },
    { signal: interrupt.signal },
  );
  output.object(record);
  output.line(`Remembered ${recordLine(record)}`);
}
