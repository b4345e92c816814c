// Everyday sentences that say nothing in particular: what any user turn does to the head is measured on
// them and subtracted from what a told text does.
#pragma once

#include <array>

namespace graffiti {

constexpr std::array<const char *, 16> reference_sentences = {
    "Hello, how are you today?",
    "I went out for a while this morning.",
    "That sounds good to me.",
    "What do you think about it?",
    "I am not sure what to do next.",
    "It was a long day, but it is over now.",
    "Can you help me with something?",
    "We talked about it for some time.",
    "Thank you, that was very kind of you.",
    "I will come back a little later.",
    "She said that she would call me.",
    "They are going to be here soon.",
    "I like it when things are simple.",
    "There was nothing special about it.",
    "Tell me more about that, please.",
    "He did not want to wait any longer.",
};

}  // namespace graffiti
