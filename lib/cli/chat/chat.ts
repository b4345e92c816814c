import { GraffitiError } from '../../errors.js';
import type { GraffitiOptions, PromptOptions } from '../../session/index.js';
import { FAILURE, failureJson, failureLine, isExpected, Reported } from '../failure.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { writerOf } from '../open-brain.js';
import { Output } from '../output.js';
import type { ChatOptions } from './command.js';
import { PromptLines } from './prompt-lines.js';
import { runSlashCommand } from './slash-commands.js';
import { Talk } from './talk.js';

/** One source more than a session names, so that shares are exact. */
const ALL_SOURCES = 65;

/** Exit code of a chat that is not typed by a person and is interrupted. */
const INTERRUPTED = 130;

export async function chat(options: ChatOptions): Promise<void> {
  const output = new Output(options);
  const model = await loadInterruptibly(options);
  await using _model = model;
  await using session = await model.createSession({
    brain: options.brain,
    system: options.system,
    regions: options.regions,
    graffiti: await graffitiOptions(options),
  });
  const erased = options.erase ?? [];
  await session.engrams.set(erased.map((engram) => ({ engram, weight: -1 })));
  const talk = new Talk(session, output, samplingOptions(options));
  const interactive = Boolean(process.stdin.isTTY && process.stdout.isTTY) && !output.json;
  if (interactive) {
    output.line(
      `${model.info.name || model.info.architecture}, ${session.memory.location ?? 'memory in RAM'}. /help for help.`,
    );
  }
  const exitCode = await converse(talk, interactive, options);
  if (exitCode !== 0) throw new Reported(exitCode);
}

async function loadInterruptibly(options: ChatOptions) {
  using interrupt = new Interrupt();
  return await loadModel(options, interrupt.signal);
}

/** Answers line after line until the end of input, /exit or Ctrl-C; returns the exit code. */
async function converse(talk: Talk, interactive: boolean, options: ChatOptions): Promise<number> {
  let exitCode = 0;
  using lines = new PromptLines({
    interactive,
    onInterrupt: () => {
      if (!interactive) exitCode = INTERRUPTED;
      if (!talk.replying || !interactive) lines.close();
      talk.abort();
    },
    // Typed into a running reply, the strength acts at once; a script's lines keep their order.
    intercept: (line) => {
      if (!interactive || !talk.replying || !/^\/strength\s/.test(line)) return false;
      void answer(line, talk, options);
      return true;
    },
  });
  for (;;) {
    const line = await lines.next();
    if (line === undefined || line.trim() === '/exit') break;
    if (line.trim() === '') continue;
    const answered = await answer(line, talk, options);
    if (!answered && !interactive) exitCode ||= FAILURE;
  }
  return exitCode;
}

/** Deals with one line; false when that failed. */
async function answer(line: string, talk: Talk, options: ChatOptions): Promise<boolean> {
  const { output } = talk;
  const isCommand = line.startsWith('/') && !line.startsWith('//');
  const asked = isCommand ? { command: line } : { prompt: line.replace(/^\/\//, '/') };
  try {
    if ('command' in asked) {
      const { object, lines } = await runSlashCommand(asked.command, talk);
      output.object({ ...asked, ...object });
      for (const text of lines) output.line(text);
    } else {
      const said = await talk.say(asked.prompt);
      if (output.json) {
        const { reply, tokens } = said;
        const influence = (await talk.why(said)) ?? null;
        output.object({ ...asked, ...reply, influence, ...(options.tokens ? { tokens } : {}) });
      }
    }
    return true;
  } catch (error) {
    if (!isExpected(error)) throw error;
    output.object({ ...asked, error: failureJson(error) });
    if (!output.json) {
      const aborted = error instanceof GraffitiError && error.code === 'ERR_ABORTED';
      output.note(aborted ? '(reply ended)' : `graffiti: ${failureLine(error)}`);
    }
    return false;
  }
}

async function graffitiOptions(options: ChatOptions): Promise<GraffitiOptions> {
  const { preset, brain, strength, remember } = options;
  const writer = preset === undefined && brain !== undefined ? await writerOf(brain) : undefined;
  return { preset: preset as 'notebook', writer, strength, remember, sources: ALL_SOURCES };
}

function samplingOptions(options: ChatOptions): PromptOptions {
  const { temperature, topK, topP, minP, seed, maxTokens, stop } = options;
  const { repetitionPenalty, frequencyPenalty, presencePenalty } = options;
  return {
    ...{ temperature, topK, topP, minP, seed, maxTokens, stop },
    ...{ repetitionPenalty, frequencyPenalty, presencePenalty },
  };
}
