/* global console, process */
// Loads the binary itself, without the library above it, and does everything that owns memory: load,
// calibrate, spray, reply, abort in mid-reply, dispose with work in flight, load again. For memory checkers:
//   node test/native/addon-exercise.cjs <graffiti.node> <model.gguf> [tokens]
'use strict';

const assert = require('node:assert');
const path = require('node:path');

const [binary, model, tokens = '12'] = process.argv.slice(2);
if (!binary || !model) {
  console.error('usage: node addon-exercise.cjs <graffiti.node> <model.gguf> [tokens]');
  process.exit(2);
}
const native = require(path.resolve(binary));
const length = Number(tokens);

function load(listeners, overrides = {}) {
  const options = {
    path: model,
    device: 'cpu',
    gpuLayers: 0,
    contextSize: 256,
    sessions: 2,
    threads: 1,
    queueLimit: 10,
    chatTemplate: '',
    ...overrides,
  };
  return native.load(
    options,
    () => {},
    (figures, texts, finished) => {
      for (const event of [...tokensOf(figures, texts), ...finished]) {
        listeners.get(event.request)?.(event);
      }
    },
  );
}

// native/addon/token_packet.hpp has the order.
function tokensOf(figures, texts) {
  let at = 0;
  const read = texts.map((text) => {
    const [request, index, id, logprob, , influenced, consolidated, top] = figures.subarray(
      at,
      (at += 8),
    );
    const token = { request, index, id, text, logprob, influence: influenced === 1 };
    if (token.influence) {
      const [promoted, demoted, sources] = figures.subarray(at + 5, at + 8);
      at += 8 + 2 * (promoted + demoted + sources);
    }
    if (consolidated === 1) at += 3 + 2 * figures[at + 2];
    at += 2 * top;
    return token;
  });
  assert.strictEqual(at, figures.length);
  return read;
}

function request(loaded, session, text, maxTokens) {
  const { tokens } = loaded.renderChat(
    [{ role: 'user', content: text }],
    true,
    '',
    new Int32Array(0),
  );
  return {
    session,
    tokens,
    maxTokens,
    topLogprobs: 3,
    stop: ['\nUser:'],
    influence: true,
    movers: 2,
    sources: 2,
    temperature: 0.8,
    topK: 40,
    topP: 0.95,
    minP: 0.05,
    repetitionPenalty: 1.1,
    frequencyPenalty: 0,
    presencePenalty: 0,
    penaltyTokens: 64,
    seed: 1,
    sampler: null,
    grammar: '',
    jsonSchema: '',
    toolFormat: null,
    logitBias: [[3, -1]],
    copies: [{ tokens: Int32Array.of(5, 6, 7), anchored: false, first: 1, next: 2 }],
  };
}

// Resolves with the events of a request; `onToken` may abort or dispose.
function reply(loaded, listeners, wanted, onToken = () => {}) {
  return new Promise((resolve) => {
    const events = [];
    const id = loaded.generate(wanted);
    listeners.set(id, (event) => {
      events.push(event);
      if (event.finish) {
        listeners.delete(id);
        resolve(events);
      } else {
        onToken(event, id);
      }
    });
  });
}

async function exercise() {
  await assert.rejects(load(new Map(), { path: `${model}.absent` }).promise, {
    code: 'ERR_MODEL_NOT_FOUND',
  });

  const listeners = new Map();
  const loaded = await load(listeners).promise;
  const session = loaded.openSession();
  const other = loaded.openSession();
  await loaded.calibrate('', () => {}).promise;
  const sources = [];
  for (const text of ['I love dogs.', 'My dog plays in the park.']) {
    const { spray, key } = await loaded.encode(text, 'gradient');
    assert.strictEqual(spray.length, key.length);
    sources.push({ id: sources.length + 1, weight: 0.5, vector: spray });
  }
  const spray = { writer: 'gradient', targetKl: 0.03, klLimit: 0.1, sources };
  loaded.setSpray(session, await loaded.compileSpray(spray));
  assert.strictEqual(await loaded.compileSpray({ ...spray, sources: [] }), null);
  assert.throws(() => loaded.setSpray(session, spray), { code: 'ERR_NATIVE' });

  const whole = await reply(
    loaded,
    listeners,
    request(loaded, session, 'What did you do today?', length),
  );
  assert.ok(
    whole.at(-1).finish !== 'error' && whole.slice(0, -1).every((event) => event.influence),
  );
  const aborted = await reply(
    loaded,
    listeners,
    request(loaded, session, 'Tell me a long story.', 200),
    (event, id) => loaded.abort(id),
  );
  assert.ok(['abort', 'end', 'stop'].includes(aborted.at(-1).finish));
  assert.throws(
    () => loaded.generate({ ...request(loaded, other, 'x', 1), grammar: 'root ::= (' }),
    { code: 'ERR_NATIVE' },
  );
  assert.throws(
    () => loaded.generate({ ...request(loaded, other, 'x', 1), tokens: new Int32Array([2 ** 30]) }),
    { code: 'ERR_NATIVE' },
  );

  const scores = await loaded.score(
    loaded.tokenize('We had a lot of fun in the park.', true, false),
    1,
    session,
    1,
    null,
  );
  assert.strictEqual(scores.base.length, scores.kl.length);
  loaded.closeSession(other);

  // Disposed with a reply and a measurement in flight: both are answered.
  const measured = assert.rejects(
    Promise.all(
      Array.from({ length: 8 }, () => loaded.encode('and so on and so on '.repeat(40), 'mean')),
    ),
    { code: 'ERR_DISPOSED' },
  );
  const last = await reply(loaded, listeners, request(loaded, session, 'And then?', 200), () => {
    loaded.dispose();
  });
  assert.ok(['error', 'end', 'stop'].includes(last.at(-1).finish), last.at(-1).finish);
  await measured;
  await loaded.dispose();
  assert.throws(() => loaded.openSession(), { code: 'ERR_DISPOSED' });

  // Left open at exit: the environment's cleanup closes it.
  const left = await load(new Map()).promise;
  left.generate(request(left, left.openSession(), 'Still talking', 200));
}

exercise().then(
  () => console.log('addon exercise: ok'),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
