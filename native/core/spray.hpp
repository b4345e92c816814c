// A compiled spray: what a session's memories amount to at the output head. Immutable once made; the
// engine swaps it between tokens, so memory and strength can change in the middle of a reply.
#pragma once

#include "graph_callback.hpp"

#include <cstdint>
#include <vector>

namespace graffiti {

struct SpraySource {
    int64_t id = 0;             // memory id; 0 = everything too small to be listed by itself
    float weight = 0.0F;        // ω_i, so that v = Σ ω_i·x_i
    std::vector<float> vector;  // x_i, d floats
    double centre = 0.0;        // the push an average word gets from this memory: ω_i·⟨ḡ, x_i⟩ (post-norm: ω_i·⟨f·Wᵀp̄, x_i⟩)
};

struct Spray {
    Site site = Site::pre_norm;
    // Pre-norm only. True: the logits become l0 + a_t·b, the temperature change that the longer hidden
    // state brings is undone. False: the logits are those the model computes from h'.
    bool undo_temperature = true;
    std::vector<float> vector;  // v, d floats; √(vᵀFv) = 1 except for the notebook preset
    std::vector<float> bias;    // b = G·v (pre-norm) or W·v (post-norm), V floats
    float strength = 0.0F;      // a at session strength 1
    float kl_limit = 0.1F;      // most KL(sprayed ‖ base) of one token, nats; 0 = no limit
    std::vector<SpraySource> sources;
};

// Exponent and floor of the per-token gain a_t = a·max(v_t, floor)^(−exponent), v_t = Var_{p_t}(b): tokens
// at which the spray would move much probability get less of it.
constexpr double gain_exponent = 0.25;
constexpr double gain_floor = 0.05;

}  // namespace graffiti
