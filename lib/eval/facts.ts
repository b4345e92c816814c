import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwIfAborted } from '../errors.js';
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
  readonly off: { readonly total: number; readonly passed: number };
  readonly failures: readonly FactFailure[];
}

export interface FactsOptions {
  /** Measure without memory too. Default true. */
  readonly off?: boolean;
  readonly onProgress?: (progress: { done: number; total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Plays every case with a session of its own, and judges the replies. */
export async function evaluateFacts(
  model: GraffitiModel,
  cases: readonly FactCase[],
  { off = true, onProgress = () => {}, signal }: FactsOptions = {},
): Promise<FactsResult> {
  const recalling = cases.filter(({ steps }) => steps.some((step) => 'ask' in step && step.recall));
  const total = cases.length + (off ? recalling.length : 0);
  const folder = mkdtempSync(join(tmpdir(), 'graffiti-facts-'));
  const byCategory: Record<string, { total: number; passed: number }> = {};
  const failures: FactFailure[] = [];
  let passed = 0;
  let falseRecalls = 0;
  let passedOff = 0;
  let done = 0;
  try {
    for (const one of cases) {
      throwIfAborted(signal, 'The evaluation');
      const wrong = await play(model, one, join(folder, `${done}.graffiti`), true);
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
    for (const one of off ? recalling : []) {
      throwIfAborted(signal, 'The evaluation');
      const wrong = await play(model, one, join(folder, `${done}.graffiti`), false);
      if (wrong.length === 0) passedOff++;
      onProgress({ done: ++done, total });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const withoutRecall = { total: off ? recalling.length : 0, passed: passedOff };
  return { total: cases.length, passed, falseRecalls, byCategory, off: withoutRecall, failures };
}

/** "42-plural" and "plural-17" are both of the category "plural". */
function categoryOf({ id }: FactCase): string {
  return id.replace(/^\d+-|-\d+$/g, '');
}

/** The judged replies of a case that are wrong. With recall off, whether it fired is not judged. */
async function play(
  model: GraffitiModel,
  { id, steps }: FactCase,
  brain: string,
  recall: boolean,
): Promise<FactFailure[]> {
  const wrong: FactFailure[] = [];
  let session = await model.createSession({ brain, recall });
  try {
    for (const step of steps) {
      if ('restart' in step) {
        await session.dispose();
        session = await model.createSession({ brain, recall });
      } else if ('tell' in step) {
        // A reply that is ignored need not be made whole.
        await session.prompt(step.tell, { maxTokens: 1, temperature: 0 });
      } else {
        if (!recall) {
          await session.dispose();
          session = await model.createSession({ brain, recall });
        }
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
