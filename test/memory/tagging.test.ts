import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Memory, RULES, type TaggedSentence } from '../../lib/memory/index.js';
import { FakeEncoder } from './fake-encoder.js';

const tagsOf = (text: string) =>
  (RULES.classify(text) as readonly TaggedSentence[]).map(({ tags }) => tags);

describe('tagging by rules', () => {
  it('tags each sentence by what it states', () => {
    assert.deepEqual(tagsOf('my name is Gary. I live in Rome! My dog is named Rex.'), [
      ['name'],
      ['loc_live'],
      ['my_dog'],
    ]);
    assert.deepEqual(tagsOf('i love jazz. i hate rain. what is jazz? I feel sad'), [
      ['pref_like'],
      ['pref_hate'],
      ['question'],
      ['emo_sad'],
    ]);
    assert.deepEqual(tagsOf('my favorite color is teal'), [['my_color', 'pref_favorite']]);
  });

  it('holds names and places for more important than other things, and long sentences too', () => {
    const [name, other] = RULES.classify(
      'my name is Gary. i eat soup at noon',
    ) as readonly TaggedSentence[];
    assert.equal(name!.importance, 2.4);
    assert.equal(other!.importance, 1.5);
  });

  it('cuts any text into sentences that stand in it', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { text: sentence } of RULES.classify(text) as readonly TaggedSentence[])
          assert.ok(text.includes(sentence));
      }),
    ));
});

describe('a memory with a classifier', () => {
  it('keeps its tags, and finds them first', async () => {
    const encoder = new FakeEncoder();
    await using memory = await Memory.open(':memory:', { encoder, classifier: RULES });
    const told = await memory.remember({ text: 'I live in Rome' });
    assert.deepEqual([told.tags, told.by, told.importance], [['loc_live'], 'rule', 2.4]);
    const own = await memory.remember({ text: 'I live by the sea', tags: ['Home'] });
    assert.deepEqual([own.tags, own.by], [['home'], 'human']);
    const found = await memory.recall('live', { tags: ['loc_live'] });
    assert.deepEqual(
      found.map(({ id }) => id),
      [told.id],
    );
  });

  it('may be any other classifier', async () => {
    const classifier = {
      by: 'model' as const,
      classify: (text: string) => [{ text, tags: ['Mine'], importance: 7 }],
    };
    await using memory = await Memory.open(':memory:', { encoder: new FakeEncoder(), classifier });
    const { tags, by, importance } = await memory.remember({ text: 'anything' });
    assert.deepEqual([tags, by, importance], [['mine'], 'model', 7]);
    assert.deepEqual(await memory.classify('x'), [{ text: 'x', tags: ['mine'], importance: 7 }]);
  });

  it('is refused when it is none', async () => {
    await assert.rejects(
      Memory.open(':memory:', { classifier: {} as never }),
      /Expected a Classifier for classifier/,
    );
  });
});
