import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConsolidatedVoice, TokenInfluence } from '../../lib/model/index.js';
import { type GeneratedToken, readTokenPacket } from '../../lib/model/token-packet.js';

const textOf = (id: number): string => `<${id}>`;
const figure = fc.double({ noNaN: true });
const plain = { noNullPrototype: true };
const mover = fc
  .record({ id: fc.nat(), change: figure })
  .map(({ id, change }) => ({ id, text: textOf(id), change }));
const token: fc.Arbitrary<GeneratedToken> = fc.record(
  {
    request: fc.nat(),
    index: fc.nat(),
    id: fc.nat(),
    text: fc.string(),
    logprob: figure,
    copied: fc.option(fc.nat(7), { nil: undefined }),
    influence: fc.option(
      fc.record(
        {
          kl: figure,
          shift: figure,
          ratio: figure,
          cosine: figure,
          flipped: fc.boolean(),
          promoted: fc.array(mover, { maxLength: 4 }),
          demoted: fc.array(mover, { maxLength: 4 }),
          sources: fc.array(fc.record({ id: fc.nat(), shift: figure }, plain), { maxLength: 4 }),
        },
        plain,
      ),
      { nil: undefined },
    ),
    consolidated: fc.option(
      fc.record(
        {
          share: figure,
          weight: figure,
          sources: fc.array(fc.record({ id: fc.nat(), weight: figure }, plain), { maxLength: 4 }),
        },
        plain,
      ),
      { nil: undefined },
    ),
    topLogprobs: fc.option(
      fc.array(
        fc
          .record({ id: fc.nat(), logprob: figure })
          .map(({ id, logprob }) => ({ id, text: textOf(id), logprob })),
        { minLength: 1, maxLength: 4 },
      ),
      { nil: undefined },
    ),
  },
  plain,
);

/** As native/addon/token_packet.hpp lays it out. */
function pack({ influence, consolidated, topLogprobs = [], ...token }: GeneratedToken): number[] {
  const { request, index, id, logprob, copied } = token;
  return [
    ...[request, index, id, logprob, copied ?? -1],
    ...[influence ? 1 : 0, consolidated ? 1 : 0, topLogprobs.length],
    ...(influence ? packInfluence(influence) : []),
    ...(consolidated ? packVoice(consolidated) : []),
    ...topLogprobs.flatMap((candidate) => [candidate.id, candidate.logprob]),
  ];
}

function packVoice({ share, weight, sources }: ConsolidatedVoice): number[] {
  return [
    share,
    weight,
    sources.length,
    ...sources.flatMap((source) => [source.id, source.weight]),
  ];
}

function packInfluence(influence: TokenInfluence): number[] {
  const { kl, shift, ratio, cosine, flipped, promoted, demoted, sources } = influence;
  return [
    ...[kl, shift, ratio, cosine, Number(flipped)],
    ...[promoted.length, demoted.length, sources.length],
    ...[...promoted, ...demoted].flatMap((word) => [word.id, word.change]),
    ...sources.flatMap((source) => [source.id, source.shift]),
  ];
}

void test('a packet gives back every token that went in', () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 6 }), (tokens) => {
      const figures = Float64Array.from(tokens.flatMap(pack));
      const texts = tokens.map(({ text }) => text);
      assert.deepEqual(readTokenPacket(figures, texts, textOf), tokens);
    }),
  );
});
