import { readFileSync } from 'node:fs';
import { GraffitiModel } from '../graffiti-model.js';
import { LoadedModel, type LoadOptions } from '../model/index.js';
import type { ModelOptions } from './model-options.js';
import { Progress } from './progress.js';

const PHASES = { load: 'Loading the model', calibrate: 'Measuring the model' } as const;

/** What the command line says, as the library takes it. */
function loadOptions(
  options: ModelOptions,
  signal: AbortSignal,
  progress: Progress,
  { sessions = 1, queueLimit }: Pick<LoadOptions, 'sessions' | 'queueLimit'> = {},
): LoadOptions {
  const { model, device, rpc, gpuLayers, threads, contextSize, chatTemplate } = options;
  return {
    model,
    device: (rpc === undefined ? device : `rpc:${rpc}`) as LoadOptions['device'],
    gpuLayers,
    threads,
    contextSize,
    chatTemplate: chatTemplate?.startsWith('@')
      ? readFileSync(chatTemplate.slice(1), 'utf8')
      : chatTemplate,
    sessions,
    queueLimit,
    signal,
    onProgress: ({ phase, fraction }) => progress.show(PHASES[phase], fraction),
  };
}

/**
 * Loads and calibrates the model, with progress on a terminal.
 *
 * @param most replies at the same time, and of those that wait
 */
export async function loadModel(
  options: ModelOptions,
  signal: AbortSignal,
  most?: Pick<LoadOptions, 'sessions' | 'queueLimit'>,
): Promise<GraffitiModel> {
  using progress = new Progress();
  return await GraffitiModel.load(loadOptions(options, signal, progress, most));
}

/** Loads the model only to look at it: nothing is measured. */
export async function loadUnmeasured(
  options: ModelOptions,
  signal: AbortSignal,
): Promise<LoadedModel> {
  using progress = new Progress();
  return await LoadedModel.load(loadOptions(options, signal, progress));
}
