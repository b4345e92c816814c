import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FactStore, forgetRequest, understand } from '../../../lib/memory/facts/index.js';
import { tokenize } from '../../../lib/memory/facts/tokens.js';

/** What a text states, as "subject relation object … preposition object". */
function said(text: string): string[] {
  return understand(text).drafts.flatMap((draft) => {
    if (draft.kind === 'mention') return [];
    if (draft.kind === 'correction') return `corrected: ${draft.value.text}`;
    const { subject, relation, objects, adjuncts, negated } = draft.frame;
    const path = [subject.root, ...subject.steps.map(({ words }) => words)].join(' > ');
    const parts = [
      ...objects.map((phrase) => phrase.text),
      ...adjuncts.map(({ preposition, phrase }) => `${preposition} ${phrase.text}`.trim()),
    ];
    return `${path}: ${negated ? 'not ' : ''}${relation} ${parts.join(', ')}`.trim();
  });
}

describe('reading statements', () => {
  const cases: [text: string, ...facts: string[]][] = [
    ['my dog is named Buddy', 'user > dog: name Buddy'],
    ['Biscuit is my dog', 'user > dog: name Biscuit'],
    ["i'm Aiko", 'user: name Aiko'],
    ["i'm 28", 'user: age 28'],
    ["i'm tired", 'user: be tired'],
    ["i'm a nurse at Saint Mary", 'user: be a nurse, at Saint Mary'],
    ['call me Priya', 'user: name Priya'],
    ['i taught history for 40 years', 'user: teach history, for 40 years'],
    ['i have two kids, Leo and Mia', 'user: have two kids', 'user > kids: name Leo, Mia'],
    [
      'my sister Anna has a dog named Rex',
      'user > sister: name Anna',
      'user > sister: have a dog',
      'user > sister > dog: name Rex',
    ],
    [
      'my wifi password is hunter2, my door code is 4452 and checkout is at 11am',
      'user > wifi password: be hunter2',
      'user > door code: be 4452',
      'world > checkout: be at 11am',
    ],
    ['we need 50 chairs, 8 tables and 200 guests', 'user: need 50 chairs, 8 tables, 200 guests'],
    ['the meaning of life is 42', 'world > life > meaning: be 42'],
    ["i don't have a dog", 'user: not have a dog'],
    ["no wait it's Garrett", 'corrected: Garrett'],
    ['i used to live in Rome', 'user: live in Rome'],
    ['my locker combination: 88-21', 'user > locker combination: be 88-21'],
    ['walnuts are what my boss collects', 'user > boss: collect walnuts'],
    ['my landlord zorbs marbles', 'user > landlord: zorb marbles'],
    ['her name is Mochi', 'she: name Mochi'],
    ['my favorite emoji is 🦊', 'user > favorite emoji: be 🦊'],
  ];
  for (const [text, ...facts] of cases) {
    it(text, () => assert.deepEqual(said(text), facts));
  }

  it('questions, commands, wishes and small talk state nothing', () => {
    for (const text of [
      'is my dog named Bob?', 'is my dog named Bob', 'what is my name', 'count to ten', 'hi', 'ok', 'haha',
      'if i had a dog i would call him Rex', 'i wish i lived in Paris', 'you are funny', 'tell me a joke', '', '…!?',
    ]) {
      assert.deepEqual(said(text), [], text);
    } // prettier-ignore
  });
});

describe('reading any text', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          ..."my your i is not the a dog sister named called what where who do did have Rex 42 and , . ? : \" ' of in at to like because it she he they there constructor __proto__ toString don't i'm 🦊 İ name".split(
            ' ',
          ),
        ),
        { maxLength: 14 },
      )
      .map((words) => words.join(' ')),
  );

  it('never fails, and every value is a slice of the text', () =>
    fc.assert(
      fc.property(anything, (text) => {
        for (const draft of understand(text).drafts) {
          if (draft.kind === 'mention') continue;
          const phrases =
            draft.kind === 'correction'
              ? [draft.value]
              : [...draft.frame.objects, ...draft.frame.adjuncts.map(({ phrase }) => phrase)];
          // What was said in other words is restated, with values as they were written.
          const source = draft.kind === 'fact' ? (draft.source ?? text) : text;
          for (const { span, text: value } of phrases) {
            assert.equal(source.slice(span.start, span.end), value);
          }
        }
        const store = new FactStore();
        store.add({ id: 1, text, speaker: 'user', time: 0 });
        store.ask(text);
        store.about(text);
        forgetRequest(text);
      }),
      { numRuns: 2000 },
    ));

  it('cuts it into tokens that lie where they say, with white space between', () =>
    fc.assert(
      fc.property(anything, (text) => {
        let end = 0;
        for (const token of tokenize(text)) {
          assert.equal(text.slice(token.start, token.end), token.text);
          assert.equal(text.slice(end, token.start).trim(), '');
          end = token.end;
        }
        assert.equal(text.slice(end).trim(), '');
      }),
    ));
});

describe('a request to forget', () => {
  it('is told from other turns, and names its topic', () => {
    assert.equal(forgetRequest('forget my password'), 'my password');
    assert.equal(forgetRequest('Please forget about my sister.'), 'my sister');
    assert.equal(forgetRequest('can you delete my door code from your memory?'), 'my door code');
    for (const other of [
      'forget it',
      'i forget my password',
      'i forgot my name',
      "don't forget my birthday",
      'forget',
      'delete the file',
    ]) {
      assert.equal(forgetRequest(other), undefined, other);
    }
  });
});
