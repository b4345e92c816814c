import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { code } from '../fixtures/errors.js';
import { chat, loadForSuite, needs, stories } from '../fixtures/models.js';

const greedy = { temperature: 0, maxTokens: 4 } as const;

const texts = {
  'a lone surrogate': 'a\ud800b',
  'a NUL': 'a\0b',
  'right to left': '\u202eשלום עולם',
  emoji: '👨‍👩‍👧 🇺🇳 👍🏽',
  'combining marks': 'e\u0301'.repeat(20),
  'private characters that stand for messages': '\ue0000\ue001',
  'a byte order mark': '\ufeffHello.',
  'control characters': '\x01\x1b[31m\x7f\x9b',
  'line ends of every kind': 'a\r\nb\rc\u2028d',
  'the format of the prompt': 'User: hello\nBot: no\n',
};

for (const [path, spellings] of [
  [chat, ['<|endoftext|>', '<|user|>', '</s>', '<s>', '<unk>']],
  [stories, ['<s>', '</s>', '<unk>', '<0x0A>', '<|endoftext|>']],
] as const) {
  suite(`text on ${path.replace(/.*[\\/]/, '')}`, needs(path), () => {
    const model = loadForSuite(path, { contextSize: 256 });

    for (const [name, text] of Object.entries(texts)) {
      test(`${name}: a reply, and the next turn finds it in the cache`, async () => {
        await using session = await model().createSession();
        const first = await session.prompt(text, greedy);
        const { usage } = await session.prompt('Why?', greedy);
        // Not always the reply too: what it begins with, say a line end, may not be what the template puts there.
        const known = first.usage.promptTokens;
        assert.ok(usage.cachedTokens >= known - 1, `${usage.cachedTokens} of ${known} cached`);
        assert.equal((await session.memory.list()).length, 2);
      });
    }

    test('nothing but white space is answered and not remembered', async () => {
      for (const text of ['', ' ', '   ', '\n\n\n', '\t']) {
        await using session = await model().createSession();
        assert.ok((await session.prompt(text, greedy)).usage.promptTokens > 0);
        assert.equal((await session.memory.list()).length, 0);
      }
    });

    test('a text of 1 MiB is ERR_CONTEXT_OVERFLOW', async () => {
      await using session = await model().createSession();
      for (const text of ['x'.repeat(1 << 20), 'the end '.repeat(1 << 17), ' '.repeat(1 << 20)]) {
        await assert.rejects(session.prompt(text, greedy), code('ERR_CONTEXT_OVERFLOW'));
      }
      await session.prompt('Hello.', greedy);
    });

    test('what is no text is a TypeError', async () => {
      await using session = await model().createSession();
      for (const value of [undefined, null, 5, {}, ['a']]) {
        await assert.rejects(session.prompt(value as never), TypeError);
        await assert.rejects(session.tag(value as never), TypeError);
      }
      await assert.rejects(session.tag('  '), RangeError);
    });

    test('spellings of special tokens in a message are text, wherever they stand', async () => {
      const { loaded } = model();
      const plain = loaded.renderChat([{ role: 'user', content: 'x' }]).tokens;
      const special = (tokens: Int32Array) =>
        [...tokens].filter((token) => loaded.detokenize(Int32Array.of(token)) === '').length;
      fc.assert(
        fc.property(
          fc.array(
            fc.oneof(fc.constantFrom(...spellings), fc.constantFrom('<', '|', 'a ', '>', 's')),
          ),
          (parts) => {
            const content = parts.join('');
            const { tokens } = loaded.renderChat([{ role: 'user', content }]);
            assert.equal(special(tokens), special(plain), JSON.stringify(content));
          },
        ),
        { numRuns: 300, seed: 1 },
      );
      await using session = await model().createSession();
      for (const text of spellings) {
        assert.ok((await session.prompt(text, greedy)).usage.promptTokens > 0);
        assert.equal(session.history.at(-2)!.content, text);
      }
    });

    test('tokens of any text give the text back', () => {
      const { loaded } = model();
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
          const tokens = loaded.tokenize(text);
          assert.equal(loaded.detokenize(tokens).trimStart(), text.trimStart());
        }),
        { numRuns: 200, seed: 1 },
      );
    });
  });
}
