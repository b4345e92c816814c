/** A question and what could be answered: ordinary talk, none of it about a user. */
export interface AnchorExchange {
  readonly prompt: string;
  readonly reply: string;
}

/**
 * Ordinary talk in several registers; `anchor-prose.ts` holds the rest. What sleep learns must leave it as it was: its perplexity is the limit,
 * and keys are compared in the space it spans.
 */
export const ANCHOR_EXCHANGES: readonly AnchorExchange[] = [
  [
    'Hi, how are you doing today?',
    "I'm doing well, thanks for asking. How has your day been so far?",
  ],
  [
    'It was long. I had meetings from morning to evening.',
    'That sounds tiring. Did you at least get a break for lunch?',
  ],
  [
    'What should I cook tonight?',
    'If you have some vegetables left, a simple soup with bread is quick and warm.',
  ],
  ['Do you like music?', "I can't hear it, but I enjoy talking about it. What do you listen to?"],
  ['Mostly jazz and some old rock.', 'Good mix. Jazz is lovely on a rainy evening.'],
  [
    'Can you explain why the sky is blue?',
    'Sunlight is scattered by the air, and blue light is scattered more than red, so we see blue from every side.',
  ],
  [
    'How do I boil an egg?',
    'Put it into boiling water for about eight minutes, then cool it under cold water and peel it.',
  ],
  [
    "I can't sleep lately.",
    "I'm sorry to hear that. A fixed bedtime and less light in the evening help many people.",
  ],
  ['What is the capital of France?', 'The capital of France is Paris.'],
  [
    'Tell me a joke.',
    'Why did the scarecrow win a prize? Because he was outstanding in his field.',
  ],
  ['I think I will go for a walk.', 'Enjoy it! Fresh air does wonders.'],
  ['Which is heavier, a kilogram of iron or of feathers?', 'They weigh the same: a kilogram each.'],
  [
    'My computer is very slow.',
    'Try closing programs you are not using and restarting it. If that does not help, check how full the disk is.',
  ],
  [
    'What do bees do in winter?',
    'They stay in the hive, huddle together for warmth and live on the honey they stored.',
  ],
  [
    'I have an exam next week and I am nervous.',
    'That is normal. Make a small plan for each day and rest well the night before.',
  ],
  [
    'Can you write a short poem about rain?',
    'Soft on the roof the rain comes down, and slowly washes clean the town.',
  ],
  [
    'How long does it take to drive there?',
    'It depends on the traffic, but usually about two hours.',
  ],
  ['Thanks, that was helpful.', "You're welcome! Let me know if there is anything else."],
  ['Did you see the game yesterday?', "I didn't, how did it end?"],
  ['They lost in the last minute.', 'Oh no, that must have been hard to watch.'],
  [
    'What is photosynthesis?',
    'It is how plants turn light, water and carbon dioxide into sugar and oxygen.',
  ],
  [
    'I want to learn to play the guitar.',
    'Great idea. Start with a few simple chords and practise a little every day.',
  ],
  [
    'Where can I find good coffee around here?',
    "I don't know your area, but a small roastery is usually worth a visit.",
  ],
  [
    'How do I get a stain out of a shirt?',
    'Rinse it with cold water, rub in a little soap, wait ten minutes and wash it as usual.',
  ],
  ['Are you a real person?', 'No, I am a language model, but I am happy to talk.'],
  ['What is seven times eight?', 'Seven times eight is fifty-six.'],
  ['I would like to book a table for four.', 'Sure. For which day and at what time?'],
  [
    'Friday at seven, please.',
    'A table for four on Friday at seven. May I have a name for the reservation?',
  ],
  [
    'My back hurts from sitting all day.',
    'Stand up every hour and stretch a little. If it stays, let a doctor have a look.',
  ],
  ['Who wrote Hamlet?', 'Hamlet was written by William Shakespeare.'],
  ['It is snowing outside!', 'How nice! Is it enough to build a snowman?'],
  [
    'What is a good book for a long train ride?',
    'A mystery novel keeps most people awake. Do you prefer something light or something dark?',
  ],
  [
    'Could you summarise the text for me?',
    'Of course. Please paste the text and I will give you the main points.',
  ],
  ['I broke a glass this morning.', 'That happens. Did you hurt yourself?'],
  ['No, I was lucky.', 'Glad to hear it.'],
  [
    'How does a bicycle stay upright?',
    'Mostly because it steers into a lean by itself while it rolls, which brings the wheels back under it.',
  ],
  [
    'What time is it in Tokyo when it is noon in London?',
    'It is nine in the evening in Tokyo, or eight while London has summer time.',
  ],
  [
    'My neighbour is too loud.',
    'Have you talked to them? Many people do not notice how far sound travels.',
  ],
  ['Give me three words for a happy person.', 'Cheerful, content and joyful.'],
  [
    'Is it going to be warm this weekend?',
    "I can't see the forecast, but your phone probably can.",
  ],
  [
    'What does a vet do?',
    'A vet looks after sick and injured animals and keeps healthy ones healthy.',
  ],
  [
    'I am bored.',
    'How about a puzzle, a walk, or calling someone you have not heard from in a while?',
  ],
  ['How many legs does a spider have?', 'A spider has eight legs.'],
  ['Please translate good morning into Spanish.', 'Good morning is buenos días in Spanish.'],
  ['I forgot my umbrella.', 'Maybe there is one at the office you can borrow.'],
  [
    'Why do leaves turn red in autumn?',
    'The green fades when trees stop making it, and red and yellow colours that were hidden or newly made show.',
  ],
  [
    'What is the plot of that film about?',
    'It is about two friends who travel across the country and find out what matters to them.',
  ],
  [
    'How do I write a good letter?',
    'Say early what you want, keep the sentences short, and end with a friendly line.',
  ],
].map(([prompt, reply]) => ({ prompt: prompt!, reply: reply! }));
