import type { ServerContext } from '../context.js';
import { leaving } from '../events.js';
import { badRequest } from '../failure.js';
import { checkModelName } from '../sampling.js';
import {
  described,
  EmbeddingAnswer,
  EmbeddingRequest,
  json,
  TokenizeAnswer,
  TokenizeRequest,
} from '../schema/index.js';
import { inputsOf } from '../text/index.js';
import type { App } from './app.js';

/** POST /v1/embeddings, the vectors that recall compares, and /tokenize. */
export function embeddingRoutes(app: App, server: ServerContext): void {
  const { loaded, info } = server.model;
  const schema = described(
    'Vectors of texts',
    'OpenAI',
    { body: EmbeddingRequest },
    json(EmbeddingAnswer),
  );
  app.post('/v1/embeddings', { schema }, async ({ body }, answer) => {
    checkModelName(body.model, server.modelId);
    if (body.dimensions && body.dimensions !== info.width) {
      throw badRequest(
        `The model's vectors have ${info.width} dimensions.`,
        'dimensions',
        'unsupported_value',
      );
    }
    const inputs = inputsOf(body.input, 'input', info.vocabulary).map((input) =>
      typeof input === 'string' ? input : loaded.detokenize(input),
    );
    const empty = inputs.findIndex((text) => text.trim() === '');
    if (empty >= 0) throw badRequest('An input must hold more than white space.', 'input');
    const lengths = inputs.map((text) => loaded.tokenize(text).length);
    const signal = leaving(answer, server.ending);
    using _place = server.admission.enter();
    const data = [];
    for (const [index, text] of inputs.entries()) {
      const { key } = await loaded.encode(text, 'gradient', { signal });
      const unit = normalised(key);
      const embedding =
        body.encoding_format === 'base64'
          ? Buffer.from(unit.buffer, unit.byteOffset, unit.byteLength).toString('base64')
          : [...unit];
      data.push({ object: 'embedding', index, embedding });
    }
    const tokens = lengths.reduce((total, length) => total + length, 0);
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    return { object: 'list', data, model: server.modelId, usage };
  });

  const tokenize = described(
    'Tokens of a text',
    'Server',
    { body: TokenizeRequest },
    json(TokenizeAnswer),
  );
  app.post('/tokenize', { schema: tokenize }, async ({ body }) => {
    const { content, add_special: special = false, with_pieces: pieces = false } = body;
    const tokens = [...loaded.tokenize(content, { special })];
    const piece = (id: number) => loaded.detokenize(Int32Array.of(id), { special: true });
    return { tokens: pieces ? tokens.map((id) => ({ id, piece: piece(id) })) : tokens };
  });
}

/** To Euclidean length 1, as OpenAI's vectors are. */
function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length > 0 ? vector.map((value) => value / length) : vector;
}
