import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Memory } from '../../lib/memory/index.js';
import { stem } from '../../lib/memory/stem.js';
import { stems, WordIndex } from '../../lib/memory/words.js';
import { SqliteStore } from '../../lib/store/index.js';
import { FakeEncoder } from './fake-encoder.js';

const facts = [
  'my dog is named Buddy',
  'the weather was fine today',
  'my sister lives in Lyon',
  'Tomás works in a hospital in Zürich',
  'we walked along the river',
];

async function told(options: object = { encoder: new FakeEncoder('one', 64) }): Promise<Memory> {
  const memory = await Memory.open(undefined, options);
  for (const [i, text] of facts.entries()) {
    await memory.remember({ text, tags: [i % 2 ? 'odd' : 'even'] });
  }
  return memory;
}

describe('recall', () => {
  it('finds by shared words and by meaning, best first', async () => {
    await using memory = await told();
    const [dog, ...others] = await memory.recall("what is my dog's name?");
    assert.equal(dog!.text, facts[0]);
    assert.ok(dog!.words > 0 && dog!.score > 0 && dog!.score <= 1);
    for (const [i, next] of others.entries()) {
      assert.ok(next.score <= [dog!, ...others][i]!.score);
      assert.ok(Math.abs(next.score - (0.6 * next.words + 0.4 * Math.max(0, next.cosine))) < 1e-12);
    }
    assert.equal((await memory.recall('walking by rivers'))[0]!.text, facts[4]);
    assert.equal((await memory.recall('HOSPITALS'))[0]!.text, facts[3]);
    assert.equal((await memory.recall('zürich'))[0]!.text, facts[3]);
  });

  it('keeps to its limits', async () => {
    await using memory = await told();
    assert.equal((await memory.recall('my', { limit: 1 })).length, 1);
    const odd = await memory.recall('in my the', { tags: ['ODD '] });
    assert.ok(odd.length > 0 && odd.every(({ tags }) => tags[0] === 'odd'));
    assert.deepEqual(await memory.recall('in my the', { tags: ['none'] }), []);
    const sure = await memory.recall('my dog', { minScore: 0.3 });
    assert.ok(sure.length > 0 && sure.every(({ score }) => score >= 0.3));
    for (const wrong of [{ limit: 0 }, { limit: 1.5 }, { minScore: 2 }, { minScore: NaN }]) {
      await assert.rejects(memory.recall('x', wrong), RangeError);
    }
    await assert.rejects(memory.recall(' '), RangeError);
    await assert.rejects(memory.recall(3 as never), TypeError);
    await assert.rejects(memory.recall('x', { limt: 3 } as never), TypeError);
    const signal = AbortSignal.abort();
    await assert.rejects(memory.recall('x', { signal }), { code: 'ERR_ABORTED' });
  });

  it('works by words alone without a model, on a brain that has one', async () => {
    const store = await SqliteStore.open();
    const withModel = await Memory.open(store, { encoder: new FakeEncoder() });
    for (const text of facts) await withModel.remember({ text });
    const memory = await Memory.open(store);
    const [dog] = await memory.recall('dogs');
    assert.deepEqual([dog!.text, dog!.cosine, dog!.score], [facts[0], 0, dog!.words]);
    assert.deepEqual(await memory.recall('nothing shared'), []);
    await assert.rejects(memory.remember({ text: 'x' }), { code: 'ERR_MODEL_REQUIRED' });
    await memory.close();
  });

  it('knows what was told and forgotten since it first looked', async () => {
    await using memory = await told();
    await memory.recall('dog');
    const { id } = await memory.remember({ text: 'the zebra is striped' });
    assert.equal((await memory.recall('zebras'))[0]!.id, id);
    await memory.forget(id);
    assert.ok((await memory.recall('zebras')).every(({ words }) => words === 0));
  });
});

/** Texts hours apart, which are no neighbours. */
const alone = (id: number, text: string) => ({ ...beside(id, text), time: id * 1e8 });
const beside = (id: number, text: string, kind: 'tell' | 'tag' = 'tell') => ({
  id,
  text,
  speaker: 'user',
  kind,
  time: 0,
});

