import type { Command } from 'commander';
import { collected, integer, number } from '../arguments.js';
import { type CommonOptions, describe } from '../describe.js';
import { addModelOptions, type ModelOptions } from '../model-options.js';

export interface ChatOptions extends CommonOptions, ModelOptions {
  readonly brain?: string;
  readonly system?: string;
  readonly erase?: string[];
  readonly strength?: number;
  readonly preset?: string;
  readonly remember: boolean;
  readonly regions: boolean;
  readonly tokens?: true;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  readonly stop?: string[];
}

export function registerChat(program: Command): void {
  const command = describe(program, 'chat', {
    summary:
      'Talk with a model that remembers. Words are coloured by what memory did to them.\n' +
      'Reads one prompt per line; /help lists what else can be typed.\n' +
      'With --json every line but /exit prints one JSON object: a reply, the result of a command, or an error.',
    examples: [
      'graffiti chat --model model.gguf --brain mine.graffiti',
      "printf '%s\\n' 'my dog is named Buddy' '/why' | graffiti chat --temperature 0 --json",
    ],
  });
  addModelOptions(command)
    .option(
      '--brain <file>',
      'where memory is kept, also postgres://user@host/database?brain=NAME (default: in RAM, for this chat only)',
    )
    .option('--system <text>', 'system prompt')
    .option(
      '--erase <name>',
      'talk without what this engram of the brain is the trace of; may be repeated',
      collected,
    )
    .option('--strength <factor>', 'multiplies the influence of memory, -100 to 100', number)
    .option('--preset <name>', "'notebook': the algorithm as first published")
    .option('--no-remember', 'do not remember what is typed; /tag still does')
    .option('--no-regions', 'leave plain sums to the model, not to the adder')
    .option('--tokens', 'with --json: list every token with its influence')
    .option('--temperature <value>', '0 = always the most probable token', number)
    .option('--top-k <count>', 'only the k most probable tokens', integer)
    .option('--top-p <probability>', 'only the tokens that make up this probability', number)
    .option('--min-p <fraction>', 'only tokens this probable, relative to the best', number)
    .option('--repetition-penalty <factor>', 'divides the logits of recent tokens', number)
    .option('--frequency-penalty <value>', 'per time a recent token has come', number)
    .option('--presence-penalty <value>', 'once for every recent token', number)
    .option('--seed <number>', 'makes a reply repeatable', integer)
    .option('--max-tokens <count>', 'longest reply', integer)
    .option('--stop <text>', 'ends a reply; may be repeated', collected)
    .action(async (options: ChatOptions) => {
      const { chat } = await import('./chat.js');
      await chat(options);
    });
}
