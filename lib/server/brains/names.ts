import { badRequest } from '../failure.js';

/** What callers may call a brain; enough for e-mail addresses and ids of log-in services. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@:|+~-]{0,63}$/;
/** Names of devices on Windows, whatever stands behind their dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;
export const SUFFIX = '.graffiti';

/** @throws {ApiError} 400 for a name that no brain can have. */
export function checkBrainName(name: string, param: string): string {
  if (!NAME.test(name)) {
    throw badRequest(
      `Invalid brain name in '${param}': 1 to 64 letters, digits and . _ @ : | + ~ -, beginning with a letter or digit.`,
      param,
      'invalid_brain_name',
    );
  }
  return name;
}

/**
 * The file of a brain. Two names never share one, also where files are found whatever their case: all but small
 * letters, digits, - and _ are written as their code.
 */
export function brainFile(name: string): string {
  const written = name.replace(/[^a-z0-9_.-]/g, code);
  const safe = DEVICE.test(written) ? written.replace(/^./, code) : written;
  return safe + SUFFIX;
}

/** The name that a file belongs to, undefined when it is no brain's. */
export function brainName(file: string): string | undefined {
  if (!file.endsWith(SUFFIX)) return undefined;
  const written = file.slice(0, -SUFFIX.length);
  const name = written.replace(/%([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
  return NAME.test(name) && brainFile(name) === file ? name : undefined;
}

function code(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
