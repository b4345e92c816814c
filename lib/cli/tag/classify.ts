import { RULES, type TaggedSentence } from '../../memory/index.js';
import { oneLine, Output } from '../output.js';
import type { TagOptions } from './command.js';

/** Shows the tags that the rules would give the sentences of a text. */
export function classify(text: string, options: TagOptions): void {
  const output = new Output(options);
  const sentences = RULES.classify(text) as readonly TaggedSentence[];
  output.object({ by: RULES.by, sentences });
  for (const { text: sentence, tags, importance } of sentences) {
    const shown = tags.length > 0 ? tags.join(', ') : 'no tags';
    output.line(`${oneLine(sentence)}  [${oneLine(shown)}]  importance ${importance.toFixed(1)}`);
  }
}
