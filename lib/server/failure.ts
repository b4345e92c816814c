import type { FastifyError } from 'fastify';
import { GraffitiError, type GraffitiErrorCode } from '../errors.js';

/** What OpenAI's clients read when a request fails. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A request that is refused, with the status and the words its sender gets. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly statusCode: number,
    message: string,
    readonly fields: { readonly param?: string; readonly code?: string } = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  get body(): ErrorBody {
    const { param = null, code = null } = this.fields;
    return { error: { message: this.message, type: typeOf(this.statusCode), param, code } };
  }
}

/** 400 for a value that this server does not take. */
export function badRequest(message: string, param?: string, code?: string): ApiError {
  return new ApiError(400, message, {
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status >= 500) return 'server_error';
  return 'invalid_request_error';
}

/** Statuses of the library's errors. Words of its own where the library's name a path of this machine. */
const STATUSES: Partial<Record<GraffitiErrorCode, [status: number, code: string, words?: string]>> =
  {
    ERR_BUSY: [429, 'queue_full'],
    ERR_CONTEXT_OVERFLOW: [400, 'context_length_exceeded'],
    ERR_MEMORY_NOT_FOUND: [404, 'memory_not_found'],
    ERR_BRAIN_NOT_FOUND: [404, 'brain_not_found', 'There is no such brain.'],
    ERR_BRAIN_LOCKED: [409, 'brain_locked', 'Another process has this brain open for writing.'],
    ERR_BRAIN_MODEL_MISMATCH: [
      409,
      'brain_model_mismatch',
      'The vectors of this brain were made by another model; re-encode it with "graffiti memory reencode".',
    ],
    ERR_BRAIN_CORRUPT: [500, 'brain_corrupt', 'The file of this brain is damaged.'],
    ERR_BRAIN_FOREIGN: [500, 'brain_foreign', 'The file of this brain is no brain.'],
    ERR_BRAIN_LINKED: [500, 'brain_linked', 'The file of this brain has several names.'],
    ERR_BRAIN_VERSION: [500, 'brain_version', 'A newer version wrote this brain.'],
    ERR_BRAIN_READ_ONLY: [500, 'brain_read_only', 'This brain cannot be written.'],
    ERR_BRAIN_FULL: [507, 'brain_full', 'There is no room for more memories.'],
    ERR_NOTHING_TOLD: [409, 'nothing_told'],
    ERR_ENGRAM_NOT_FOUND: [404, 'engram_not_found'],
    ERR_ENGRAM_STATISTICS: [409, 'engram_statistics'],
    ERR_ENGRAM_MODEL_MISMATCH: [409, 'engram_model_mismatch'],
    ERR_UNSUPPORTED_ARCHITECTURE: [409, 'unsupported_architecture'],
    ERR_BRAIN_IO: [500, 'brain_io', 'The disk failed.'],
    ERR_DISPOSED: [503, 'closing', 'The server is closing.'],
    ERR_ABORTED: [503, 'aborted', 'The reply was ended before it was complete.'],
  };

/** ERR_NATIVE stands for many things; these are faults of the request, known by how they begin. */
const REQUEST_FAULTS = [
  { begins: 'The grammar or JSON schema cannot be used', param: 'response_format' },
  { begins: 'The chat template refuses these messages', param: 'messages' },
  { begins: 'The parameters of the tool', param: 'tools' },
  { begins: 'The prompt holds no token', param: 'prompt' },
];

/** Any failure as what the sender gets. Of faults of this server it tells nothing but that they are. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const cause = { cause: error };
  if (error instanceof GraffitiError) {
    const known = STATUSES[error.code];
    if (known) return new ApiError(known[0], known[2] ?? error.message, { code: known[1] }, cause);
    const fault = REQUEST_FAULTS.find(({ begins }) => error.message.startsWith(begins));
    if (fault) return new ApiError(400, error.message, { param: fault.param }, cause);
  }
  const refused = error instanceof TypeError || error instanceof RangeError;
  if (refused && error.message.startsWith('Expected ')) {
    return new ApiError(400, error.message, {}, cause);
  }
  const { statusCode, message, code } = error as Partial<FastifyError>;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    const name = code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'body_too_large' : undefined;
    const fields = name === undefined ? {} : { code: name };
    return new ApiError(statusCode, message ?? 'The request cannot be used.', fields, cause);
  }
  return new ApiError(500, 'The server failed. Its log says why.', {}, cause);
}

/** The first fault that the schema found, as OpenAI names parameters: `messages[0].role`. */
export function schemaFault(
  faults: readonly { instancePath: string; message?: string; params?: object }[],
  where: string,
): ApiError {
  const { instancePath = '', message = 'is invalid', params } = faults[0] ?? {};
  const steps = instancePath.split('/').slice(1);
  const { missingProperty, additionalProperty } = (params ?? {}) as Record<string, string>;
  if (missingProperty !== undefined) steps.push(missingProperty);
  if (additionalProperty !== undefined) {
    steps.push(additionalProperty);
    const param = parameter(steps);
    return badRequest(`Unrecognized request argument supplied: ${param}`, param);
  }
  const param = parameter(steps);
  if (missingProperty !== undefined) {
    return badRequest(
      `Missing required parameter: '${param}'.`,
      param,
      'missing_required_parameter',
    );
  }
  return badRequest(`Invalid value for '${param || where}': ${message}.`, param || where);
}

function parameter(steps: readonly string[]): string {
  return steps
    .map((step) => step.slice(0, 64).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step, at) => (/^\d+$/.test(step) ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join('');
}
