import { readFileSync } from 'node:fs';
import { evaluateFacts, type FactCase, generateFactCases } from '../../eval/index.js';
import { checkNumber } from '../../validate.js';
import { UsageError } from '../failure.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { EvalFactsOptions } from './command.js';

const SHOWN = 20;

export async function facts(options: EvalFactsOptions): Promise<void> {
  const output = new Output(options);
  const cases = casesOf(options);
  using interrupt = new Interrupt();
  await using model = await loadModel(options, interrupt.signal);
  using progress = new Progress();
  const result = await evaluateFacts(model, cases, {
    off: options.off,
    reads: options.reads ?? false,
    signal: interrupt.signal,
    onProgress: ({ done, total }) => progress.show('Asking', done / total),
  });
  output.object(result);
  output.line(`passed         ${result.passed} of ${result.total}`);
  output.line(`false recalls  ${result.falseRecalls}`);
  if (options.off) output.line(`recall off     ${result.off.passed} of ${result.off.total}`);
  const { reads } = result;
  if (reads) {
    output.line(`conversation   ${reads.context.passed} of ${reads.context.total}`);
    output.line(`a night        ${reads.night.passed} of ${reads.night.total}`);
  }
  for (const [category, { passed, total }] of Object.entries(result.byCategory)) {
    if (passed < total) output.line(`  ${category}: ${passed} of ${total}`);
  }
  for (const { id, ask, reply, expect } of result.failures.slice(0, SHOWN)) {
    output.line(
      `${id}: ${JSON.stringify(ask)} → ${JSON.stringify(reply)}, expected ${JSON.stringify(expect)}`,
    );
  }
}

function casesOf({ data, generate, seed = 1 }: EvalFactsOptions): FactCase[] {
  if ((data === undefined) === (generate === undefined)) {
    throw new UsageError('Say what to ask: either --data FILE or --generate COUNT.');
  }
  if (generate !== undefined) {
    checkNumber('generate', generate, { min: 1, max: 100_000, integer: true });
    return generateFactCases(generate, seed);
  }
  const path = data!;
  const lines = readFileSync(path, 'utf8').split('\n');
  const cases = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [caseOf(line, `line ${index + 1} of ${path}`)],
  );
  if (cases.length === 0) throw new TypeError(`Expected one case a line in ${path}`);
  return cases;
}

/** @throws {TypeError} that names what is missing, when a line has another shape. */
function caseOf(line: string, place: string): FactCase {
  const { id, steps } = JSON.parse(line) as Partial<FactCase>;
  if (typeof id !== 'string' || !Array.isArray(steps)) {
    throw new TypeError(`Expected id and steps in ${place}`);
  }
  const texts = (value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  for (const step of steps as Record<string, unknown>[]) {
    const { ask, expect, forbid = [], recall } = step;
    const asks =
      typeof ask === 'string' && texts(expect) && texts(forbid) && typeof recall === 'boolean';
    if (!(asks || typeof step.tell === 'string' || step.restart === true)) {
      throw new TypeError(
        `Expected tell, ask with expect and recall, or restart in every step of ${place}`,
      );
    }
  }
  return { id, steps: steps as FactCase['steps'] };
}
