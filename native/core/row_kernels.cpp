#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

constexpr size_t block = 2048;  // elements summed in single precision before going to double

}  // namespace

float sanitise(std::span<float> logits) {
    float maximum = masked_logit;
    float * l = logits.data();
    const size_t count = logits.size();
#pragma omp simd reduction(max : maximum)
    for (size_t w = 0; w < count; ++w) {
        const float value = l[w] > masked_logit && l[w] < -masked_logit ? l[w] : masked_logit;
        l[w] = value;
        maximum = value > maximum ? value : maximum;
    }
    return maximum;
}

float derive_base(std::span<const float> injected, std::span<const float> offset, std::span<const float> bias, float rho, float strength, std::span<float> base) {
    float maximum = -INFINITY;
    const float * l1 = injected.data();
    const float * b = bias.data();
    float * l0 = base.data();
    const size_t count = injected.size();
    if (offset.empty()) {
#pragma omp simd reduction(max : maximum)
        for (size_t w = 0; w < count; ++w) {
            const float value = l1[w] * rho - strength * b[w];
            l0[w] = value;
            maximum = value > maximum ? value : maximum;
        }
    } else {
        const float * k = offset.data();
#pragma omp simd reduction(max : maximum)
        for (size_t w = 0; w < count; ++w) {
            const float value = k[w] + (l1[w] - k[w]) * rho - strength * b[w];
            l0[w] = value;
            maximum = value > maximum ? value : maximum;
        }
    }
    return maximum;
}

float tilted_maximum(std::span<const float> logits, std::span<const float> bias, float strength) {
    float maximum = -INFINITY;
    const float * l = logits.data();
    const float * b = bias.data();
    const size_t count = logits.size();
#pragma omp simd reduction(max : maximum)
    for (size_t w = 0; w < count; ++w) {
        const float value = l[w] + strength * b[w];
        maximum = value > maximum ? value : maximum;
    }
    return maximum;
}

Moments exponentiate(std::span<const float> logits, float maximum, std::span<const float> bias, std::span<float> exponentials) {
    return exponentiate_tilted(logits, maximum, bias, 0.0F, exponentials);
}

Moments exponentiate_tilted(std::span<const float> logits, float maximum, std::span<const float> bias, float strength, std::span<float> exponentials) {
    Moments moments;
    for (size_t begin = 0; begin < logits.size(); begin += block) {
        const size_t count = std::min(block, logits.size() - begin);
        const float * l = logits.data() + begin;
        const float * b = bias.data() + begin;
        float * e = exponentials.data() + begin;
        float z = 0.0F;
        float s1 = 0.0F;
        float s2 = 0.0F;
#pragma omp simd reduction(+ : z, s1, s2)
        for (size_t w = 0; w < count; ++w) {
            const float value = fast_exp(l[w] - maximum + strength * b[w]);
            e[w] = value;
            z += value;
            s1 += value * b[w];
            s2 += value * b[w] * b[w];
        }
        moments.z += static_cast<double>(z);
        moments.b += static_cast<double>(s1);
        moments.bb += static_cast<double>(s2);
    }
    moments.b /= moments.z;
    moments.bb /= moments.z;
    return moments;
}

void add_scaled(std::span<float> logits, std::span<const float> bias, float strength) {
    float * l = logits.data();
    const float * b = bias.data();
    const size_t count = logits.size();
#pragma omp simd
    for (size_t w = 0; w < count; ++w) {
        l[w] += strength * b[w];
    }
}

double log_sum_exp(std::span<const float> logits, float maximum) {
    double sum = 0.0;
    for (size_t begin = 0; begin < logits.size(); begin += block) {
        const size_t count = std::min(block, logits.size() - begin);
        const float * l = logits.data() + begin;
        float z = 0.0F;
#pragma omp simd reduction(+ : z)
        for (size_t w = 0; w < count; ++w) {
            z += fast_exp(l[w] - maximum);
        }
        sum += static_cast<double>(z);
    }
    return static_cast<double>(maximum) + std::log(sum);
}

Range change_range(std::span<const float> before, float before_scale, std::span<const float> after, float after_scale) {
    float low = 0.0F;
    float high = 0.0F;
    const float * p0 = before.data();
    const float * p1 = after.data();
    const size_t count = before.size();
#pragma omp simd reduction(min : low) reduction(max : high)
    for (size_t w = 0; w < count; ++w) {
        const float change = p1[w] * after_scale - p0[w] * before_scale;
        low = change < low ? change : low;
        high = change > high ? change : high;
    }
    return {low, high};
}

std::vector<int32_t> largest(std::span<const float> logits, size_t count) {
    std::vector<int32_t> best;
    if (count == 0) {
        return best;
    }
    const auto before = [&](float logit, int32_t other) { return logit > logits[static_cast<size_t>(other)]; };
    float least = masked_below;
    for (size_t w = 0; w < logits.size(); ++w) {
        if (logits[w] <= least) {
            continue;
        }
        best.insert(std::upper_bound(best.begin(), best.end(), logits[w], before), static_cast<int32_t>(w));
        if (best.size() > count) {
            best.pop_back();
        }
        if (best.size() == count) {
            least = logits[static_cast<size_t>(best.back())];
        }
    }
    return best;
}

int32_t index_of(std::span<const float> values, float value) {
    return static_cast<int32_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

}  // namespace graffiti
