import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { extractEngram } from '../../lib/engram/index.js';
import { LoadedModel } from '../../lib/index.js';
import type { AnswerTokens, EngramMethod, LayerRecord } from '../../lib/model/index.js';
import { packageRoot } from '../../lib/native.js';
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

const rows = (values: Float32Array, width: number): Rows =>
  Array.from({ length: values.length / width }, (_, i) =>
    Array.from(values.subarray(i * width, (i + 1) * width)),
  );

/** Largest error of E over its largest entry, and of the spectrum; of every expert by itself. */
async function errors(
  model: LoadedModel,
  target: readonly AnswerTokens[],
  rest: readonly AnswerTokens[],
  method: EngramMethod,
  weights: string,
) {
  const request = { target, rest, weights, method, scaling: 'plain', rank: 16 } as const;
  const found = await model.extractEngram(request);
  const recorded = [
    await model.recordLayers(target, weights),
    await model.recordLayers(rest, weights),
  ];
  assert.equal(found.length, recorded[0]!.length);
  return found.flatMap((layer, index) => {
    const [of, other] = recorded.map((layers) => layers[index]!) as [LayerRecord, LayerRecord];
    const stack = Math.max(layer.experts, 1);
    const spectra: number[] = [];
    const worstOf = Array.from({ length: stack }, (_, expert) => {
      const mine =
        ({ experts }: LayerRecord) =>
        (_row: unknown, at: number) =>
          experts[at] === expert;
      const inputs = rows(of.x, of.inputs).filter(mine(of));
      if (inputs.length === 0) return 0; // an expert that never saw the target
      const slow = slowEngram(
        {
          inputs,
          outputs: rows(of.y, of.outputs).filter(mine(of)),
          rest: rows(other.x, other.inputs).filter(mine(other)),
        },
        method,
      );
      spectra.push(...slow.spectrum);
      let [worst, largest] = [0, 0];
      for (let i = 0; i < layer.outputs; i++) {
        for (let j = 0; j < layer.inputs; j++) {
          let value = 0;
          for (let k = 0; k < layer.rank; k++) {
            const b = layer.b[(expert * layer.outputs + i) * layer.rank + k]!;
            value += b * layer.a[(expert * layer.rank + k) * layer.inputs + j]!;
          }
          worst = Math.max(worst, Math.abs(value - slow.engram[i]![j]!));
          largest = Math.max(largest, Math.abs(slow.engram[i]![j]!));
        }
      }
      return worst / largest;
    });
    spectra.sort((one, more) => more - one);
    const spectrum = Array.from(layer.spectrum.subarray(0, 20)).reduce(
      (most, g, k) => Math.max(most, Math.abs(g - spectra[k]!)),
      0,
    );
    return { engram: Math.max(...worstOf), spectrum, dual: layer.dual };
  });
}

void suite('extraction against a slow reference in double precision', needs(stories), () => {
  for (const method of ['filtered', 'paper'] as const) {
    for (const dual of [false, true]) {
      void test(`${method}, from the matrix of ${dual ? 'tokens' : 'inputs'}`, async () => {
        await using model = await LoadedModel.load({ model: stories, device: 'cpu', threads: 1 });
        const texts = TEXTS.map((text) => ({ tokens: model.tokenize(text), first: 1 }));
        const rest = dual ? texts.slice(1, 3) : texts.slice(1);
        for (const error of await errors(
          model,
          texts.slice(0, 1),
          rest,
          method,
          '^blk\\.[24]\\.ffn_down\\.weight$',
        )) {
          assert.equal(error.dual, dual);
          // The inverse of Σ + λI magnifies the rounding of double precision by up to 1/1.2e-7.
          assert.ok(error.engram < 1e-5, `E: ${error.engram}`);
          assert.ok(error.spectrum < 1e-6, `g: ${error.spectrum}`);
        }
      });
    }
  }
});

void suite('extraction from a mixture of experts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-test-'));
  const mixture = join(folder, 'mixture.gguf');
  before(() => {
    const program = join(packageRoot, 'build', 'Release', 'graffiti-random-model');
    const shape =
      '--type f32 --width 64 --heads 2 --layers 2 --ffn 96 --vocabulary 400 --experts 4';
    execFileSync(program, ['--out', mixture, ...shape.split(' ')]);
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const method of ['filtered', 'paper'] as const) {
    void test(`${method}: every expert's engram is that of its own tokens`, async () => {
      await using model = await LoadedModel.load({ model: mixture, device: 'cpu', threads: 1 });
      const texts = TEXTS.map((text) => ({ tokens: model.tokenize(text), first: 1 }));
      const found = await errors(
        model,
        texts.slice(0, 1),
        texts.slice(1),
        method,
        '^blk\\.1\\.ffn_down_exps\\.weight$',
      );
      assert.equal(found.length, 1);
      assert.ok(found[0]!.engram < 1e-5, `E: ${found[0]!.engram}`);
      assert.ok(found[0]!.spectrum < 1e-6, `g: ${found[0]!.spectrum}`);
    });
  }

  void test('erased, the target is less likely, and the adapter does what was computed', async () => {
    await using model = await LoadedModel.load({ model: mixture, device: 'cpu', threads: 1 });
    const { engram, forget } = await extractEngram(model, {
      target: [{ prompt: TEXTS[0]!.slice(0, 20), answer: TEXTS[0]!.slice(20) }],
      reference: TEXTS.slice(1).map((text) => ({
        prompt: text.slice(0, 20),
        answer: text.slice(20),
      })),
      forgetting: 0.05,
    });
    assert.deepEqual(
      engram.tensors.map(({ name, experts }) => [name, experts]),
      [0, 1].map((layer) => [`blk.${layer}.ffn_down_exps.weight`, 4]),
    );
    assert.ok(forget.after >= forget.before + 0.05);
  });
});
