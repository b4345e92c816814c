// The figures of LogitShaper beside a slow reference in double precision: the real unsprayed run instead
// of the derived base, plain sums instead of kernels.
#pragma once

#include "checks.hpp"
#include "probe.hpp"

#include "influence.hpp"

#include <string>

namespace graffiti::selftest {

struct FigureErrors {
    double base = 0.0;        // largest |derived − true| base log-probability of words of p > 1e-6
    double final = 0.0;       // largest error of the final log-probabilities against base and spray
    double shift = 0.0;       // largest error of a token's shift, nats
    double kl = 0.0;          // mean error of KL(final ‖ base), nats
    double geometry = 0.0;    // largest error of ratio and cosine
    double movers = 0.0;      // largest error of a promoted or demoted change of probability
    double mean_kl = 0.0;     // for scale
    double largest_kl = 0.0;  // reported
    double largest_shift = 0.0;
    size_t wrong_flips = 0;  // rows whose flipped flag is wrong though the two best words are well apart
    size_t flips = 0;
    size_t rows = 0;

    // Shapes `sprayed` (the model's logits of an injected row) and compares; `plain` is the same row of an
    // unsprayed run. `strength` is the one the row was injected with.
    void add(const OutputHead & head, const Spray & spray, float strength, const ProbeRow & plain, const ProbeRow & sprayed);

    void report(Report & report, const std::string & name, const Noise & noise, bool limited);
};

// A spray of one vector, its biases computed by the head.
Spray simple_spray(const OutputHead & head, std::vector<float> vector, Site site, bool undo_temperature, float kl_limit);

}  // namespace graffiti::selftest
