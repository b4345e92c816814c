import { UsageError } from '../failure.js';
import { explanationLines } from '../explanation.js';
import { legend } from '../influence-colour.js';
import { recordLine } from '../memory-lines.js';
import { oneLine } from '../output.js';
import { splitTags } from './tags-in-text.js';
import type { Talk } from './talk.js';

/** What a command gives: the object for programs, the lines for people. */
export interface SlashResult {
  readonly object: object;
  readonly lines: readonly string[];
}

interface SlashCommand {
  readonly usage: string;
  readonly summary: string;
  run(argument: string, talk: Talk): Promise<SlashResult> | SlashResult;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new UsageError(`Expected the id of a memory but received "${text}".`);
  return Number(text);
}

const LISTED = 20;

const commands: Record<string, SlashCommand> = {
  why: {
    usage: '/why',
    summary: 'what memory did to the last reply, and which memories did it',
    async run(_argument, talk) {
      if (!talk.last) throw new UsageError('There is no reply yet.');
      const why = await talk.why(talk.last);
      return {
        object: { influence: why ?? null },
        lines: why
          ? explanationLines(why, talk.last.tokens, talk.output)
          : ['No memory acted on the last reply.'],
      };
    },
  },
  tag: {
    usage: '/tag TEXT [#tag …]',
    summary: 'remember a text without a reply; it leans the next words already',
    async run(argument, talk) {
      const { text, tags } = splitTags(argument);
      const memory = await talk.session.tag(text, { tags });
      return { object: { memory }, lines: [`Remembered ${recordLine(memory)}`] };
    },
  },
  forget: {
    usage: '/forget ID …',
    summary: 'forget memories, as if they had never been told',
    async run(argument, talk) {
      const ids = argument
        .split(/[\s,#]+/)
        .filter(Boolean)
        .map(wholeNumber);
      if (ids.length === 0) throw new UsageError('Say which: /forget ID; /memories lists them.');
      const forgotten = await talk.session.memory.forget(ids);
      return {
        object: { forgotten },
        lines: [`Forgot ${forgotten.ids.map((id) => `#${id}`).join(', ')}.`],
      };
    },
  },
  memories: {
    usage: '/memories [QUERY]',
    summary: `the ${LISTED} newest memories, or those that fit a query best`,
    async run(query, { session: { memory } }) {
      const memories =
        query === ''
          ? await memory.list({ limit: LISTED })
          : await memory.recall(query, { limit: LISTED });
      return {
        object: { memories },
        lines:
          memories.length > 0 ? memories.map((record) => recordLine(record)) : ['No memories.'],
      };
    },
  },
  strength: {
    usage: '/strength [FACTOR]',
    summary: 'how much memory acts, also on a running reply; 0 = off, negative leans away',
    run(argument, { session }) {
      const strength = Number(argument);
      if (Number.isNaN(strength)) throw new UsageError(`"${oneLine(argument)}" is no number.`);
      if (argument !== '') session.strength = strength;
      return {
        object: { strength: session.strength },
        lines: [`Strength ${session.strength}.`],
      };
    },
  },
  help: {
    usage: '/help',
    summary: 'this list',
    run: (_argument, { output }) => ({
      object: {
        commands: [...Object.values(commands), exit].map(({ usage, summary }) => ({
          usage,
          summary,
        })),
      },
      lines: [
        ...[...Object.values(commands), exit].map(
          ({ usage, summary }) => `  ${usage.padEnd(20)} ${summary}`,
        ),
        `  ${'//TEXT'.padEnd(20)} say a text that begins with /`,
        'Ctrl-C ends a reply, and at the prompt the chat.',
        ...(output.colours.isColorSupported ? [legend(output.colours)] : []),
      ],
    }),
  },
};

/** The chat itself ends on it. */
const exit = { usage: '/exit', summary: 'end the chat' };

/** Runs a line that begins with a slash. */
export async function runSlashCommand(line: string, talk: Talk): Promise<SlashResult> {
  const [, name, argument] = /^\/(\S*)\s*(.*)$/s.exec(line)!;
  const command = Object.hasOwn(commands, name!) ? commands[name!] : undefined;
  if (!command) throw new UsageError(`There is no command /${oneLine(name!, 30)}; try /help.`);
  return command.run(argument!.trim(), talk);
}
