// The strength at which a spray moves the model by a given mean KL, found on the calibration rows.
#pragma once

#include "calibration.hpp"
#include "spray.hpp"

namespace graffiti {

// Mean over the calibration rows of min(KL_t, limit) at strength a: what the bisection holds at κ.
double mean_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, float strength);

// The strength at which mean_kl is `target` nats; the largest tried when the target is out of reach.
float strength_for_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, double target);

}  // namespace graffiti
