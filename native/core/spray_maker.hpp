// Compiles memory vectors into a spray: weighs, normalises, projects to token biases, sets the strength.
#pragma once

#include "calibration.hpp"
#include "spray.hpp"
#include "writer.hpp"

#include <memory>
#include <vector>

namespace graffiti {

struct SprayRequest {
    Writer writer = Writer::gradient;
    std::vector<SpraySource> sources;  // weight and vector of each; centre is filled in here
    double target_kl = 0.042;          // κ: mean KL on the calibration rows at session strength 1, nats
    float kl_limit = 0.1F;             // per token
};

// Null when there is nothing to spray (no sources, or they cancel). The notebook writer keeps its
// published fixed strength of 0.2 and is added after the norm; all others are calibrated to target_kl.
std::shared_ptr<const Spray> make_spray(const Model & model, const Calibration & calibration, SprayRequest request, int threads);

}  // namespace graffiti
