// How far the head memory may reach without harm to ordinary text.
#pragma once

#include "head_memory.hpp"

#include <span>

namespace graffiti {

struct GovernedReach {
    float tau;             // the largest tried at which the limit holds
    double anchor_before;  // perplexity of the anchor text without the memory
    double anchor_after;   // and with it, at tau
};

// Finds the largest τ in [least_reach, most_reach] at which the perplexity of the anchor rows rises by at most `limit`
// (0.01 is 1 %), by bisection over the cached rows: no model runs. `features`, `tokens`, `logprobs`: of text that was not
// told, as record_head gives them.
GovernedReach govern_reach(
    const HeadMemory & memory, std::span<const float> features, std::span<const llama_token> tokens, std::span<const float> logprobs, double limit, int threads);

constexpr float least_reach = 0.002F;
constexpr float most_reach = 0.5F;

}  // namespace graffiti
