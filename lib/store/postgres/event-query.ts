import type { EventFilter, StoredEvent } from '../store.js';
import type { Value } from './connection.js';

/** A row of `graffiti.events`. */
export interface EventRow extends Omit<StoredEvent, 'by'> {
  readonly origin: StoredEvent['by'];
}

/** The query for the events of `brain` that `filter` asks for, newest first, and its values. */
export function eventQuery(brain: number, filter: EventFilter): [sql: string, values: Value[]] {
  const values: Value[] = [brain];
  const conditions = ['brain = $1'];
  const where = (condition: (parameter: string) => string, value: Value | undefined): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  where((ids) => `id = ANY(${ids}::bigint[])`, filter.ids);
  where((tag) => `${tag} = ANY(tags)`, filter.tag);
  where((speaker) => `speaker = ${speaker}`, filter.speaker);
  where((since) => `time >= ${since}`, filter.since);
  if (filter.encoded !== undefined) {
    const vectors = `EXISTS (SELECT 1 FROM graffiti.vectors
      WHERE vectors.brain = events.brain AND event = events.id)`;
    conditions.push(filter.encoded ? vectors : `NOT ${vectors}`);
  }
  values.push(filter.limit ?? null, filter.offset ?? 0);
  return [
    `SELECT id, text, speaker, tags, origin, kind, time, importance FROM graffiti.events
     WHERE ${conditions.join(' AND ')}
     ORDER BY id DESC LIMIT $${values.length - 1} OFFSET $${values.length}`,
    values,
  ];
}

export function eventOf({ origin, ...event }: EventRow): StoredEvent {
  return { ...event, by: origin };
}
