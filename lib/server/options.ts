import {
  checkBoolean,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkString,
  checkStrings,
} from '../validate.js';

/** How `serve` serves. */
export interface ServeOptions {
  /** Address to listen on. Default '127.0.0.1': this machine alone. */
  readonly host?: string | undefined;
  /** 0 to 65535; 0 = any that is free. Default 8317. */
  readonly port?: number | undefined;
  /** Folder of the brain files, made when it is not there. Default 'brains'. */
  readonly brains?: string | undefined;
  /** Brain of a request that names none. Default 'default'. */
  readonly defaultBrain?: string | undefined;
  /** Keys, one of which a request must carry. Default none: whoever reaches the port may ask. */
  readonly apiKeys?: readonly string[] | undefined;
  /** Origins whose web pages may call the server. Default none. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Largest body of a request, bytes, 1 KiB up. Default 4 MiB. */
  readonly bodyLimit?: number | undefined;
  /** Requests per minute of one key, or of one address where there are no keys; 0 = no limit. Default 0. */
  readonly rateLimit?: number | undefined;
  /** Requests that may wait for the model before 429, 0 up. Default 64. */
  readonly queueLimit?: number | undefined;
  /** Seconds after which a brain that nobody uses is closed. Default 300. */
  readonly idleSeconds?: number | undefined;
  /** Brains open at the same time; further ones wait for an idle one. Default 64. */
  readonly openBrains?: number | undefined;
  /** Seconds that running replies have to finish when the server is closed. Default 10. */
  readonly closeSeconds?: number | undefined;
  /** 'silent', 'error', 'warn', 'info' or 'debug'. JSON lines on standard error. Default 'info'. */
  readonly logLevel?: string | undefined;
  /** Whether logs hold what was said. Default false. */
  readonly logContents?: boolean | undefined;
}

export type CheckedServe = {
  readonly [Name in keyof ServeOptions]-?: NonNullable<ServeOptions[Name]>;
};

export const DEFAULT_SERVE: CheckedServe = {
  host: '127.0.0.1',
  port: 8317,
  brains: 'brains',
  defaultBrain: 'default',
  apiKeys: [],
  corsOrigins: [],
  bodyLimit: 4 * 1024 * 1024,
  rateLimit: 0,
  queueLimit: 64,
  idleSeconds: 300,
  openBrains: 64,
  closeSeconds: 10,
  logLevel: 'info',
  logContents: false,
};

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

const RANGES = {
  port: { min: 0, max: 65_535, integer: true },
  bodyLimit: { min: 1024, max: 2 ** 30, integer: true },
  rateLimit: { min: 0, max: 1_000_000, integer: true },
  queueLimit: { min: 0, max: 100_000, integer: true },
  idleSeconds: { min: 0, max: 1_000_000 },
  openBrains: { min: 1, max: 10_000, integer: true },
  closeSeconds: { min: 0, max: 3600 },
} as const;

/** @throws {TypeError | RangeError} */
export function checkServe(options: ServeOptions): CheckedServe {
  checkOptions('options', options, Object.keys(DEFAULT_SERVE));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const complete = { ...DEFAULT_SERVE, ...(Object.fromEntries(given) as Partial<CheckedServe>) };
  for (const [name, range] of Object.entries(RANGES)) {
    checkNumber(name, complete[name as keyof typeof RANGES], range);
  }
  for (const name of ['host', 'brains', 'defaultBrain'] as const) {
    checkString(name, complete[name]);
  }
  checkOneOf('logLevel', complete.logLevel, LOG_LEVELS);
  checkStrings('apiKeys', complete.apiKeys);
  checkStrings('corsOrigins', complete.corsOrigins);
  checkBoolean('logContents', complete.logContents);
  return complete;
}
