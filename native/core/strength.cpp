#include "strength.hpp"

#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

// KL of the calibration rows by LogitShaper's rules, from their base logits alone. What does not depend on the strength is
// computed once.
class RowKl {
  public:
    RowKl(const std::vector<CalibrationRow> & rows, const OutputHead & head, const Spray & spray)
        : rows_(rows), head_(head), spray_(spray), base_(spray.bias.size()), final_(spray.bias.size()), exponentials_(spray.bias.size()) {
        for (const float value : spray.vector) {
            vector_power_ += static_cast<double>(value) * static_cast<double>(value) / static_cast<double>(spray.vector.size());
        }
        moments_.reserve(rows.size());
        for (const CalibrationRow & row : rows) {
            const std::span<const float> base = base_row(row);
            const float maximum = *std::max_element(base.begin(), base.end());
            const Moments moments = exponentiate(base, maximum, spray.bias, exponentials_);
            const double variance = std::max(0.0, moments.bb - moments.b * moments.b);
            const double gain = undone() ? std::pow(std::max(variance, gain_floor), -gain_exponent) : 1.0;
            moments_.push_back({static_cast<double>(maximum) + std::log(moments.z), gain});
            second_order_ += 0.5 * gain * gain * variance / static_cast<double>(rows.size());
        }
    }

    // Mean KL at `strength`.
    double mean(float strength) {
        double total = 0.0;
        for (size_t i = 0; i < rows_.size(); ++i) {
            total += at(i, strength);
        }
        return total / static_cast<double>(rows_.size());
    }

    // The strength of that mean KL where KL = ½·a²·Var_p(b), as it is for small ones; 0 when no strength moves anything.
    double strength_of(double target) const { return second_order_ > 0.0 ? std::sqrt(target / second_order_) : 0.0; }

  private:
    struct BaseMoments {
        double log_z;
        double gain;  // max(Var_p(b), floor)^(−exponent), 1 where the temperature is not undone
    };

    bool undone() const { return spray_.site == Site::pre_norm && spray_.undo_temperature; }

    // The row's logits as the model shows them. Valid until the next call.
    std::span<const float> base_row(const CalibrationRow & row) {
        if (head_.softcap() == 0.0F) {
            return row.logits;
        }
        for (size_t w = 0; w < base_.size(); ++w) {
            base_[w] = head_.to_shown(row.logits[w] + row.level);
        }
        return base_;
    }

    double at(size_t index, float strength) {
        const CalibrationRow & row = rows_[index];
        const auto [log_z, gain] = moments_[index];
        const bool exact = undone() || spray_.site == Site::post_norm;
        const double a = static_cast<double>(strength) * gain;
        double kl = 0.0;
        if (head_.softcap() == 0.0F && exact) {
            const float maximum = tilted_maximum(row.logits, spray_.bias, static_cast<float>(a));
            const Moments tilted = exponentiate_tilted(row.logits, maximum, spray_.bias, static_cast<float>(a), exponentials_);
            kl = a * tilted.b - (static_cast<double>(maximum) + std::log(tilted.z) - log_z);
        } else {
            kl = divergence(row, base_row(row), log_z, a, exact ? 1.0 : rho_of(row, a));
        }
        return std::max(0.0, undone() && spray_.kl_limit > 0.0F ? std::min(kl, static_cast<double>(spray_.kl_limit)) : kl);
    }

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

    const std::vector<CalibrationRow> & rows_;
    const OutputHead & head_;
    const Spray & spray_;
    std::vector<BaseMoments> moments_;
    std::vector<float> base_;
    std::vector<float> final_;
    std::vector<float> exponentials_;
    double vector_power_ = 0.0;
    double second_order_ = 0.0;  // mean of ½·gain²·Var_p(b)
};

}  // namespace

double mean_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, float strength) {
    return RowKl(calibration.rows(), head, spray).mean(strength);
}

float strength_for_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, double target) {
    // The logarithm of the KL is nearly a line over that of the strength, of slope 2 at first: a secant in a bracket, from
    // where the line would have it. Every step passes over all calibration rows, and every told text asks for one.
    constexpr double largest = 8.0;
    constexpr double close = 1e-4;  // of the KL, relative
    constexpr int most_steps = 16;
    double low = 0.0;
    double high = largest;
    double last = 0.0;
    double last_log = 0.0;
    RowKl rows(calibration.rows(), head, spray);
    double strength = std::clamp(rows.strength_of(target), 0.01, largest);
    for (int step = 0; step < most_steps; ++step) {
        const double kl = rows.mean(static_cast<float>(strength));
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
