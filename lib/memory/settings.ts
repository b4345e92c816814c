import { GraffitiError } from '../errors.js';
import type { SpraySettings } from '../store/index.js';
import { checkNumber } from '../validate.js';

export const DEFAULT_SETTINGS: SpraySettings = {
  rate: 0.1,
  mix: 0.5,
  recallLimit: 3,
  recallThreshold: 0.3,
  fading: 1,
};

/** Settings given by a caller; what is left out stays as the brain has it. */
export type SettingsInput = {
  readonly [Name in keyof SpraySettings]?: SpraySettings[Name] | undefined;
};

/** @throws {TypeError | RangeError} */
export function checkSettings(input: SettingsInput): void {
  const check = (
    name: keyof SpraySettings,
    range: { min: number; max: number; integer?: boolean },
  ) => input[name] === undefined || checkNumber(name, input[name], range);
  check('rate', { min: 0, max: 10 });
  check('mix', { min: 0, max: 1 });
  check('recallLimit', { min: 0, max: 64, integer: true });
  check('recallThreshold', { min: -1, max: 1 });
  check('fading', { min: Number.MIN_VALUE, max: 1 });
}

/** What the caller gives, else what the brain has, else the defaults. */
export function mergeSettings(
  stored: Partial<SpraySettings> | undefined,
  { rate, mix, recallLimit, recallThreshold, fading }: SettingsInput,
): SpraySettings {
  const base = { ...DEFAULT_SETTINGS, ...stored };
  return {
    rate: rate ?? base.rate,
    mix: mix ?? base.mix,
    recallLimit: recallLimit ?? base.recallLimit,
    recallThreshold: recallThreshold ?? base.recallThreshold,
    fading: fading ?? base.fading,
  };
}

/** Which derived parts of a brain another choice of settings changes. */
export function changedBy(
  stored: SpraySettings,
  wanted: SpraySettings,
): { links: boolean; fold: boolean; any: boolean } {
  const links =
    stored.recallLimit !== wanted.recallLimit || stored.recallThreshold !== wanted.recallThreshold;
  const fold = links || stored.rate !== wanted.rate || stored.mix !== wanted.mix;
  return { links, fold, any: fold || stored.fading !== wanted.fading };
}

/** A reader cannot change how a brain folds. */
export function readerSettingsError(stored: SpraySettings): GraffitiError {
  return new GraffitiError(
    'ERR_BRAIN_READ_ONLY',
    `The brain keeps the settings ${JSON.stringify(stored)}, and a reader cannot change them; leave them out, or open the brain without readOnly.`,
  );
}
