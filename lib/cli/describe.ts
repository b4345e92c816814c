import type { Command } from 'commander';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: true;
  readonly color: boolean;
  readonly verbose?: true;
}

/** Adds a command with the options that all have. The first line of `summary` stands in lists. */
export function describe(
  parent: Command,
  usage: string,
  { summary, examples }: { summary: string; examples: readonly string[] },
): Command {
  return parent
    .command(usage)
    .summary(summary.split('\n')[0]!)
    .description(summary)
    .option('--json', 'print one JSON object and nothing else')
    .option('--no-color', 'plain text; so do NO_COLOR and an output that is no terminal')
    .option('--verbose', 'print the stack of an error; so does DEBUG=graffiti')
    .addHelpText(
      'after',
      `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((line) => `  $ ${line}`).join('\n')}`,
    );
}
