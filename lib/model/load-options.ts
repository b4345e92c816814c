import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NativeLoadOptions } from '../native.js';
import {
  checkFunction,
  checkNumber,
  checkOptions,
  checkSignal,
  checkString,
  outOfRange,
} from '../validate.js';
import { builtInModel } from './built-in.js';
import { workersOf } from './rpc-workers.js';

/** `rpc:host:port,…` splits the model over llama.cpp's `ggml-rpc-server` workers (docs/shared-store.md). */
export type DeviceName = 'auto' | 'cpu' | 'cuda' | 'metal' | `rpc:${string}`;

export interface LoadProgress {
  /** `load`: weights; `calibrate`: measuring the output head, once per model, then cached. */
  readonly phase: 'load' | 'calibrate';
  /** 0 to 1. */
  readonly fraction: number;
}

export interface LoadOptions {
  /** Path or file URL of a GGUF file. Default: the built-in cortex. */
  readonly model?: string | URL | undefined;
  /** Default 'auto': a GPU where there is one. */
  readonly device?: DeviceName | undefined;
  /** Layers to put on the device, −1 = all. Default −1. */
  readonly gpuLayers?: number | undefined;
  /** Tokens one session can hold. Default: what the model was trained with, at most 4096. */
  readonly contextSize?: number | undefined;
  /** Sessions that can reply at the same time, 1 to 64; others wait their turn. Default 4. */
  readonly sessions?: number | undefined;
  /** Threads for the CPU's part of the work, 1 to 512. Default: one per core. */
  readonly threads?: number | undefined;
  /** Requests that may wait before ERR_BUSY, 1 to 100 000. Default 256. */
  readonly queueLimit?: number | undefined;
  /** A Jinja chat template, or 'plain' for `User:`/`Bot:` lines. Default: the model's own. */
  readonly chatTemplate?: string | undefined;
  /** Folder for calibrations, or false to keep none. Default: the user's cache folder. */
  readonly cache?: string | false | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

const NAMES = [
  'model',
  'device',
  'gpuLayers',
  'contextSize',
  'sessions',
  'threads',
  'queueLimit',
  'chatTemplate',
  'cache',
  'signal',
  'onProgress',
];

/** Where calibrations are kept when nobody says otherwise. */
export function cacheFolder(): string {
  const base =
    process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : process.platform === 'win32'
        ? (process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
        : (process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'));
  return join(base, 'neural-graffiti');
}

export interface CheckedLoad {
  native: NativeLoadOptions;
  /** Replies that may wait for a sequence. */
  queueLimit: number;
  /** Addresses of the machines that the model is to run on; none: on this one. */
  workers: readonly string[];
  /** Undefined: keep no calibration. */
  cache: string | undefined;
  signal: AbortSignal | undefined;
  onProgress: (progress: LoadProgress) => void;
}

/** @throws {TypeError | RangeError} */
export function checkLoadOptions(options: LoadOptions): CheckedLoad {
  checkOptions('options', options, NAMES);
  const {
    model = builtInModel(),
    device = 'auto',
    gpuLayers = -1,
    contextSize = 0,
    sessions = 4,
    threads = availableParallelism(),
    queueLimit = 256,
    chatTemplate = '',
    cache = cacheFolder(),
    signal,
    onProgress = () => {},
  } = options;
  const path = model instanceof URL ? fileURLToPath(model) : model;
  checkString('model', path);
  if (path === '') throw outOfRange('a path', 'model', path);
  checkString('device', device);
  const workers = workersOf(device);
  if (!['auto', 'cpu', 'cuda', 'metal'].includes(device) && workers.length === 0) {
    throw outOfRange("one of 'auto', 'cpu', 'cuda', 'metal', 'rpc:host:port'", 'device', device);
  }
  checkNumber('gpuLayers', gpuLayers, { min: -1, max: 100_000, integer: true });
  if (options.contextSize !== undefined) {
    checkNumber('contextSize', contextSize, { min: 16, max: 2 ** 24, integer: true });
  }
  checkNumber('sessions', sessions, { min: 1, max: 64, integer: true });
  checkNumber('threads', threads, { min: 1, max: 512, integer: true });
  checkNumber('queueLimit', queueLimit, { min: 1, max: 100_000, integer: true });
  checkString('chatTemplate', chatTemplate);
  if (cache !== false) checkString('cache', cache);
  checkSignal('signal', signal);
  checkFunction('onProgress', onProgress);
  return {
    native: {
      path,
      device,
      gpuLayers,
      contextSize,
      sessions,
      threads,
      queueLimit: queueLimit + sessions, // a place is taken before the engine has given a sequence to the last one
      chatTemplate,
    },
    queueLimit,
    workers,
    cache: cache === false ? undefined : cache,
    signal,
    onProgress,
  };
}
