import { evaluateInfluence } from '../../eval/index.js';
import { checkNumber } from '../../validate.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import type { EvalInfluenceOptions } from './command.js';

export async function influence(options: EvalInfluenceOptions): Promise<void> {
  const output = new Output(options);
  const { tokens = 200 } = options;
  checkNumber('tokens', tokens, { min: 1, max: 1_000_000, integer: true });
  using interrupt = new Interrupt();
  await using model = await loadModel(options, interrupt.signal);
  const errors = await evaluateInfluence(model, { tokens, signal: interrupt.signal });
  output.object(errors);
  output.line(`Derived against true base log-probabilities, ${errors.tokens} tokens`);
  output.line(`largest error  ${errors.maxError.toExponential(2)} nats`);
  output.line(`mean error     ${errors.meanError.toExponential(2)} nats`);
  output.line(
    `KL error       ${errors.klError.toExponential(2)} nats of ${errors.meanKl.toFixed(4)}`,
  );
}
