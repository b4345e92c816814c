import type { EncodedText, MemoryEncoder } from '../memory/index.js';
import type { LoadedModel } from '../model/index.js';
import type { WriterName } from '../native.js';

/** Version of the writers' mathematics: a change that moves vectors makes it another number. */
const WRITER_VERSION = 1;

/** The model as a memory sees it: a fingerprint and an encoder. */
export function modelEncoder(model: LoadedModel, writer: WriterName = 'gradient'): MemoryEncoder {
  const { fingerprint, name, architecture, width, vocabulary } = model.info;
  return {
    fingerprint: {
      hash: fingerprint,
      name,
      architecture,
      width,
      vocabulary,
      writer: `${writer}/${WRITER_VERSION}`,
    },
    encode: (text, options): Promise<EncodedText> => model.encode(text, writer, options),
  };
}
