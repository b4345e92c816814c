/** What the model is told: one topic, in words that even a small model knows. */
export const TOLD = [
  'I love dogs.',
  'My dog plays with me in the park every day.',
  'Dogs are the best pets.',
  'I like to walk with my dog.',
  'We have a new puppy.',
] as const;

/** Says nothing about the topic. */
export const PROMPT = 'What is your favorite thing?';

/** Strong enough that the words of a small model change, and not only their probabilities. */
export const STRENGTH = 2;

export const MAX_TOKENS = 40;
