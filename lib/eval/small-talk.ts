/** What is said to the model in the small talk of `eval dialogue`: fourteen turns of an everyday kind. */
export const SMALL_TALK = [
  'hi there!',
  'how are you today?',
  'i just came home from work.',
  'it was a long day, i am a bit tired.',
  'what do you like to do in the evening?',
  'i think i will cook some pasta.',
  'do you like music?',
  'i listen to a lot of rock.',
  'have you seen a good movie lately?',
  'my sister is coming over on sunday.',
  'we want to take the dog to the park.',
  'do you think it will rain?',
  'thanks for the chat.',
  'good night!',
] as const;
