import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraffitiModel } from '../../graffiti-model.js';
import type { MemoryRecord } from '../../memory/index.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { Output } from '../output.js';
import { ask, type DemoReply, largestDifference } from './ask.js';
import type { DemoOptions } from './command.js';
import { Narration } from './narration.js';
import { replyInNewProcess } from './restart.js';
import { TOLD } from './scene.js';

export async function demo(options: DemoOptions): Promise<void> {
  const started = performance.now();
  const output = new Output(options);
  using interrupt = new Interrupt();
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-demo-'));
  try {
    const result = await play(join(folder, 'demo.graffiti'), options, output, interrupt.signal);
    const seconds = (performance.now() - started) / 1000;
    output.object({ ...result, seconds });
    output.line(`\nThat took ${seconds.toFixed(1)} s. The temporary brain is removed.`);
    output.line('Go on yourself: graffiti chat --brain mine.graffiti');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The scenes, one after the other. */
async function play(brain: string, options: DemoOptions, output: Output, signal: AbortSignal) {
  const { prompt, strength } = options;
  await using model = await loadModel(options, signal);
  const say = new Narration(output, prompt);
  say.model(model.info, options.model === undefined);

  const { told, before, gentle, strong } = await (async () => {
    await using memory = await model.openMemory(brain);
    const answer = (factor: number) => ask(model, memory, prompt, factor, signal);

    const before = await answer(strength);
    say.before(before);

    const told: MemoryRecord[] = [];
    for (const text of TOLD) told.push(await memory.remember({ text, kind: 'tag' }, { signal }));
    say.told(told);

    const gentle = await answer(1);
    say.after(gentle, 1);
    const strong = await answer(strength);
    say.after(strong, strength);
    return { told, before, gentle, strong };
  })();

  const restarted = await replyInNewProcess(brain, options, signal);
  const sinceRestart = largestDifference(strong, restarted);
  say.restarted(restarted, sinceRestart);

  const forgotten = await forgetOne(brain, model, told, strong, options, signal);
  say.forgotten(forgotten);

  const { name, architecture, parameters, quantisation } = model.info;
  return {
    model: { name, architecture, parameters, quantisation, builtIn: options.model === undefined },
    prompt,
    strength,
    before: brief(before),
    told,
    gentle: brief(gentle),
    strong: brief(strong),
    restarted: { pid: restarted.pid, ...brief(restarted), largestDifference: sinceRestart ?? null },
    forgotten: { ...forgotten, reply: brief(forgotten.reply) },
  };
}

/** A reply without its tokens. */
function brief({ text, influence }: DemoReply): Omit<DemoReply, 'tokens'> {
  return { text, influence };
}

export interface ForgettingScene {
  /** The memory that did most. */
  readonly memory: MemoryRecord;
  /** No byte of its text is left in the file. */
  readonly erased: boolean;
  /** The reply without it. */
  readonly reply: DemoReply;
  /** How far that is from the reply with a new brain that was told only the others; null: other words. */
  readonly largestDifference: number | null;
}

async function forgetOne(
  brain: string,
  model: GraffitiModel,
  told: readonly MemoryRecord[],
  strong: DemoReply,
  { prompt, strength }: DemoOptions,
  signal: AbortSignal,
): Promise<ForgettingScene> {
  const mostShare = strong.influence?.memories[0]?.id;
  const gone = told.find(({ id }) => id === mostShare) ?? told[0]!;
  const reply = await (async () => {
    await using memory = await model.openMemory(brain);
    await memory.forget(gone.id);
    return await ask(model, memory, prompt, strength, signal);
  })();
  await using innocent = await model.openMemory();
  for (const { id, text } of told) {
    if (id !== gone.id) await innocent.remember({ text, kind: 'tag' }, { signal });
  }
  const never = await ask(model, innocent, prompt, strength, signal);
  return {
    memory: gone,
    erased: !readFileSync(brain).includes(gone.text),
    reply,
    largestDifference: largestDifference(reply, never) ?? null,
  };
}
