#include "checks.hpp"

#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace graffiti::selftest {

namespace {

void fast_exp_is_close_to_exp(Report & report) {
    double worst = 0.0;
    constexpr int steps = 1 << 20;
    for (int i = 0; i <= steps; ++i) {
        const auto x = static_cast<float>(-87.0 + 175.0 * i / steps);
        const double truth = std::exp(static_cast<double>(x));
        worst = std::max(worst, std::abs(static_cast<double>(fast_exp(x)) / truth - 1.0));
    }
    report.at_most("fast_exp over [-87, 88], relative", worst, 3e-7);
    double small = 0.0;  // around zero, where the largest logits of a row are
    for (int i = -4096; i <= 4096; ++i) {
        const float x = static_cast<float>(i) * 0x1.0p-14F;
        small = std::max(small, std::abs(static_cast<double>(fast_exp(x)) / std::exp(static_cast<double>(x)) - 1.0));
    }
    report.at_most("fast_exp around 0, relative", small, 2e-7);
    bool sane = true;
    for (const float x : {-87.5F, -1e4F, -1e30F, -2e30F}) {
        const float value = fast_exp(x);
        sane = sane && value > 0.0F && value < 2e-38F;
    }
    sane = sane && std::isfinite(fast_exp(1e30F)) && fast_exp(0.0F) == 1.0F;
    report.holds("fast_exp beyond its range: tiny, positive, finite", sane);
}

struct Row {
    std::vector<float> logits;
    std::vector<float> bias;
    std::vector<float> offset;
    std::vector<bool> masked;
};

Row random_row(size_t count, uint64_t seed, bool with_masks) {
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal;
    Row row;
    for (size_t w = 0; w < count; ++w) {
        row.logits.push_back(4.0F * normal(random) - 3.0F);
        row.bias.push_back(normal(random));
        row.offset.push_back(0.5F * normal(random));
        row.masked.push_back(with_masks && random() % 5 == 0);
        if (row.masked.back()) {
            constexpr float infinity = std::numeric_limits<float>::infinity();
            const float kinds[] = {-infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), infinity};
            row.logits.back() = kinds[random() % 4];
        }
    }
    return row;
}

struct SlowMoments {
    double log_z = 0.0;
    double b = 0.0;
    double bb = 0.0;
};

// Over the words that are not masked, logits + strength·b, in double.
SlowMoments slow_moments(const Row & row, const std::vector<float> & logits, double strength) {
    double maximum = -1e300;
    for (size_t w = 0; w < logits.size(); ++w) {
        if (!row.masked[w]) {
            maximum = std::max(maximum, logits[w] + strength * row.bias[w]);
        }
    }
    double z = 0.0;
    SlowMoments moments;
    for (size_t w = 0; w < logits.size(); ++w) {
        if (!row.masked[w]) {
            const double e = std::exp(logits[w] + strength * row.bias[w] - maximum);
            z += e;
            moments.b += e * row.bias[w];
            moments.bb += e * static_cast<double>(row.bias[w]) * row.bias[w];
        }
    }
    moments.log_z = maximum + std::log(z);
    moments.b /= z;
    moments.bb /= z;
    return moments;
}

// Worst deviation of each kernel from the slow reference, over all rows tried.
struct Worst {
    bool sanitised = true;
    bool masked_stay = true;
    bool maxima = true;
    double log_z = 0.0;
    double moments = 0.0;
    double kl = 0.0;
    double base = 0.0;
    double sum = 0.0;
    double range = 0.0;
};

void worsen(double & worst, double error) {
    worst = error > worst || std::isnan(error) ? error : worst;
}

void compare_moments(const Row & row, float maximum, Worst & worst) {
    std::vector<float> exponentials(row.logits.size());
    const SlowMoments slow_base = slow_moments(row, row.logits, 0.0);
    const Moments base = exponentiate(row.logits, maximum, row.bias, exponentials);
    worsen(worst.log_z, std::abs(log_sum_exp(row.logits, maximum) - slow_base.log_z));
    for (const float strength : {0.0F, 0.7F, -1.3F}) {
        const auto a = static_cast<double>(strength);
        const SlowMoments slow = slow_moments(row, row.logits, a);
        const Moments fast = strength == 0.0F ? base : exponentiate_tilted(row.logits, maximum, row.bias, strength, exponentials);
        worsen(worst.log_z, std::abs(static_cast<double>(maximum) + std::log(fast.z) - slow.log_z));
        worsen(worst.moments, std::max(std::abs(fast.b - slow.b), std::abs(fast.bb - slow.bb)));
        for (size_t w = 0; w < row.logits.size(); ++w) {
            const double truth = row.masked[w] ? 0.0 : std::exp(row.logits[w] + a * row.bias[w] - static_cast<double>(maximum));
            worsen(worst.moments, std::abs(static_cast<double>(exponentials[w]) - truth) / std::max(1.0, truth));
        }
        // KL(tilted ‖ base) = a·E_tilted[b] − (log z_tilted − log z_base)
        worsen(worst.kl, std::abs(a * fast.b - std::log(fast.z / base.z) - (a * slow.b - (slow.log_z - slow_base.log_z))));
    }
}