describe('words', () => {
  it('of the texts around count too, at a discount, those before more than those after', () => {
    const index = new WordIndex();
    ['ox', 'ant', 'bee', 'cow', 'emu', 'fly', 'elk'].forEach((text, id) =>
      index.add(beside(id, text)),
    );
    const scores = index.scores('cow');
    const order = [...scores].sort(([, one], [, other]) => other - one).map(([id]) => id);
    assert.deepEqual(order, [3, 4, 2, 5, 1]);
    const tags = new WordIndex();
    ['ox', 'ant', 'bee'].forEach((text, id) => tags.add(beside(id, text, 'tag')));
    assert.deepEqual([...tags.scores('ant').keys()], [1], 'tags are no conversation');
    const apart = new WordIndex();
    ['ox', 'ant', 'bee'].forEach((text, id) => apart.add(alone(id, text)));
    assert.deepEqual([...apart.scores('ant').keys()], [1]);
  });

  it('of somebody whom the question names count double', () => {
    const index = new WordIndex();
    index.add({ ...alone(1, 'we saw a whale'), speaker: 'Ann' });
    index.add({ ...alone(2, 'we saw a whale'), speaker: 'Bob' });
    const scores = index.scores('which whale did Ann see');
    assert.ok(Math.abs(scores.get(1)! - 2 * scores.get(2)!) < 1e-12);
    const unnamed = index.scores('which whale');
    assert.equal(unnamed.get(1), unnamed.get(2));
  });

  it('score as the formula does when it is written out', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom('ox', 'ant', 'bee', 'cow'), { maxLength: 6 }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.array(fc.constantFrom('ox', 'ant', 'bee', 'cow', 'emu'), { minLength: 1, maxLength: 4 }),
        (texts, question) => {
          const index = new WordIndex();
          texts.forEach((text, id) => index.add(alone(id, text.join(' '))));
          const scores = index.scores(question.join(' '));
          const mean = texts.reduce((sum, text) => sum + text.length, 0) / texts.length || 1;
          const asked = [...new Set(question)];
          const idf = (word: string): number => {
            const having = texts.filter((text: string[]) => text.includes(word)).length;
            return Math.log(1 + (texts.length - having + 0.5) / (having + 0.5));
          };
          texts.forEach((text, id) => {
            const sum = asked.reduce((total, word) => {
              const f = text.filter((other) => other === word).length;
              const damping = 1.2 * (1 - 0.75 + (0.75 * text.length) / mean);
              return total + (f ? (idf(word) * f * 2.2) / (f + damping) : 0);
            }, 0);
            const expected = Math.min(1, sum / asked.reduce((total, word) => total + idf(word), 0));
            assert.ok(Math.abs((scores.get(id) ?? 0) - expected) < 1e-12);
          });
        },
      ),
    ));

  it('forget a text completely', () => {
    const index = new WordIndex();
    const without = new WordIndex();
    for (const [id, text] of facts.entries()) {
      index.add(beside(id, text));
      index.add(beside(id, text)); // twice changes nothing
      if (id !== 2) without.add(beside(id, text));
    }
    index.remove(2);
    index.remove(2);
    for (const question of [...facts, 'lyon']) {
      assert.deepEqual(index.scores(question), without.scores(question));
    }
  });

  it('are read in any script, without endings and possessives', () => {
    assert.deepEqual(stems("My DOG's walks, Tomás’s 2 ﬁles; Москва"), [
      'my', 'dog', 'walk', 'tomás', '2', 'file', 'москва',
    ]); // prettier-ignore
    assert.deepEqual(stems('…!?'), []);
  });

  it('are stemmed as Porter published it', () => {
    const published = `caresses caress, ponies poni, ties ti, cats cat, feed feed, agreed agre,
      plastered plaster, bled bled, motoring motor, sing sing, conflated conflat, troubled troubl,
      sized size, hopping hop, tanned tan, falling fall, hissing hiss, fizzed fizz, failing fail,
      filing file, happy happi, sky sky, relational relat, conditional condit, rational ration,
      digitizer digit, vietnamization vietnam, operator oper, feudalism feudal, decisiveness decis,
      hopefulness hope, callousness callous, formaliti formal, sensitiviti sensit, triplicate triplic,
      formative form, formalize formal, electriciti electr, electrical electr, hopeful hope,
      goodness good, revival reviv, allowance allow, inference infer, airliner airlin,
      gyroscopic gyroscop, adjustable adjust, defensible defens, irritant irrit, replacement replac,
      adjustment adjust, dependent depend, adoption adopt, homologou homolog, communism commun,
      activate activ, angulariti angular, effective effect, bowdlerize bowdler, probate probat,
      rate rate, cease ceas, controll control, roll roll, oscillators oscil`;
    for (const pair of published.split(',')) {
      const [word, expected] = pair.trim().split(' ');
      assert.equal(stem(word!), expected);
    }
  });

  it('of any text are no longer than it, and never fail', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.ok(stems(text).every((word) => word.length > 0));
      }),
    ));
});
