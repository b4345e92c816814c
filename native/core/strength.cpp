#include "strength.hpp"

#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

// KL of one position by LogitShaper's rules, from its base logits alone.
class RowKl {
  public:
    RowKl(const OutputHead & head, const Spray & spray) : head_(head), spray_(spray), base_(spray.bias.size()), final_(spray.bias.size()), exponentials_(spray.bias.size()) {
        for (const float value : spray.vector) {
            vector_power_ += static_cast<double>(value) * static_cast<double>(value) / static_cast<double>(spray.vector.size());
        }
    }

    double operator()(const CalibrationRow & row, float strength) {
        const bool capped = head_.softcap() != 0.0F;
        const bool undone = spray_.site == Site::pre_norm && spray_.undo_temperature;
        if (capped) {
            for (size_t w = 0; w < base_.size(); ++w) {
                base_[w] = head_.to_shown(row.logits[w] + row.level);
            }
        }
        const std::span<const float> base_row = capped ? base_ : row.logits;
        const float base_maximum = *std::max_element(base_row.begin(), base_row.end());
        const Moments base = exponentiate(base_row, base_maximum, spray_.bias, exponentials_);
        const double variance = std::max(0.0, base.bb - base.b * base.b);
        const double a = static_cast<double>(strength) * (undone ? std::pow(std::max(variance, gain_floor), -gain_exponent) : 1.0);
        double kl = 0.0;
        if (!capped && (undone || spray_.site == Site::post_norm)) {
            const float final_maximum = tilted_maximum(base_row, spray_.bias, static_cast<float>(a));
            const Moments tilted = exponentiate_tilted(base_row, final_maximum, spray_.bias, static_cast<float>(a), exponentials_);
            kl = a * tilted.b - (static_cast<double>(final_maximum) + std::log(tilted.z) - static_cast<double>(base_maximum) - std::log(base.z));
        } else {
            kl = divergence(row, base_row, static_cast<double>(base_maximum) + std::log(base.z), a, undone || spray_.site == Site::post_norm ? 1.0 : rho_of(row, a));
        }
        return std::max(0.0, undone && spray_.kl_limit > 0.0F ? std::min(kl, static_cast<double>(spray_.kl_limit)) : kl);
    }

  private:
    // KL of l1 = k + ((l0 − k) + a·b)/rho against l0, through the soft cap where there is one.
    double divergence(const CalibrationRow & row, std::span<const float> base, double base_log_z, double a, double rho) {
        const bool capped = head_.softcap() != 0.0F;
        float maximum = masked_logit;
        for (size_t w = 0; w < final_.size(); ++w) {
            const double k = head_.offset().empty() ? 0.0 : static_cast<double>(head_.offset()[w]);
            const double linear = static_cast<double>(row.logits[w]) + (capped ? static_cast<double>(row.level) : 0.0) - k;
            const auto sprayed = static_cast<float>(k + (linear + a * static_cast<double>(spray_.bias[w])) / rho);
            final_[w] = capped ? head_.to_shown(sprayed) : sprayed;
            maximum = std::max(maximum, final_[w]);
        }
        const Moments tilted = exponentiate(final_, maximum, spray_.bias, exponentials_);
        double shift = 0.0;
        for (size_t w = 0; w < final_.size(); ++w) {
            shift += static_cast<double>(exponentials_[w]) * (static_cast<double>(final_[w]) - static_cast<double>(base[w]));
        }
        return shift / tilted.z - (maximum + std::log(tilted.z) - base_log_z);
    }

    // r(h')/r(h) with h' = h + a·r(h)·v: rho² = 1 + 2a·⟨u, v⟩/d + a²·mean(v²)
    double rho_of(const CalibrationRow & row, double a) const {
        double product = 0.0;
        for (size_t j = 0; j < row.normed.size(); ++j) {
            product += static_cast<double>(row.normed[j]) * static_cast<double>(spray_.vector[j]) / static_cast<double>(row.normed.size());
        }
        return std::sqrt(std::max(1e-6, 1.0 + 2.0 * a * product + a * a * vector_power_));
    }

    const OutputHead & head_;
    const Spray & spray_;
    std::vector<float> base_;
    std::vector<float> final_;
    std::vector<float> exponentials_;
    double vector_power_ = 0.0;
};

}  // namespace

double mean_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, float strength) {
    RowKl kl(head, spray);
    double total = 0.0;
    for (const CalibrationRow & row : calibration.rows()) {
        total += kl(row, strength);
    }
    return total / static_cast<double>(calibration.rows().size());
}

float strength_for_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, double target) {
    // The logarithm of the KL is nearly a line over that of the strength, of slope 2 at first: a secant in a bracket. Every
    // step passes over all calibration rows, and every told text asks for one.
    constexpr double largest = 8.0;
    constexpr double close = 1e-4;  // of the KL, relative
    constexpr int most_steps = 16;
    double low = 0.0;
    double high = largest;
    double last = 0.0;
    double last_log = 0.0;
    double strength = 0.25;
    for (int step = 0; step < most_steps; ++step) {
        const double kl = mean_kl(calibration, head, spray, static_cast<float>(strength));
        if (std::abs(kl / target - 1.0) < close || (strength == largest && kl < target)) {
            break;
        }
        (kl < target ? low : high) = strength;
        const double log_kl = std::log(std::max(kl, 1e-30));
        double slope = 2.0;
        if (last > 0.0 && last != strength) {
            slope = std::clamp((log_kl - last_log) / std::log(strength / last), 0.25, 4.0);
        }
        last = strength;
        last_log = log_kl;
        const double next = strength * std::exp((std::log(target) - log_kl) / slope);
        const bool inside = next > low && (next < high || high == largest);
        strength = inside ? std::min(next, largest) : (low > 0.0 ? std::sqrt(low * high) : 0.5 * high);
    }
    return static_cast<float>(strength);
}

}  // namespace graffiti
