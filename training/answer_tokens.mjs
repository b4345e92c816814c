// Rows of questions and answers as a model's tokens, for teach.py: one JSON object a line, `tokens` and `first`, the
// index of the first token of the answer.
//
//   node --import tsx training/answer_tokens.mjs MODEL ROWS.jsonl > TOKENS.jsonl
//   node --import tsx training/answer_tokens.mjs MODEL > ORDINARY.jsonl
//
// Without rows: the ordinary text that ships with the package, without what `graffiti eval engram` measures by.
import { readFileSync } from 'node:fs';
import { ordinaryTexts } from '../lib/eval/index.js';
import { LoadedModel, renderWholeAnswer } from '../lib/model/index.js';

const [path, rows] = process.argv.slice(2);
const model = await LoadedModel.load({ model: path, device: 'cpu', threads: 1, sessions: 1 });
const texts =
  rows === undefined
    ? ordinaryTexts('learn')
    : readFileSync(rows, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line))
        .map(({ question, answer }) => ({ prompt: question, answer }));
for (const { prompt, answer } of texts) {
  const { tokens, first } = renderWholeAnswer(model, prompt, answer);
  process.stdout.write(`${JSON.stringify({ tokens: Array.from(tokens), first })}\n`);
}
await model.dispose();
