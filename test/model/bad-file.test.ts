import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { LoadedModel } from '../../lib/index.js';
import { metadataOnly, replaced, withNumber } from '../fixtures/broken-gguf.js';
import { code } from '../fixtures/errors.js';
import { needs, small, stories } from '../fixtures/models.js';
import { scratch } from '../store/scratch.js';

const load = (model: string) => LoadedModel.load({ model, ...small });

/** Loads a file with these bytes. */
function written(context: TestContext): (bytes: Buffer | string) => Promise<LoadedModel> {
  const file = join(scratch(context), 'model.gguf');
  return (bytes) => {
    writeFileSync(file, bytes);
    return load(file);
  };
}

suite('what is not a model file', () => {
  test('no file, also behind a file URL', async (context) => {
    const path = join(scratch(context), 'none.gguf');
    await assert.rejects(load(path), code('ERR_MODEL_NOT_FOUND'));
    const model = pathToFileURL(path);
    await assert.rejects(LoadedModel.load({ model, ...small }), code('ERR_MODEL_NOT_FOUND'));
  });

  test('a path through a file, and a path with a NUL', async (context) => {
    const folder = scratch(context);
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(load(join(folder, 'file', 'model.gguf')), code('ERR_MODEL_NOT_FOUND'));
    await assert.rejects(load(`${folder}/a\0b.gguf`), code('ERR_MODEL_NOT_FOUND'));
  });

  test('a folder', (context) => assert.rejects(load(scratch(context)), code('ERR_MODEL_INVALID')));

  test('an empty file, text, and the magic alone', async (context) => {
    const attempt = written(context);
    for (const bytes of [
      '',
      'G',
      'GGU',
      'GGUF',
      'GGUF\0\0\0\0',
      'Once upon a time',
      'GGML'.repeat(99),
    ]) {
      await assert.rejects(attempt(bytes), code('ERR_MODEL_INVALID'));
    }
  });

  test(
    'a pipe and a device: refused, not read',
    { skip: process.platform === 'win32' },
    async (context) => {
      const pipe = join(scratch(context), 'pipe');
      execFileSync('mkfifo', [pipe]);
      await assert.rejects(load(pipe), code('ERR_MODEL_INVALID'));
      await assert.rejects(load('/dev/zero'), code('ERR_MODEL_INVALID'));
    },
  );

  test(
    'a file that may not be read',
    { skip: (process.getuid?.() ?? 0) === 0 && 'the superuser may read everything' },
    async (context) => {
      const file = join(scratch(context), 'model.gguf');
      writeFileSync(file, 'GGUF');
      chmodSync(file, 0);
      await assert.rejects(load(file), code('ERR_MODEL_INVALID'));
    },
  );

  test('noise behind the magic', async (context) => {
    const attempt = written(context);
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 4096 }),
        fc.constantFrom('GGUF', 'GGUF\x03\0\0\0'),
        (noise, magic) =>
          assert.rejects(
            attempt(Buffer.concat([Buffer.from(magic, 'latin1'), noise])),
            code('ERR_MODEL_INVALID'),
          ),
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  test('metadata without weights', async (context) => {
    const attempt = written(context);
    await assert.rejects(attempt(metadataOnly({})), code('ERR_MODEL_INVALID'));
    await assert.rejects(
      attempt(metadataOnly({ 'general.architecture': 7 })),
      code('ERR_MODEL_INVALID'),
    );
    const vocabulary = metadataOnly({
      'general.architecture': 'llama',
      'tokenizer.ggml.model': 'llama',
    });
    await assert.rejects(attempt(vocabulary), code('ERR_MODEL_INVALID'));
  });
});

suite('a damaged model file', needs(stories), () => {
  test('cut short anywhere', async (context) => {
    const bytes = readFileSync(stories);
    const attempt = written(context);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.integer({ min: 0, max: bytes.length - 1 }),
          fc.integer({ min: 0, max: 20_000 }),
          fc.constant(bytes.length - 1),
        ),
        (length) => assert.rejects(attempt(bytes.subarray(0, length)), code('ERR_MODEL_INVALID')),
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  test('of an unknown architecture', async (context) => {
    const attempt = written(context);
    await assert.rejects(
      attempt(replaced(stories, 'llama', 'lLaMx')),
      code('ERR_UNSUPPORTED_ARCHITECTURE'),
    );
  });

  for (const [key, values] of Object.entries({
    'llama.block_count': [0, 6, 4, 513, 0x7fffffff, 0xffffffff],
    'llama.embedding_length': [0, 1, 63, 0xffffffff],
    'llama.attention.head_count': [0, 3, 7, 0xffffffff],
    'llama.attention.head_count_kv': [0, 3, 0xffffffff],
    'llama.feed_forward_length': [0, 1, 0xffffffff],
    'llama.rope.dimension_count': [0, 7, 0xffffffff],
    'llama.attention.layer_norm_rms_epsilon': [0xbf800000, 0x7fc00000, 0xff800000],
  })) {
    test(`${key} that cannot be`, async (context) => {
      if (!readFileSync(stories).includes(`${key}`)) return context.skip(`the file has no ${key}`);
      const attempt = written(context);
      for (const value of values) {
        await assert.rejects(attempt(withNumber(stories, key, value)), code('ERR_MODEL_INVALID'));
      }
    });
  }

  test('a file in a folder with spaces and letters of many scripts loads', async (context) => {
    const folder = join(scratch(context), 'mein Ordner – 模型 é');
    mkdirSync(folder);
    const file = join(folder, 'm.gguf');
    writeFileSync(file, readFileSync(stories));
    await using model = await load(file);
    assert.equal(model.info.width, 64);
  });
});
