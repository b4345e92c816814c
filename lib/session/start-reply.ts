import type { Generation, LoadedModel } from '../model/index.js';
import type { CopyPath, NativeSampling, SamplerHandle } from '../native.js';
import type { ReplyStream } from './reply.js';

/** A prompt for the engine, and where its tokens go. */
interface ReplyRequest {
  /** Number of the session in the model. */
  readonly session: number;
  readonly tokens: Int32Array;
  readonly sampling: NativeSampling;
  /** Prepared from `sampling`, or null. */
  readonly sampler: SamplerHandle | null;
  readonly copies: readonly CopyPath[];
  readonly figures: { influence: boolean; movers: number; sources: number };
  readonly stream: ReplyStream;
  readonly onFinish: Generation['onFinish'];
}

/** Hands a prompt to the engine. @returns the request's number */
export function startReply(
  model: LoadedModel,
  { session, tokens, sampling, sampler, copies, figures, stream, onFinish }: ReplyRequest,
): number {
  return model.generate(
    session,
    tokens,
    sampling,
    figures,
    {
      onToken: ({ index, id, text, logprob, topLogprobs, influence, consolidated }) =>
        stream.push({ index, id, text, logprob, topLogprobs, influence, consolidated }),
      onFinish,
    },
    copies,
    sampler,
  );
}
