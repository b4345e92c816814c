import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  evaluateDialogue,
  isHeldOutDialogue,
  parseDialogues,
  variety,
} from '../../lib/eval/index.js';
import type { ChatMessage } from '../../lib/index.js';
import { code } from '../fixtures/errors.js';
import { builtIn, loadForSuite, needs } from '../fixtures/models.js';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

suite('dialogues', () => {
  test('are read from JSON lines', () => {
    const lines = [
      { topic: 'x', turns: [' hi\u00a0 there ', '', 'hello', 'bye'] },
      { turns: ['alone'] },
      { turns: ['hi', 'hello'], persona1: ['I am one.'], persona2: ['I am two.', 'I bake.'] },
    ];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('\n');
    assert.deepEqual(parseDialogues(text, 'x.jsonl'), [
      [user('hi there'), assistant('hello'), user('bye')],
      [{ role: 'system', content: 'I am two. I bake.' }, user('hi'), assistant('hello')],
    ]);
  });

  test('are read from User: and Bot: lines', () => {
    const text =
      'User: hi: there\nBot: hello<|endoftext|>\nUser: bye\n\nUser: alone\n\nUser:  a \nBot: b\n';
    assert.deepEqual(parseDialogues(text, 'x.txt'), [
      [user('hi: there'), assistant('hello'), user('bye')],
      [user('a'), assistant('b')],
    ]);
  });

  test('of another shape are refused, with the file and the line', () => {
    for (const text of ['', 'once upon a time', '{"turns":["alone"]}', '{"turns":[]}']) {
      assert.throws(
        () => parseDialogues(text, 'x.txt'),
        /TypeError: Expected JSON lines .* x\.txt/,
      );
    }
    const good = '{"turns":["a","b"]}';
    for (const line of ['{"turns":"a"}', '{"turns":[1,2]}', '{"text":"a"}', '{"turns":["a"', '3']) {
      assert.throws(
        () => parseDialogues(`${good}\n${line}`, 'x.jsonl'),
        /TypeError: Expected turns, a list of texts, in line 2 of x\.jsonl/,
      );
    }
  });

  test('are held out as training/corpora.py does it', () => {
    const numbers = Array.from({ length: 300 }, (_, number) => number);
    assert.deepEqual(
      numbers.filter((number) => isHeldOutDialogue([user(`hello ${number}`), assistant('hi')])),
      [179, 222, 240, 267],
    );
  });
});

test('variety: pairs and rows of words, within replies, whatever the case and the marks', () => {
  assert.deepEqual(variety(['No, no. NO!']), { distinct2: 1 / 2, maxRepeat: 3 });
  assert.deepEqual(variety(['a b a b', 'b a']), { distinct2: 2 / 4, maxRepeat: 1 });
  assert.deepEqual(variety(["It's fine.", 'Fine it’s']), { distinct2: 1, maxRepeat: 1 });
  assert.deepEqual(variety(['', '…']), { distinct2: 1, maxRepeat: 0 });
});

suite('the dialogue figures', needs(builtIn), () => {
  const model = loadForSuite(builtIn, { contextSize: 64 });
  const dialogue = [user('hi there'), assistant('Hello! How are you – today?'), user('fine')];

  /** −log2 p of all tokens but the first. */
  async function bits(messages: readonly ChatMessage[]): Promise<number> {
    const { tokens } = model().loaded.renderChat(messages, { addGenerationPrompt: false });
    await using session = await model().createSession();
    const { base } = await session.scoreTokens(tokens, 1);
    return base.reduce((sum, logprob) => sum - logprob / Math.LN2, 0);
  }

  const bytes = (messages: readonly ChatMessage[]) =>
    messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);

  const near = (one: number, other: number) =>
    assert.ok(Math.abs(one - other) < 1e-3, `${one} is not ${other}`);

  test('bits per byte are those of the rendered conversations', async () => {
    const other = [user('do you like dogs?'), assistant('Yes.')];
    const figures = await evaluateDialogue(model(), [dialogue, other], { seeds: 1 });
    const expected = (await bits(dialogue)) + (await bits(other));
    near(figures.bitsPerByte, expected / (bytes(dialogue) + bytes(other)));
    assert.equal(figures.dialogues, 2);
    assert.equal(figures.replies.total, 14);
    assert.ok(figures.replies.ended > 0 && figures.replies.ended <= 14);
    assert.ok(figures.distinct2 > 0 && figures.distinct2 <= 1 && figures.maxRepeat >= 1);
  });

  test('a conversation longer than the context is cut between turns', async () => {
    const long = [user('one two three four five six seven eight nine ten '.repeat(4).trim())];
    const pieces = [dialogue, long];
    const whole = model().loaded.renderChat(pieces.flat()).tokens.length;
    assert.ok(whole > model().info.contextSize, `${whole} tokens`);
    const { bitsPerByte } = await evaluateDialogue(model(), [pieces.flat()], { seeds: 1 });
    near(bitsPerByte, ((await bits(dialogue)) + (await bits(long))) / bytes(pieces.flat()));
  });

  test('a turn longer than the context counts with all of its bits', async () => {
    // No word twice: a model that copies well would pay next to nothing for a repetition.
    const words = Array.from({ length: 100 }, (_, index) => `z${(index * 7919) % 1000}q`);
    const endless = [user(words.join(' ')), assistant('Yes.')];
    const { bitsPerByte } = await evaluateDialogue(model(), [endless], { seeds: 1 });
    assert.ok(bitsPerByte > 1, `${bitsPerByte}`);
  });

  test('it reports progress and can be aborted', async () => {
    const control = new AbortController();
    const seen: number[] = [];
    const evaluation = evaluateDialogue(model(), [dialogue], {
      seeds: 3,
      signal: control.signal,
      onProgress: ({ done, total }) => {
        assert.equal(total, 4);
        seen.push(done);
        if (done === 2) control.abort();
      },
    });
    await assert.rejects(evaluation, code('ERR_ABORTED'));
    assert.deepEqual(seen, [1, 2]);
  });
});
