// Remembers in a loop and prints the id of each memory once it is acknowledged. For kill-rounds.ts.
import { Memory } from '../../lib/memory/index.js';
import { FakeEncoder } from '../memory/fake-encoder.js';

const [path, round] = process.argv.slice(2) as [string, string];
process.stdout.write('opening\n');
const memory = await Memory.open(path, { encoder: new FakeEncoder('one', 64) });
process.stdout.write('open\n');
for (let turn = 0; ; turn++) {
  const text = `round ${round} turn ${turn}`;
  const { id } = await memory.remember({ text }, { later: turn % 3 !== 0 });
  process.stdout.write(`${id} ${text}\n`);
  if (turn % 10 === 9) {
    process.stdout.write(`forgetting ${id}\n`);
    const { ids } = await memory.forget(id);
    process.stdout.write(`forgot ${ids.join()}\n`);
  }
}
