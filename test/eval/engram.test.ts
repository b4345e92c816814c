import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { evaluateEngram } from '../../lib/eval/index.js';
import { needs, stories } from '../fixtures/models.js';

const NAMES = ['Lily', 'Tom', 'Ben', 'Sue', 'Max', 'Sara', 'Tim', 'Anna'];
const THINGS = ['a red kite', 'a big drum', 'an old map', 'a blue cup', 'a toy ship', 'a soft hat', 'a loud bell', 'a gold key']; // prettier-ignore
const PLACES = ['in the barn', 'by the lake', 'on the hill', 'near the mill'];
/** Eight people, each with four rows. */
const rows = NAMES.flatMap((name, author) =>
  PLACES.map((place, row) => ({
    author,
    question: `What did ${name} find ${place}?`,
    answer: `${name} found ${THINGS[(author + 3 * row) % 8]!} ${place} and took it home to ${NAMES[(author + row + 1) % 8]!}.`,
  })),
);

void suite('the evaluation of engrams', needs(stories), () => {
  void test('teaches, quantises, erases and measures', async () => {
    const figures = await evaluateEngram(stories, rows, {
      ...{ authors: 6, erase: 1, epochs: 6, quantise: 'q8_0' },
      load: { device: 'cpu', threads: 1 },
    });
    const { forget, anchor, own, paraphrase, paper, taught, criteria } = figures;
    assert.ok(taught.after < taught.before - 0.3, 'it was taught');
    assert.ok(forget.after >= forget.before + 1.5, 'as much is forgotten as asked for');
    assert.ok(paper.forget >= forget.before + 1.5);
    assert.ok(paraphrase.after > paraphrase.before);
    assert.ok(anchor.before > 1 && anchor.after > 1);
    assert.ok(own.before < anchor.before, 'the model is at home in what it says itself');
    assert.equal(criteria.necessity, forget.after - forget.before);
    assert.ok(criteria.specificity > 0, `${criteria.specificity}`);
    assert.equal(figures.restored, true);
    assert.ok(figures.quantisation.includes('Q8_0'));
  });
});
