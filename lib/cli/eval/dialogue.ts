import { readFileSync } from 'node:fs';
import {
  type Dialogue,
  evaluateDialogue,
  isHeldOutDialogue,
  parseDialogues,
} from '../../eval/index.js';
import { checkNumber } from '../../validate.js';
import { UsageError } from '../failure.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalDialogueOptions } from './command.js';

/** How every xz file begins. */
const XZ = Buffer.from('\xfd7zXZ\0', 'latin1');

export async function dialogue(options: EvalDialogueOptions): Promise<void> {
  const output = new Output(options);
  const { data, seeds } = options;
  checkNumber('seeds', seeds, { min: 1, max: 10_000, integer: true });
  const dialogues = readDialogues(data, options.heldOut === true);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  await using model = await loadModel(options, signal);
  using progress = new Progress();
  const figures = await evaluateDialogue(model, dialogues, {
    seeds,
    signal,
    onProgress: ({ done, total }) => progress.show('Measuring', done / total),
  });
  progress[Symbol.dispose]();
  const { bitsPerByte, distinct2, maxRepeat, replies } = figures;
  output.object(figures);
  output.line(`bits per byte      ${bitsPerByte.toFixed(4)} on ${dialogues.length} conversations`);
  output.line(`distinct bigrams   ${distinct2.toFixed(4)}, median of ${seeds} seeds of small talk`);
  output.line(`longest repetition ${maxRepeat}`);
  output.line(`replies            ${replies.ended} of ${replies.total} ended by themselves`);
}

function readDialogues(path: string, heldOut: boolean): Dialogue[] {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, XZ.length).equals(XZ)) {
    throw new UsageError(`${path} is compressed; unpack it first: xz -dk ${path}`);
  }
  const dialogues = parseDialogues(bytes.toString('utf8'), path);
  if (!heldOut) return dialogues;
  const kept = dialogues.filter(isHeldOutDialogue);
  if (kept.length === 0) {
    throw new UsageError(`None of the ${dialogues.length} conversations of ${path} is held out.`);
  }
  return kept;
}
