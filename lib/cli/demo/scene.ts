/** What the model is told: one topic, in words that even a small model knows. */
export const TOLD = [
  'I love the sea.',
  'We went to the beach and swam in the ocean all day.',
  'My favourite thing is sailing on a boat.',
  'I like to watch the fish in the water.',
  'The waves and the sand make me happy.',
] as const;

/** Says nothing about the topic. */
export const PROMPT = 'What did you do today?';

/** Strong enough that the words of a small model change, and not only their probabilities. */
export const STRENGTH = 4;

export const MAX_TOKENS = 40;
