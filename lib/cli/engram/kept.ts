import { Engram } from '../../engram/index.js';
import { Memory } from '../../memory/index.js';
import type { CommonOptions } from '../describe.js';
import { notErased } from '../memory/forget.js';
import { openExisting } from '../open-brain.js';
import { Output } from '../output.js';

export async function save(
  brain: string,
  name: string,
  file: string,
  options: CommonOptions,
): Promise<void> {
  const output = new Output(options);
  const engram = await Engram.load(file);
  await using memory = await Memory.open(brain);
  const kept = await memory.engrams.save(name, engram);
  output.object(kept);
  output.line(`Kept "${name}", ${kept.bytes} bytes.`);
}

export async function list(brain: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  for (const engram of await memory.engrams.list()) {
    output.object(engram);
    const { name, time, model, bytes } = engram;
    output.line(
      `${name.padEnd(20)} ${new Date(time).toISOString().slice(0, 16)} ${String(bytes).padStart(9)} bytes, of model ${model}`,
    );
  }
}

export async function exportTo(
  brain: string,
  name: string,
  file: string,
  options: CommonOptions,
): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain, { readOnly: true });
  const engram = Engram.fromBytes(await memory.engrams.read(name));
  await engram.save(file);
  output.object({ name, file });
  output.line(`Wrote "${name}" to ${file}.`);
}

export async function remove(brain: string, name: string, options: CommonOptions): Promise<void> {
  const output = new Output(options);
  await using memory = await openExisting(brain);
  const { erased } = await memory.engrams.delete(name);
  output.object({ name, erased });
  output.line(`Deleted "${name}".${erased ? '' : ` ${notErased(brain)}`}`);
}
