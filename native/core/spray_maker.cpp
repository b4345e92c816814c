#include "spray_maker.hpp"

#include "strength.hpp"

#include <cmath>

namespace graffiti {

namespace {

constexpr float notebook_strength = 0.2F;

// Σ_w p̄_w·(row of w), the row being what a vector added at this site is multiplied with.
std::vector<float> average_word(const OutputHead & head, const Calibration & calibration, Site site, int threads) {
    if (site == Site::pre_norm) {
        return calibration.mean_direction();
    }
    std::vector<float> probabilities(calibration.rarities());
    for (float & value : probabilities) {
        value = std::exp(-value);
    }
    const std::vector<double> direction = head.project_after_norm_transposed(probabilities, threads);
    return {direction.begin(), direction.end()};
}

}  // namespace

std::shared_ptr<const Spray> make_spray(const Model & model, const Calibration & calibration, SprayRequest request, int threads) {
    const OutputHead & head = model.head();
    const auto d = static_cast<size_t>(head.width());
    const bool notebook = request.writer == Writer::notebook;

    std::vector<double> sum(d, 0.0);
    for (const SpraySource & source : request.sources) {
        for (size_t j = 0; j < d; ++j) {
            sum[j] += static_cast<double>(source.weight) * static_cast<double>(source.vector[j]);
        }
    }
    const double norm = notebook ? 1.0 : calibration.fisher_norm(sum);
    double power = 0.0;
    for (const double value : sum) {
        power += value * value;
    }
    if (!(norm > 1e-12) || !(power > 1e-24)) {
        return nullptr;
    }

    auto spray = std::make_shared<Spray>();
    spray->site = notebook ? Site::post_norm : Site::pre_norm;
    spray->undo_temperature = request.writer == Writer::gradient || request.writer == Writer::random;
    spray->kl_limit = notebook ? 0.0F : request.kl_limit;
    spray->vector.resize(d);
    for (size_t j = 0; j < d; ++j) {
        spray->vector[j] = static_cast<float>(sum[j] / norm);
    }
    head.centre(spray->vector);
    spray->bias = notebook ? head.project_after_norm(spray->vector, threads) : head.project(spray->vector, threads);
    const std::vector<float> average = average_word(head, calibration, spray->site, threads);
    for (SpraySource & source : request.sources) {
        source.weight = static_cast<float>(static_cast<double>(source.weight) / norm);
        double centre = 0.0;
        for (size_t j = 0; j < d; ++j) {
            centre += static_cast<double>(average[j]) * static_cast<double>(source.vector[j]);
        }
        source.centre = static_cast<double>(source.weight) * centre;
        spray->sources.push_back(std::move(source));
    }
    spray->strength = notebook ? notebook_strength : strength_for_kl(calibration, head, *spray, request.target_kl);
    return spray;
}

}  // namespace graffiti
