import type { MemoryRecord } from '../../memory/index.js';
import type { ModelInfo } from '../../model/index.js';
import { figuresLine, memoryLines, movedLines } from '../explanation.js';
import { coloured, legend } from '../influence-colour.js';
import { oneLine, type Output } from '../output.js';
import type { DemoReply } from './ask.js';
import type { ForgettingScene } from './demo.js';
import type { ReplyElsewhere } from './restart.js';

/** Smallest difference of log-probabilities that is no rounding, nats. */
const ROUNDING = 1e-4;

/** What the demo says to people. */
export class Narration {
  private scene = 0;

  constructor(
    private readonly output: Output,
    private readonly prompt: string,
  ) {}

  model({ name, architecture, parameters, quantisation }: ModelInfo, builtIn: boolean): void {
    const { output } = this;
    const millions = (parameters / 1e6).toFixed(parameters < 1e8 ? 1 : 0);
    output.line(
      `Model: ${builtIn ? 'the built-in one, ' : ''}${oneLine(name || architecture)}, ${millions} M parameters, ${quantisation}, unmodified.`,
    );
    if (parameters < 1e9) {
      output.line(
        'A model this small does not say clever things. Watch how its words lean, and the figures.',
      );
    }
    if (output.colours.isColorSupported) output.line(legend(output.colours));
  }

  before(reply: DemoReply): void {
    this.caption(
      'Before: it has been told nothing. Always the most probable word, so nothing is chance.',
    );
    this.reply(reply);
  }

  told(memories: readonly MemoryRecord[]): void {
    this.caption(
      'It is told a few things. No training, no prompt: only a vector before its output layer.',
    );
    for (const { id, text } of memories) this.output.line(`  #${id} ${text}`);
  }

  after(reply: DemoReply, strength: number): void {
    const { output } = this;
    this.caption(
      strength === 1
        ? 'The same question in a new conversation, at strength 1: gentle, as in daily use.'
        : `The same question at strength ${strength}: more than for daily use, good to see.`,
    );
    this.reply(reply);
    const { influence, tokens } = reply;
    if (!influence) return;
    output.line(`  ${figuresLine(influence)}`);
    output.line('  Where words moved most (promoted, demoted; points of probability):');
    for (const text of movedLines(influence, tokens, output)) output.line(`  ${text}`);
    output.line(
      '  Which memories did it (share of all shifts; net push towards these words against an average word, nats):',
    );
    for (const text of memoryLines(influence)) output.line(`  ${text}`);
  }

  restarted(reply: ReplyElsewhere, difference: number | undefined): void {
    this.caption(
      `Restart: another process (${reply.pid}, this one is ${process.pid}) opens the same brain file.`,
    );
    this.reply(reply);
    this.output.line(
      difference === undefined
        ? '  The reply is not the same as before the restart.'
        : `  The same words as before the restart; their log-probabilities ${differ(difference)}.`,
    );
  }

  forgotten({ memory, erased, reply, largestDifference }: ForgettingScene): void {
    const { output } = this;
    this.caption(`Forget the memory that did most: #${memory.id} ${memory.text}`);
    this.reply(reply);
    const { influence } = reply;
    if (influence) {
      output.line(`  ${figuresLine(influence)}`);
      for (const text of memoryLines(influence)) output.line(`  ${text}`);
    }
    output.line(
      largestDifference === null
        ? '  A new brain that was never told it replies with other words.'
        : `  A new brain that was never told it gives the same words; their log-probabilities ${differ(largestDifference)}.`,
    );
    output.line(
      erased ? '  No byte of its text is left in the file.' : '  Its text is still in the file.',
    );
  }

  private caption(text: string): void {
    this.scene++;
    this.output.line(`\n${this.output.colours.bold(`${this.scene}. ${text}`)}`);
  }

  private reply({ tokens }: DemoReply): void {
    const { output, prompt } = this;
    const words = tokens.map((token) => coloured(token, output.colours)).join('');
    output.line(`  ${output.colours.dim('>')} ${prompt}`);
    output.line(`  ${words.trim()}`);
  }
}

function differ(difference: number): string {
  if (difference === 0) return 'are equal to the last bit';
  const rounding = difference < ROUNDING ? ', which is rounding' : '';
  return `differ by at most ${difference.toExponential(1)} nats${rounding}`;
}
