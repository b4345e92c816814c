import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LoadedModel } from '../../lib/index.js';
import type { AnswerTokens, EngramMethod, LayerRecord } from '../../lib/model/index.js';
import { needs, stories } from '../fixtures/models.js';
import { type Rows, slowEngram } from './slow-engram.js';

const TEXTS = [
  'Once upon a time there was a little girl who lived near a big forest and liked to sing to the birds every day.',
  'Tom had a red ball. He threw it to his dog and the dog ran fast and brought it back to him again and again.',
  'The sun was warm, so Lily and her mom went to the park to eat bread and look at the ducks on the small lake.',
  'One day a cat found a box. The cat looked inside and saw a mouse that was very sad because it was all alone.',
  'Ben wanted to bake a cake for his friend. He took milk and eggs and sugar and asked his dad to help him mix.',
  'It rained all night and in the morning there were big puddles. Sue put on her boots and jumped into each one.',
];

void suite('extraction against a slow reference in double precision', needs(stories), () => {
  const rows = (values: Float32Array, width: number): Rows =>
    Array.from({ length: values.length / width }, (_, i) =>
      Array.from(values.subarray(i * width, (i + 1) * width)),
    );

  /** Largest error of E over its largest entry, and of the spectrum. */
  async function errors(
    model: LoadedModel,
    target: readonly AnswerTokens[],
    rest: readonly AnswerTokens[],
    method: EngramMethod,
  ) {
    const weights = '^blk\\.[24]\\.ffn_down\\.weight$';
    const request = { target, rest, weights, method, scaling: 'plain', rank: 16 } as const;
    const found = await model.extractEngram(request);
    const recorded = [
      await model.recordLayers(target, weights),
      await model.recordLayers(rest, weights),
    ];
    assert.equal(found.length, 2);
    return found.map((layer, index) => {
      const [of, other] = recorded.map((layers) => layers[index]!) as [LayerRecord, LayerRecord];
      const slow = slowEngram(
        {
          inputs: rows(of.x, of.inputs),
          outputs: rows(of.y, of.outputs),
          rest: rows(other.x, other.inputs),
        },
        method,
      );
      let [worst, largest] = [0, 0];
      for (let i = 0; i < layer.outputs; i++) {
        for (let j = 0; j < layer.inputs; j++) {
          let value = 0;
          for (let k = 0; k < layer.rank; k++) {
            value += layer.b[i * layer.rank + k]! * layer.a[k * layer.inputs + j]!;
          }
          worst = Math.max(worst, Math.abs(value - slow.engram[i]![j]!));
          largest = Math.max(largest, Math.abs(slow.engram[i]![j]!));
        }
      }
      const spectrum = Array.from(layer.spectrum.subarray(0, 20)).reduce(
        (most, g, k) => Math.max(most, Math.abs(g - slow.spectrum[k]!)),
        0,
      );
      return { engram: worst / largest, spectrum, dual: layer.dual };
    });
  }

  for (const method of ['filtered', 'paper'] as const) {
    for (const dual of [false, true]) {
      void test(`${method}, from the matrix of ${dual ? 'tokens' : 'inputs'}`, async () => {
        await using model = await LoadedModel.load({ model: stories, device: 'cpu', threads: 1 });
        const texts = TEXTS.map((text) => ({ tokens: model.tokenize(text), first: 1 }));
        const rest = dual ? texts.slice(1, 3) : texts.slice(1);
        for (const error of await errors(model, texts.slice(0, 1), rest, method)) {
          assert.equal(error.dual, dual);
          // The inverse of Σ + λI magnifies the rounding of double precision by up to 1/1.2e-7.
          assert.ok(error.engram < 1e-5, `E: ${error.engram}`);
          assert.ok(error.spectrum < 1e-6, `g: ${error.spectrum}`);
        }
      });
    }
  }
});
