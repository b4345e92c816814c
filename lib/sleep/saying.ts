import { GraffitiError, throwIfAborted } from '../errors.js';
import { checkSampling, type LoadedModel, type SamplingOptions } from '../model/index.js';

/**
 * Lets the model go on with a prompt, in a session of its own engine and without the figures of a reply.
 *
 * @throws {GraffitiError} `ERR_ABORTED`, `ERR_NATIVE`
 */
export async function say(
  model: LoadedModel,
  session: number,
  prompt: Int32Array,
  options: SamplingOptions & { readonly maxTokens: number },
  signal?: AbortSignal,
): Promise<{ ids: number[]; text: string }> {
  throwIfAborted(signal, 'Sleep');
  const sampling = checkSampling(options, model.info.vocabulary);
  const said = { ids: [] as number[], text: '' };
  await new Promise<void>((resolve, reject) => {
    const request = model.generate(
      session,
      prompt,
      { ...sampling, maxTokens: options.maxTokens },
      { influence: false, movers: 0, sources: 0 },
      {
        onToken: ({ id, text }) => {
          said.ids.push(id);
          said.text += text;
        },
        onFinish: ({ finish, message }) => {
          signal?.removeEventListener('abort', stop);
          if (finish === 'error') reject(new GraffitiError('ERR_NATIVE', message));
          else resolve();
        },
      },
    );
    const stop = (): void => model.abort(request);
    signal?.addEventListener('abort', stop, { once: true });
  });
  throwIfAborted(signal, 'Sleep');
  return said;
}
