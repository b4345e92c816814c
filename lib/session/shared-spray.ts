import type { Memory, Spray } from '../memory/index.js';

interface Taken {
  readonly revision: number;
  /** Of no other spray of this process. */
  readonly key: string;
  readonly spray: Promise<Spray>;
}

const latest = new WeakMap<Memory, Taken>();
let count = 0;

/**
 * The memory's spray of this moment, for its sessions: whenever something is told all of them ask for it, and it is read
 * from every memory's vector.
 */
export function sharedSpray(memory: Memory): Taken {
  const { revision } = memory;
  const known = latest.get(memory);
  if (known?.revision === revision) return known;
  const taken = { revision, key: `spray ${++count}`, spray: memory.spray() };
  latest.set(memory, taken);
  taken.spray.catch(() => {
    if (latest.get(memory) === taken) latest.delete(memory); // whoever asked for it gets the failure
  });
  return taken;
}
