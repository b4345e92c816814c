import type { Memory } from '../memory/index.js';
import type { Mover } from '../model/index.js';
import type { Reply, ReplyInfluence, TokenEvent } from '../session/index.js';
import { coloured } from './influence-colour.js';
import { oneLine, type Output } from './output.js';

/** A memory behind a reply. */
export interface MemoryShare {
  /** 0 = all memories too faint to be named. */
  readonly id: number;
  /** Undefined for id 0, and for a memory forgotten since. */
  readonly text: string | undefined;
  readonly tags: readonly string[];
  /** Its part of Σ|shift| over the tokens of the reply, 0 to 1. */
  readonly share: number;
  /** Σ shift over the tokens, nats: above 0 it pushed towards this reply. */
  readonly net: number;
}

/** A token that memory moved. */
export interface MovedToken {
  readonly index: number;
  readonly text: string;
  readonly kl: number;
  readonly shift: number;
  readonly flipped: boolean;
  readonly promoted: readonly Mover[];
  readonly demoted: readonly Mover[];
}

/** Why a reply is as it is. */
export interface Explanation extends Omit<ReplyInfluence, 'sources'> {
  readonly memories: readonly MemoryShare[];
  /** Those moved most, by KL. */
  readonly moved: readonly MovedToken[];
}

/** Undefined when no memory acted on the reply. */
export async function explain(
  { influence }: Reply,
  tokens: readonly TokenEvent[],
  memory: Memory,
  { moved = 5 } = {},
): Promise<Explanation | undefined> {
  if (!influence) return undefined;
  const { sources, ...figures } = influence;
  const total = sources.reduce((sum, { shift }) => sum + shift, 0);
  const net = new Map<number, number>();
  for (const token of tokens) {
    for (const { id, shift } of token.influence?.sources ?? []) {
      net.set(id, (net.get(id) ?? 0) + shift);
    }
  }
  const memories = await Promise.all(
    sources.map(async ({ id, shift }): Promise<MemoryShare> => {
      const record = id === 0 ? undefined : await memory.get(id);
      const share = total === 0 ? 0 : shift / total;
      return { id, text: record?.text, tags: record?.tags ?? [], share, net: net.get(id) ?? 0 };
    }),
  );
  return { ...figures, memories, moved: movedMost(tokens, moved) };
}

function movedMost(tokens: readonly TokenEvent[], limit: number): MovedToken[] {
  return tokens
    .flatMap(({ index, text, influence }) => {
      if (!influence) return [];
      const { kl, shift, flipped, promoted, demoted } = influence;
      return [{ index, text, kl, shift, flipped, promoted, demoted }];
    })
    .sort((one, other) => other.kl - one.kl)
    .slice(0, limit);
}

export const signed = (value: number, digits = 3): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** Changes of probability in percentage points, those that show with one decimal. */
function points(movers: readonly Mover[]): string {
  return movers
    .filter(({ change }) => Math.abs(change) >= 0.0005)
    .slice(0, 3)
    .map(({ text, change }) => `${JSON.stringify(oneLine(text))} ${signed(change * 100, 1)}`)
    .join('  ');
}

/** The figures of a reply in one line. */
export function figuresLine({ meanKl, maxKl, logLikelihoodRatio, flips }: Explanation): string {
  return (
    `KL mean ${meanKl.toFixed(4)}, max ${maxKl.toFixed(4)} nats; ` +
    `log likelihood ratio ${signed(logLikelihoodRatio)} nats; flips ${flips}`
  );
}

/** "  41 %  #3  +0.61  I love dogs": the memories behind a reply. */
export function memoryLines({ memories }: Explanation, limit = 8): string[] {
  const lines = memories.slice(0, limit).map(({ id, text, share, net }) => {
    const name =
      id === 0 ? 'older memories together' : `#${id} ${oneLine(text ?? '(forgotten)', 70)}`;
    return `${(share * 100).toFixed(0).padStart(4)} % ${signed(net, 2)}  ${name}`;
  });
  if (memories.length > limit) lines.push(`       and ${memories.length - limit} more`);
  return lines;
}

/** The tokens moved most, and what memory promoted and demoted there. */
export function movedLines(
  { moved }: Explanation,
  tokens: readonly TokenEvent[],
  { colours }: Output,
): string[] {
  return moved.map(({ index, kl, shift, promoted, demoted }) => {
    const place = tokens
      .slice(Math.max(0, index - 3), index)
      .map(({ text }) => text)
      .join('');
    const word = coloured(tokens[index]!, colours);
    return (
      `  …${oneLine(place, 40)}${word}  KL ${kl.toFixed(3)}, shift ${signed(shift)}` +
      `  ${colours.green(points(promoted))}` +
      `  ${colours.dim(points(demoted))}`
    );
  });
}

/** Everything there is to say about the last reply, for people. */
export function explanationLines(
  explanation: Explanation,
  tokens: readonly TokenEvent[],
  output: Output,
): string[] {
  return [
    figuresLine(explanation),
    'Memories behind it (share of all shifts; net push towards these words against an average word, nats):',
    ...memoryLines(explanation),
    'Moved most (change of probability in percentage points):',
    ...movedLines(explanation, tokens, output),
  ];
}
