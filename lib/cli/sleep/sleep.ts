import type { NightReport, SleepProgress } from '../../sleep/index.js';
import { Interrupt } from '../interrupt.js';
import { loadModel } from '../load-model.js';
import { openExisting, openWithModel } from '../open-brain.js';
import { Output } from '../output.js';
import { Progress } from '../progress.js';
import type { SleepCommandOptions } from './command.js';

const PHASES: Record<SleepProgress['phase'], string> = {
  rehearse: 'Rehearsing ordinary text',
  replay: 'Replaying what was told',
  train: 'Training on it',
  measure: 'Measuring what came of it',
};

export async function sleep(brain: string, options: SleepCommandOptions): Promise<void> {
  const output = new Output(options);
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  await (await openExisting(brain, { readOnly: true })).close(); // before the model is loaded
  await using model = await loadModel(options, signal);
  await using memory = await openWithModel(brain, model);
  using progress = new Progress();
  const report = await model.sleep(memory, {
    method: options.method,
    anchorLimit: options.anchorLimit,
    maxKeys: options.maxKeys,
    signal,
    onProgress: ({ phase, done, total }) => progress.show(PHASES[phase], done / total),
  });
  progress[Symbol.dispose]();
  output.object(report);
  for (const text of reportLines(report)) output.line(text);
}

export async function nights(brain: string, options: SleepCommandOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  const kept = await memory.nights();
  output.object({
    nights: kept.map((night) => ({ ...night, report: JSON.parse(night.report) as NightReport })),
  });
  for (const { id, time, method, memories, bytes } of kept) {
    const when = new Date(time).toISOString();
    output.line(`night ${id}  ${when}  ${method}  ${memories} memories  ${kib(bytes)}`);
  }
  if (kept.length === 0) output.line('The brain has not slept.');
}

export async function undo(brain: string, options: SleepCommandOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain);
  const undone = await memory.undoNight();
  const [now] = await memory.nights();
  output.object({ undone: undone?.id ?? null, night: now?.id ?? null });
  if (!undone) output.line('The brain has not slept: nothing to take back.');
  else {
    output.line(
      `Took back night ${undone.id}; ${now ? `night ${now.id} counts again` : 'no night is left'}.`,
    );
  }
}

function reportLines(report: NightReport): string[] {
  const { told, reworded, unseen, anchor } = report;
  const change = ({ before, after }: { before: number; after: number }): string =>
    `${before.toFixed(3)} to ${after.toFixed(3)}`;
  return [
    `learned         ${report.exchanges} questions from ${report.memories} memories, ${learned(report)}, ${kib(report.bytes)}, ${report.seconds.toFixed(1)} s`,
    `told            ${change(told)} nats per token, ${percent(report.exactTold)} of answers exact`,
    `in other words  ${change(reworded)} nats per token, ${percent(report.exactReworded)} of answers exact`,
    `never told      ${change(unseen)} nats per token`,
    `ordinary text   ${change(anchor)} perplexity`,
  ];
}

const learned = (report: NightReport): string => {
  if (report.method === 'weights') return `rows of ${report.words} words`;
  const { keys, dropped } = report;
  return `${keys} keys${dropped === 0 ? '' : ` (${dropped} less surprising ones left out)`}`;
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const kib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
