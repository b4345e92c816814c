import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraffitiError, throwIfAborted } from '../errors.js';
import type { GraffitiModel } from '../graffiti-model.js';

/** One step of a case, with a fresh brain for each case. */
export type FactStep =
  /** A user turn whose reply is ignored. */
  | { readonly tell: string }
  /** A user turn whose reply is judged; case does not matter. */
  | {
      readonly ask: string;
      readonly expect: readonly string[];
      readonly forbid?: readonly string[];
      /** Whether the reply must recall something. */
      readonly recall: boolean;
    }
  /** The brain is closed and opened by a new session. */
  | { readonly restart: true };

export interface FactCase {
  readonly id: string;
  readonly steps: readonly FactStep[];
}

export interface FactFailure {
  readonly id: string;
  readonly ask: string;
  readonly reply: string;
  readonly expect: readonly string[];
  readonly forbid: readonly string[];
  readonly recall: boolean;
  readonly recalled: boolean;
}

export interface FactsResult {
  readonly total: number;
  /** Cases of which every judged reply is right. */
  readonly passed: number;
  /** Replies that recalled something where nothing was to be recalled. */
  readonly falseRecalls: number;
  readonly byCategory: Readonly<
    Record<string, { readonly total: number; readonly passed: number }>
  >;
  /**
   * What the model says without memory, over the cases that ask for a recall: recall is off, and each question is
   * put in a new conversation, so that nothing said before stands in the context.
   */
  readonly off: Passed;
  /** The same cases by other reads of what was told; undefined unless `reads` asks for them. */
  readonly reads: Readonly<Record<OtherRead, Passed>> | undefined;
  readonly failures: readonly FactFailure[];
}

export interface Passed {
  readonly total: number;
  readonly passed: number;
}

/**
 * How a reply can come by what was told: `recall`, the library's default; `nothing`: recall is off, and each question is put in
 * a new conversation; `context`: recall is off, and the model reads the conversation it was told in, up to a restart; `night`:
 * as `nothing`, after a night of sleep (head memory).
 */
type Read = 'recall' | 'nothing' | OtherRead;
export type OtherRead = 'context' | 'night';
const OTHER_READS = ['context', 'night'] as const;

export interface FactsOptions {
  /** Measure without memory too. Default true. */
  readonly off?: boolean;
  /** Measure other reads of what was told too, for comparison. A night for every question. Default false. */
  readonly reads?: boolean;
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Plays every case with a session of its own, and judges the replies. */
export async function evaluateFacts(
  model: GraffitiModel,
  cases: readonly FactCase[],
  { off = true, reads = false, onProgress = () => {}, signal }: FactsOptions = {},
): Promise<FactsResult> {
  const recalling = cases.filter(({ steps }) => steps.some((step) => 'ask' in step && step.recall));
  const others: Exclude<Read, 'recall'>[] = [
    ...(off ? ['nothing' as const] : []),
    ...(reads ? OTHER_READS : []),
  ];
  const total = cases.length + others.length * recalling.length;
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-facts-'));
  const byCategory: Record<string, { total: number; passed: number }> = {};
  const failures: FactFailure[] = [];
  let passed = 0;
  let falseRecalls = 0;
  const passedBy = { nothing: 0, context: 0, night: 0 };
  let done = 0;
  try {
    for (const one of cases) {
      throwIfAborted(signal, 'The evaluation');
      const wrong = await play(model, one, join(folder, `${done}.graffiti`), 'recall', signal);
      const category = (byCategory[categoryOf(one)] ??= { total: 0, passed: 0 });
      category.total++;
      if (wrong.length === 0) {
        category.passed++;
        passed++;
      }
      falseRecalls += wrong.filter(({ recall, recalled }) => recalled && !recall).length;
      failures.push(...wrong);
      onProgress({ done: ++done, total });
    }
    for (const read of others) {
      for (const one of recalling) {
        throwIfAborted(signal, 'The evaluation');
        const wrong = await play(model, one, join(folder, `${done}.graffiti`), read, signal);
        if (wrong.length === 0) passedBy[read]++;
        onProgress({ done: ++done, total });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const by = (read: keyof typeof passedBy) => ({ total: recalling.length, passed: passedBy[read] });
  return {
    total: cases.length,
    passed,
    falseRecalls,
    byCategory,
    off: off ? by('nothing') : { total: 0, passed: 0 },
    reads: reads ? { context: by('context'), night: by('night') } : undefined,
    failures,
  };
}

/** "42-plural" and "plural-17" are both of the category "plural". */
function categoryOf({ id }: FactCase): string {
  return id.replace(/^\d+-|-\d+$/g, '');
}

/** The judged replies of a case that are wrong. Whether recall fired is judged of the read `recall` alone. */
async function play(
  model: GraffitiModel,
  { id, steps }: FactCase,
  brain: string,
  read: Read,
  signal: AbortSignal | undefined,
): Promise<FactFailure[]> {
  const wrong: FactFailure[] = [];
  const recall = read === 'recall';
  let session = await model.createSession({ brain, recall });
  const renew = async () => {
    await session.dispose();
    if (read === 'night') {
      await using memory = await model.openMemory(brain);
      await model.sleep(memory, { signal }).catch((error: unknown) => {
        // What was only chatted has no night, and is asked without one.
        if (!(error instanceof GraffitiError && error.code === 'ERR_NOTHING_TOLD')) throw error;
      });
    }
    session = await model.createSession({ brain, recall });
  };
  try {
    for (const step of steps) {
      if ('restart' in step) {
        await renew();
      } else if ('tell' in step) {
        // A reply that is ignored need not be made whole.
        await session.prompt(step.tell, { maxTokens: 1, temperature: 0 });
      } else {
        if (read === 'nothing' || read === 'night') await renew();
        const { text, recalled } = await session.prompt(step.ask, {
          maxTokens: 64,
          temperature: 0,
        });
        const { ask, expect, forbid = [] } = step;
        const holds = (part: string) => text.toLowerCase().includes(part.toLowerCase());
        const fired = recalled.length > 0;
        const right =
          expect.every(holds) && !forbid.some(holds) && (!recall || fired === step.recall);
        if (!right) {
          wrong.push({
            id,
            ask,
            reply: text,
            expect,
            forbid,
            recall: step.recall,
            recalled: fired,
          });
        }
      }
    }
  } finally {
    await session.dispose();
  }
  return wrong;
}
