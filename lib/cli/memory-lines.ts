import type { MemoryRecord } from '../memory/index.js';
import { oneLine } from './output.js';

/** "#3 2026-01-31 12:00 user: I love dogs [pets]": a memory on one line. */
export function recordLine(
  { id, text, speaker, tags, by, time }: MemoryRecord,
  length = 100,
): string {
  const when = new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  const tagged = tags.length > 0 ? ` [${oneLine(tags.join(', '))}]` : '';
  return `#${id} ${when} ${oneLine(speaker, 20)}: ${oneLine(text, length)}${tagged}${by === 'human' ? '' : ` (by ${by})`}`;
}
