import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Reported } from '../failure.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { openWithModel } from '../open-brain.js';
import { Output } from '../output.js';
import { ask, type DemoReply } from './ask.js';
import { type DemoOptions, REPLY_COMMAND } from './command.js';

export interface ReplyElsewhere extends DemoReply {
  readonly pid: number;
}

/** Runs in the new process: loads the model, opens the brain, replies, prints JSON. */
export async function replyOnce(brain: string, options: DemoOptions): Promise<void> {
  const output = new Output(options);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  await using model = await loadModel(options, signal);
  await using memory = await openWithModel(brain, model);
  const reply = await ask(model, memory, options.prompt, options.strength, signal);
  output.object({ pid: process.pid, ...reply } satisfies ReplyElsewhere);
  output.line(reply.text);
}

/** Starts this program anew on the same brain, and waits for its reply. */
export async function replyInNewProcess(
  brain: string,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<ReplyElsewhere> {
  const { model, device, gpuLayers, threads, contextSize, chatTemplate, prompt, strength } =
    options;
  const given = { model, device, threads, prompt, strength };
  const rest = {
    'gpu-layers': gpuLayers,
    'context-size': contextSize,
    'chat-template': chatTemplate,
  };
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      process.argv[1]!,
      REPLY_COMMAND,
      brain,
      '--json',
      ...Object.entries({ ...given, ...rest }).flatMap(([name, value]) =>
        value === undefined ? [] : [`--${name}=${value}`],
      ),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], signal },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [printed, exitCode] = await Promise.all([text(child.stdout), ended]);
  if (exitCode !== 0) throw new Reported(exitCode ?? undefined);
  return JSON.parse(printed) as ReplyElsewhere;
}