// The logits and the bias stand for two rows of probabilities.
void compare_change_range(const Row & row, Worst & worst) {
    constexpr float before_scale = 0.75F;
    constexpr float after_scale = 1.5F;
    double low = 0.0;
    double high = 0.0;
    for (size_t w = 0; w < row.bias.size(); ++w) {
        const double change = static_cast<double>(row.offset[w]) * after_scale - static_cast<double>(row.bias[w]) * before_scale;
        low = std::min(low, change);
        high = std::max(high, change);
    }
    const Range range = change_range(row.bias, before_scale, row.offset, after_scale);
    worsen(worst.range, std::max(std::abs(range.low - low), std::abs(range.high - high)));
    const std::vector<float> risen(row.bias.size(), 2.0F);
    const Range none = change_range(risen, 1.0F, risen, 1.0F);
    worsen(worst.range, static_cast<double>(none.high - none.low));
}

// From a base row to the injected one and back.
void compare_derived_base(const Row & row, bool with_offset, Worst & worst) {
    constexpr float strength = 0.6F;
    constexpr float rho = 1.25F;
    const size_t count = row.logits.size();
    std::vector<float> injected(count);
    for (size_t w = 0; w < count; ++w) {
        const double k = with_offset ? static_cast<double>(row.offset[w]) : 0.0;
        injected[w] = row.masked[w] ? masked_logit : static_cast<float>(k + (row.logits[w] - k + strength * static_cast<double>(row.bias[w])) / static_cast<double>(rho));
    }
    std::vector<float> base(count);
    const float maximum = derive_base(injected, with_offset ? std::span<const float>(row.offset) : std::span<const float>{}, row.bias, rho, strength, base);
    worst.maxima = worst.maxima && maximum == *std::max_element(base.begin(), base.end());
    for (size_t w = 0; w < count; ++w) {
        if (row.masked[w]) {
            worst.masked_stay = worst.masked_stay && std::isfinite(base[w]) && base[w] < -1e29F;
        } else {
            worsen(worst.base, std::abs(static_cast<double>(base[w]) - static_cast<double>(row.logits[w])));
        }
    }
}

void compare_row(Row row, Worst & worst) {
    const size_t count = row.logits.size();
    const float maximum = sanitise(row.logits);
    float slow_maximum = masked_logit;
    for (size_t w = 0; w < count; ++w) {
        slow_maximum = row.masked[w] ? slow_maximum : std::max(slow_maximum, row.logits[w]);
        worst.sanitised = worst.sanitised && (row.logits[w] == masked_logit) == row.masked[w];
    }
    worst.maxima = worst.maxima && maximum == slow_maximum && row.logits[static_cast<size_t>(index_of(row.logits, maximum))] == maximum;
    compare_moments(row, maximum, worst);
    compare_derived_base(row, false, worst);
    compare_derived_base(row, true, worst);
    compare_change_range(row, worst);

    constexpr float strength = -0.6F;
    std::vector<float> sum(row.logits);
    const float sum_maximum = tilted_maximum(sum, row.bias, strength);
    add_scaled(sum, row.bias, strength);
    worst.maxima = worst.maxima && sum_maximum == *std::max_element(sum.begin(), sum.end());
    for (size_t w = 0; w < count; ++w) {
        if (!row.masked[w]) {
            worsen(worst.sum, std::abs(static_cast<double>(sum[w]) - (static_cast<double>(row.logits[w]) + static_cast<double>(strength) * static_cast<double>(row.bias[w]))));
        }
    }
}

void row_kernels_equal_slow_sums(Report & report) {
    Worst worst;
    // Odd sizes leave remainders to the vectorised loops; more than 2,048 crosses their blocks.
    for (const size_t count : {1U, 7U, 512U, 5003U, 50257U}) {
        for (const bool masks : {false, true}) {
            Row row = random_row(count, 11 + count, masks);
            row.masked[count / 2] = false;  // a row without any word has no distribution
            row.logits[count / 2] = 1.0F;
            compare_row(std::move(row), worst);
        }
    }
    report.holds("sanitise masks -inf, inf and NaN and nothing else", worst.sanitised);
    report.holds("every kernel returns the largest of its row", worst.maxima);
    report.holds("masked words stay masked in the derived base", worst.masked_stay);
    report.at_most("log z against a slow sum in double", worst.log_z, 5e-6);
    report.at_most("moments and exponentials against slow sums", worst.moments, 5e-6);
    report.at_most("KL against a slow sum", worst.kl, 5e-6);
    report.at_most("derive_base undoes an injection", worst.base, 2e-5);
    report.at_most("change_range against a slow search", worst.range, 2e-6);
    report.at_most("add_scaled against a slow sum", worst.sum, 2e-6);
}

}  // namespace

void check_kernels(Report & report) {
    report.begin("kernels");
    fast_exp_is_close_to_exp(report);
    row_kernels_equal_slow_sums(report);
}

}  // namespace graffiti::selftest
