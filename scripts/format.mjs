// npm run format: brings every file of ours into the house style.
import { clangFormat, prettier } from './checks.mjs';
import { say } from './process.mjs';

for (const format of [prettier, clangFormat]) {
  const result = await format({ write: true });
  if (result === false) process.exitCode = 1;
  if (typeof result === 'string') say(result);
}
