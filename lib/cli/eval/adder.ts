import { evaluateAdder } from '../../eval/index.js';
import { checkNumber } from '../../validate.js';
import { Interrupt } from '../interrupt.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalAdderOptions } from './command.js';

export async function adder(options: EvalAdderOptions): Promise<void> {
  const output = new Output(options);
  const { pairs } = options;
  checkNumber('pairs', pairs, { min: 1, max: 1_000_000, integer: true });
  using interrupt = new Interrupt();
  using progress = new Progress();
  const { voted, single, perSecond } = await evaluateAdder({
    pairs,
    signal: interrupt.signal,
    onProgress: ({ done, total }) => progress.show('Adding', done / total),
  });
  progress[Symbol.dispose]();
  output.object({ pairs, voted, single, perSecond });
  output.line(`${pairs} held-out pairs of numbers of up to 7 digits`);
  output.line(`right with votes     ${(voted * 100).toFixed(3)} %`);
  output.line(`right in single runs ${(single * 100).toFixed(3)} %`);
  output.line(`with votes           ${perSecond.toFixed(0)} a second`);
}
