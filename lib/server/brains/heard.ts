import { createHash } from 'node:crypto';
import type { Memory } from '../../memory/index.js';
import type { ChatMessage } from '../../model/index.js';

/** Messages remembered of before; the oldest are dropped. */
const MOST = 20_000;

/** A message in its place: the same words elsewhere, or after other words, are another one. */
export interface PlacedMessage extends ChatMessage {
  readonly place: string;
}

/** Gives every message of a conversation its place, a hash of it and of all before it. */
export function placed(messages: readonly ChatMessage[]): PlacedMessage[] {
  let place = '';
  return messages.map((message) => {
    const { role, content, toolCalls = [] } = message;
    // Not their ids, which clients may leave out.
    const calls = toolCalls.map(({ name, arguments: given }) => [name, given]);
    const hash = createHash('sha256').update(JSON.stringify([place, role, content, calls]));
    place = hash.digest('base64url').slice(0, 22);
    return { ...message, place };
  });
}

/**
 * Which messages a brain has heard since it was opened.
 *
 * A client sends its whole conversation with every request, and sends it again when it tries again. A message that
 * was heard is not remembered a second time; one whose memory was forgotten is not shown to the model again.
 */
export class Heard {
  /** By place: the memory it became; undefined while that is not known or when it became none. */
  private readonly memories = new Map<string, number | undefined>();
  private readonly places = new Map<number, string>();
  private readonly forgotten = new Set<string>();

  constructor(memory: Memory) {
    memory.on('forgotten', ({ ids }) => {
      for (const id of ids) {
        const place = this.places.get(id);
        if (place === undefined) continue;
        this.places.delete(id);
        this.memories.delete(place);
        this.forgotten.add(place);
        const [oldest] = this.forgotten;
        if (this.forgotten.size > MOST) this.forgotten.delete(oldest!);
      }
    });
  }

  /** Whether the message is new; it is not any more afterwards. */
  claim({ place }: PlacedMessage): boolean {
    if (this.memories.has(place)) return false;
    this.forgotten.delete(place); // said again, it may be remembered again
    this.memories.set(place, undefined);
    const [oldest] = this.memories.keys();
    if (this.memories.size > MOST) this.drop(oldest!);
    return true;
  }

  /** A claimed message became this memory, or (undefined) none, and may be claimed again. */
  became({ place }: PlacedMessage, id: number | undefined): void {
    if (id === undefined) this.memories.delete(place);
    else if (this.memories.has(place)) {
      this.memories.set(place, id);
      this.places.set(id, place);
    }
  }

  isForgotten({ place }: PlacedMessage): boolean {
    return this.forgotten.has(place);
  }

  private drop(place: string): void {
    const id = this.memories.get(place);
    this.memories.delete(place);
    if (id !== undefined) this.places.delete(id);
  }
}
