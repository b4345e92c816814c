import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { buildLlamaProgram } from '../../lib/bench/llama-server.js';
import { GraffitiModel, type Session } from '../../lib/index.js';
import { needs, small, stories } from '../fixtures/models.js';
import { scratch } from '../store/scratch.js';

const SENTENCES = [
  'Once upon a time there was a little girl who lived near a big forest and liked to sing to the birds.',
  'Tom had a red ball. He threw it to his dog and the dog ran fast and brought it back to him again.',
  'The sun was warm, so Lily and her mom went to the park to eat bread and look at the ducks.',
  'One day a cat found a box. The cat looked inside and saw a mouse that was sad and all alone.',
  'It rained all night and in the morning there were big puddles. Sue put on her boots and jumped.',
  'Ben wanted to bake a cake for his friend. He took milk and eggs and asked his dad to help him.',
];
const texts = SENTENCES.map((text) => ({ prompt: text.slice(0, 20), answer: text.slice(20) }));
const CHUNK = 256;

/** What llama-perplexity --save-all-logits wrote: tokens, and log-probabilities in steps of `step`. */
function savedLogits(file: Buffer) {
  assert.equal(file.subarray(0, 8).toString(), '_logits_');
  const [context, vocabulary, chunks] = [8, 12, 16].map((at) => file.readInt32LE(at)) as [
    number,
    number,
    number,
  ];
  const tokens = Int32Array.from({ length: context * chunks }, (_, i) =>
    file.readInt32LE(20 + 4 * i),
  );
  const rows = 20 + 4 * tokens.length;
  const rowBytes = 2 * (2 * Math.ceil(vocabulary / 2) + 4);
  const logprob = (row: number, token: number) => {
    const at = rows + row * rowBytes;
    const [step, least] = [file.readFloatLE(at), file.readFloatLE(at + 4)];
    return { step, value: least + step * file.readUInt16LE(at + 8 + 2 * token) };
  };
  return { context, chunks, tokens, logprob };
}

test(
  "llama.cpp's own program loads an engram and computes the same logits",
  needs(stories),
  async (context) => {
    const folder = scratch(context);
    const [engramFile, textFile] = [join(folder, 'engram.gguf'), join(folder, 'text')];
    await using model = await GraffitiModel.load({ ...small, model: stories });
    const { engram } = await model.engrams.extract({
      target: texts.slice(0, 1),
      reference: texts.slice(1),
      forgetting: 0.5,
    });
    await engram.save(engramFile);
    await writeFile(textFile, SENTENCES.join(' ').repeat(4));
    const program = await buildLlamaProgram('llama-perplexity');

    const compare = async (more: readonly string[], session: Session) => {
      const logits = join(folder, `logits${more.length}`);
      const common = [
        '-m',
        stories,
        '-f',
        textFile,
        '-c',
        String(CHUNK),
        '-b',
        String(CHUNK),
        '--chunks',
        '2',
      ];
      await promisify(execFile)(
        program,
        [...common, '-t', '1', '-ngl', '0', '--save-all-logits', logits, ...more],
        { timeout: 60_000, maxBuffer: 2 ** 24 },
      );
      const saved = savedLogits(await readFile(logits));
      const { loaded } = model;
      const first = saved.context / 2;
      let [worst, sum] = [0, 0];
      for (let chunk = 0; chunk < saved.chunks; chunk++) {
        const tokens = saved.tokens.slice(chunk * saved.context, (chunk + 1) * saved.context);
        tokens[0] = loaded.tokenize('a', { special: true })[0]!; // llama-perplexity begins each chunk anew
        const { base } = await loaded.score(tokens, first + 1, 0, 0, null, session.engrams.adapter);
        base.forEach((ours, index) => {
          const theirs = saved.logprob(
            chunk * (saved.context - 1 - first) + index,
            tokens[first + 1 + index]!,
          );
          // What is less probable than e⁻¹⁶ of the best is cut off in the file.
          if (theirs.value > -14)
            worst = Math.max(worst, Math.abs(ours - theirs.value) - theirs.step);
          sum += ours;
        });
      }
      assert.ok(worst < 2e-3, `off by ${worst} nats`);
      return sum;
    };
    await using session = await model.createSession({ graffiti: { remember: false } });
    const plain = await compare([], session);
    await session.engrams.set([{ engram, weight: -1 }]);
    const erased = await compare(['--lora', engramFile], session);
    assert.ok(erased < plain - 1, 'the engram does something');
  },
);
