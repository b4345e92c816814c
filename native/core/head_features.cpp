#include "head_features.hpp"

#include <algorithm>

namespace graffiti {

namespace {

constexpr float decay = 0.98F;         // γ
constexpr size_t lasting_words = 800;  // γ^800 = 1e-7

}  // namespace

WordTrail::WordTrail(const OutputHead & head) : head_(&head), sum_(static_cast<size_t>(head.width()), 0.0F), row_(sum_.size()) {}

void WordTrail::push(llama_token token) {
    head_->row(token, row_);
    for (size_t j = 0; j < sum_.size(); ++j) {
        sum_[j] = decay * sum_[j] + row_[j];
    }
    weight_ = static_cast<double>(decay) * weight_ + 1.0;
}

void WordTrail::restart(std::span<const llama_token> tokens) {
    std::fill(sum_.begin(), sum_.end(), 0.0F);
    weight_ = 0.0;
    for (const llama_token token : tokens.last(std::min(tokens.size(), lasting_words))) {
        push(token);
    }
}

void WordTrail::value(std::span<float> out) const {
    const auto inverse = static_cast<float>(weight_ > 0.0 ? 1.0 / weight_ : 0.0);
    for (size_t j = 0; j < sum_.size(); ++j) {
        out[j] = sum_[j] * inverse;
    }
}

void head_features(const OutputHead & head, std::span<const float> hidden, const WordTrail & trail, std::span<float> out) {
    const auto d = static_cast<size_t>(head.width());
    head.normalise(hidden, out.first(d));
    trail.value(out.last(d));
}

}  // namespace graffiti
