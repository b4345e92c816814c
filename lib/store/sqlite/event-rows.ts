import type { EventFilter, StoredEvent } from '../store.js';

/** What SQLite takes and gives. */
export type Value = string | number | Uint8Array;

/** A row of `events`. */
export interface EventRow {
  id: number;
  text: string;
  speaker: string;
  tags: string;
  origin: StoredEvent['by'];
  kind: StoredEvent['kind'];
  time: number;
  importance: number;
}

/** The query for the events that `filter` asks for, newest first, and its values. */
export function eventQuery(filter: EventFilter): [sql: string, values: Value[]] {
  const conditions: string[] = [];
  const values: Value[] = [];
  const where = (condition: string, value: Value | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('id IN (SELECT value FROM json_each(?))', filter.ids && JSON.stringify(filter.ids));
  where('EXISTS (SELECT 1 FROM json_each(events.tags) WHERE value = ?)', filter.tag);
  where('speaker = ?', filter.speaker);
  where('time >= ?', filter.since);
  if (filter.encoded !== undefined) {
    const vectors = 'EXISTS (SELECT 1 FROM vectors WHERE event_id = events.id)';
    conditions.push(filter.encoded ? vectors : `NOT ${vectors}`);
  }
  const condition = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return [
    `SELECT * FROM events ${condition} ORDER BY id DESC LIMIT ? OFFSET ?`,
    [...values, filter.limit ?? -1, filter.offset ?? 0],
  ];
}

export function eventOf(row: EventRow): StoredEvent {
  const { id, text, speaker, tags, origin: by, kind, time, importance } = row;
  return { id, text, speaker, tags: JSON.parse(tags) as string[], by, kind, time, importance };
}
