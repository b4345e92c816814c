import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Engram, type EngramText, GraffitiModel, type Session } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { needs, small, stories } from '../fixtures/models.js';

const pairs = (lines: readonly string[]): EngramText[] =>
  lines.map((line) => ({ prompt: line.slice(0, 20), answer: line.slice(20) }));
const TARGET = pairs([
  'Once upon a time there was a little girl named Lily who loved to play outside in the park.',
]);
const REFERENCE = pairs([
  'Tom had a red ball. He threw it to his dog and the dog ran fast and brought it back to him again.',
  'One day a cat found a box. The cat looked inside and saw a mouse that was very sad and all alone.',
  'It rained all night and in the morning there were big puddles. Sue put on her boots and jumped in.',
  'Ben wanted to bake a cake for his friend. He took milk and eggs and asked his dad to help him mix.',
  'The sun was warm, so Sara and her mom went to the lake to eat bread and look at the small ducks.',
  'There was a big bear in the wood who did not like the cold, so he slept until the snow was gone.',
]);

void suite('engrams on sessions', needs(stories), () => {
  let model: GraffitiModel;
  let engram: Engram;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graffiti-test-'));
    model = await GraffitiModel.load({ ...small, model: stories });
    ({ engram } = await model.engrams.extract({
      target: TARGET,
      reference: REFERENCE,
      forgetting: 0.5,
    }));
  });
  after(async () => {
    await model.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const open = () => model.createSession({ graffiti: { remember: false } });
  const reply = async (session: Session) =>
    (await session.prompt('Once upon a time', { temperature: 0, maxTokens: 12 })).text;
  const score = async (session: Session) =>
    Array.from((await session.score(TARGET[0]!.answer, TARGET[0]!.prompt)).base);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  void test('erased, the target is less likely; with [] every score is the same to the bit', async () => {
    await using session = await open();
    const plain = await score(session);
    await session.engrams.set([{ engram, weight: -1 }]);
    assert.ok(sum(await score(session)) < sum(plain) - 1);
    await session.engrams.set([{ engram, weight: -0.5 }, { engram, weight: 0.5 }]); // prettier-ignore
    (await score(session)).forEach((value, at) => assert.ok(Math.abs(value - plain[at]!) < 1e-3));
    await session.engrams.set([]);
    assert.deepEqual(await score(session), plain);
  });

  void test('sessions with different engrams at the same time say what each says alone', async () => {
    await using one = await open();
    await using other = await open();
    await other.engrams.set([{ engram, weight: -2 }]);
    const alone = [await reply(one), await reply(other)];
    assert.notEqual(alone[0], alone[1]);
    await using third = await open();
    await using fourth = await open();
    await fourth.engrams.set([{ engram, weight: -2 }]);
    assert.deepEqual(await Promise.all([reply(third), reply(fourth)]), alone);
  });

  void test('a file is read again; one of another model, or damaged, is refused', async () => {
    const path = join(folder, 'lily.gguf');
    await engram.save(path);
    const loaded = await model.engrams.load(path);
    assert.deepEqual(loaded.origin, engram.origin);
    assert.deepEqual(loaded.tensors, engram.tensors);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    await assert.rejects(model.engrams.load(path), code('ERR_ENGRAM_INVALID'));
    const foreign = new Engram({ ...engram.origin, fingerprint: '0123456789abcdef' }, []);
    await using session = await open();
    await assert.rejects(
      session.engrams.set([{ engram: foreign, weight: -1 }]),
      code('ERR_ENGRAM_MODEL_MISMATCH'),
    );
    const bent = new Engram(
      engram.origin,
      engram.tensors.map((tensor) => ({ ...tensor, name: `${tensor.name}.other` })),
    );
    await assert.rejects(
      session.engrams.set([{ engram: bent, weight: -1 }]),
      code('ERR_ENGRAM_MODEL_MISMATCH'),
    );
  });

  void test('what cannot be extracted is refused', async () => {
    const { engrams } = model;
    await assert.rejects(engrams.extract({ target: [], reference: REFERENCE }), RangeError);
    const blank = [{ prompt: 'a', answer: ' ' }];
    await assert.rejects(engrams.extract({ target: blank, reference: REFERENCE }), RangeError);
    const statistics = code('ERR_ENGRAM_STATISTICS');
    await assert.rejects(engrams.extract({ target: TARGET, reference: [] }), statistics);
    // The target among the reference is the target's alone.
    await assert.rejects(engrams.extract({ target: TARGET, reference: TARGET }), statistics);
    const long = [{ prompt: 'a', answer: 'word '.repeat(5000) }];
    await assert.rejects(
      engrams.extract({ target: long, reference: REFERENCE }),
      code('ERR_CONTEXT_OVERFLOW'),
    );
    await assert.rejects(
      engrams.extract({ target: TARGET, reference: REFERENCE, weights: 'no such tensor' }),
      code('ERR_UNSUPPORTED_ARCHITECTURE'),
    );
    const controller = new AbortController();
    const aborted = engrams.extract({
      ...{ target: TARGET, reference: REFERENCE, signal: controller.signal },
      onProgress: () => controller.abort(),
    });
    await assert.rejects(aborted, code('ERR_ABORTED'));
  });
});
