/** One thing looked at. */
export interface Finding {
  readonly name: string;
  /** 'fail': something that is needed does not work. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do, where there is something. */
  readonly advice?: string;
}

export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail });

export const warn = (name: string, detail: string, advice: string): Finding => ({
  name,
  status: 'warn',
  detail,
  advice,
});

export const fail = (name: string, detail: string, advice: string): Finding => ({
  name,
  status: 'fail',
  detail,
  advice,
});

/** The error with its causes, in one line. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `: ${reason(error.cause)}`;
  return `${error.message.split('\n')[0]}${cause}`;
}
