// Rows of questions and answers as a model's tokens, for teach.py: one JSON object a line, `tokens` and `first`, the
// index of the first token of the answer.
//
//   node --import tsx training/answer_tokens.mjs MODEL ROWS.jsonl > TOKENS.jsonl
import { readFileSync } from 'node:fs';
import { LoadedModel, renderWholeAnswer } from '../lib/model/index.js';

const [path, rows] = process.argv.slice(2);
const model = await LoadedModel.load({ model: path, device: 'cpu', threads: 1, sessions: 1 });
for (const line of readFileSync(rows, 'utf8').split('\n')) {
  if (line.trim() === '') continue;
  const { question, answer } = JSON.parse(line);
  const { tokens, first } = renderWholeAnswer(model, question, answer);
  process.stdout.write(`${JSON.stringify({ tokens: Array.from(tokens), first })}\n`);
}
await model.dispose();
