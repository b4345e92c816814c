// The passes over one row of logits (V floats) that run for every token. Written so that the compiler
// vectorises them; sums are kept in blocks of single precision added up in double.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace graffiti {

// e^x for x in [-87, 88], relative error below 3e-7; values below -87 give about 1e-38, never zero or NaN.
inline float fast_exp(float x) {
    constexpr float log2_e = 1.44269504F;
    constexpr float ln2_high = 0.693359375F;  // ln 2 split in two, so that x − n·ln 2 loses nothing
    constexpr float ln2_low = -2.12194440e-4F;
    constexpr float to_integer = 12582912.0F;  // 1.5·2^23: adding it rounds to the nearest integer
    x = x < -87.0F ? -87.0F : x;
    x = x > 88.0F ? 88.0F : x;
    const float shifted = x * log2_e + to_integer;
    const float n = shifted - to_integer;
    const float r = (x - n * ln2_high) - n * ln2_low;
    float p = 1.9875691500e-4F;  // minimax polynomial of Cephes expf
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const uint32_t exponent = (std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(to_integer)) << 23U;
    return std::bit_cast<float>(std::bit_cast<uint32_t>(p) + exponent);
}

// Masked logits (−∞, NaN) become this: finite arithmetic everywhere, probability zero.
constexpr float masked_logit = -1e30F;
constexpr float masked_below = -1e20F;  // a masked logit stays far below this whatever is added or divided

// Replaces non-finite values by masked_logit and returns the largest value.
float sanitise(std::span<float> logits);

// l0 = k + (l1 − k)·rho − a·b, rho = r(h')/r(h). `offset` (k) may be empty. Returns the largest value.
float derive_base(std::span<const float> injected, std::span<const float> offset, std::span<const float> bias, float rho, float strength, std::span<float> base);

struct Moments {
    double z = 0.0;   // Σ e^{l − m}
    double b = 0.0;   // Σ e^{l − m}·b  / z
    double bb = 0.0;  // Σ e^{l − m}·b² / z
};

// exponentials[w] = e^{logits[w] − maximum}, and the moments of b under that distribution.
Moments exponentiate(std::span<const float> logits, float maximum, std::span<const float> bias, std::span<float> exponentials);

// Largest value of logits + strength·b.
float tilted_maximum(std::span<const float> logits, std::span<const float> bias, float strength);

// The same for logits + strength·b, without storing the tilted logits. `maximum`: their tilted_maximum.
Moments exponentiate_tilted(std::span<const float> logits, float maximum, std::span<const float> bias, float strength, std::span<float> exponentials);

// logits += strength·bias
void add_scaled(std::span<float> logits, std::span<const float> bias, float strength);

// The `count` largest, the largest first; of equals, the first. Masked ones are none of them.
std::vector<int32_t> largest(std::span<const float> logits, size_t count);

// log Σ e^l
double log_sum_exp(std::span<const float> logits, float maximum);

struct Range {
    float low = 0.0F;
    float high = 0.0F;
};

// Smallest and largest of after·after_scale − before·before_scale, and of 0.
Range change_range(std::span<const float> before, float before_scale, std::span<const float> after, float after_scale);

// Index of the first element equal to `value`, which must be one of them.
int32_t index_of(std::span<const float> values, float value);

}  // namespace graffiti
