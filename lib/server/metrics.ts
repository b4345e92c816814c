import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Reply } from '../session/index.js';

/** Figures for Prometheus. No label holds the name of a brain. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Counter({
    name: 'graffiti_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'] as const,
    registers: [this.registry],
  });
  readonly duration = new Histogram({
    name: 'graffiti_request_seconds',
    help: 'From a request to the end of its answer.',
    labelNames: ['route'] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
    registers: [this.registry],
  });
  readonly firstToken = new Histogram({
    name: 'graffiti_first_token_seconds',
    help: 'From the place in the queue to the first token.',
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers: [this.registry],
  });
  private readonly tokens = new Counter({
    name: 'graffiti_tokens_total',
    help: 'Tokens of prompts (of those, found in the cache) and of replies.',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });

  /** @param live figures that are asked for when they are read */
  constructor(live: { readonly inFlight: () => number; readonly openBrains: () => number }) {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('graffiti_replies_in_flight', 'Replies that run or wait.', live.inFlight);
    gauge('graffiti_open_brains', 'Brains that are open.', live.openBrains);
  }

  count({ usage }: Reply): void {
    this.tokens.inc({ kind: 'prompt' }, usage.promptTokens);
    this.tokens.inc({ kind: 'cached' }, usage.cachedTokens);
    this.tokens.inc({ kind: 'reply' }, usage.replyTokens);
  }
}
