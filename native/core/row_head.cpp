#include "row_head.hpp"

#include "error.hpp"
#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

constexpr double least_share = 1e-3;  // what is below is not worth a word

}  // namespace

RowHead::RowHead(RowHeadValues values) : values_(std::move(values)) {
    const auto & [words, a, k, b] = values_;
    const bool fits = !words.empty() && !k.empty() && !a.empty() && a.size() % k.size() == 0 && b.size() == words.size() * k.size();
    const auto finite = [](const std::vector<float> & all) { return std::all_of(all.begin(), all.end(), [](float value) { return std::isfinite(value); }); };
    const bool ascending = std::adjacent_find(words.begin(), words.end(), [](llama_token one, llama_token next) { return one >= next; }) == words.end();
    if (!fits || !ascending || !finite(a) || !finite(k) || !finite(b)) {
        throw Error("ERR_NATIVE", "The arrays of a row head do not fit each other");
    }
}

void RowHead::shift(std::span<const float> features, std::span<float> delta) const {
    const size_t n = width();
    std::fill(delta.begin(), delta.end(), 0.0F);
    for (size_t unit = 0; unit < rank(); ++unit) {
        const float * weights = values_.a.data() + unit * n;
        float sum = values_.k[unit];
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < n; ++j) {
            sum += weights[j] * features[j];
        }
        if (sum > 0.0F) {
            add_scaled(delta, std::span(values_.b).subspan(unit * delta.size(), delta.size()), sum);
        }
    }
}

void RowReading::read(const RowHead & head, std::span<const float> features) {
    head_ = &head;
    delta_.resize(head.words().size());
    head.shift(features, delta_);
}

void RowReading::apply(std::span<float> logits, double log_z) {
    if (head_ == nullptr) {
        return;
    }
    const std::vector<llama_token> & words = head_->words();
    before_.resize(words.size());
    for (size_t i = 0; i < words.size(); ++i) {
        float & logit = logits[static_cast<size_t>(words[i])];
        before_[i] = logit;
        logit += delta_[i];
    }
    // Summed anew: what is left of the old sum without S may be smaller than its rounding.
    const double log_z_after = log_sum_exp(logits, *std::max_element(logits.begin(), logits.end()));
    log_z_shift_ = log_z_after - log_z;
    double gained = 0.0;
    double told = 0.0;
    for (size_t i = 0; i < words.size(); ++i) {
        const double before = std::exp(static_cast<double>(before_[i]) - log_z);
        const double after = std::exp(static_cast<double>(before_[i]) + static_cast<double>(delta_[i]) - log_z_after);
        told += before;
        gained += std::max(0.0, after - before);
    }
    gained += std::max(0.0, (1.0 - told) * std::expm1(-log_z_shift_));  // all other words move alike
    share_ = gained >= least_share ? static_cast<float>(std::min(gained, 1.0)) : 0.0F;
}

void RowReading::restore(std::span<float> logits) const {
    if (head_ == nullptr) {
        return;
    }
    for (size_t i = 0; i < before_.size(); ++i) {
        logits[static_cast<size_t>(head_->words()[i])] = before_[i];
    }
}

float RowReading::logprob(llama_token token, float logprob) const {
    if (head_ == nullptr) {
        return logprob;
    }
    const std::vector<llama_token> & words = head_->words();
    const auto found = std::lower_bound(words.begin(), words.end(), token);
    const bool told = found != words.end() && *found == token;
    const double delta = told ? static_cast<double>(delta_[static_cast<size_t>(found - words.begin())]) : 0.0;
    return static_cast<float>(static_cast<double>(logprob) + delta - log_z_shift_);
}

float RowReading::weight_of(llama_token token, float logprob) const {
    const double gained = std::exp(static_cast<double>(this->logprob(token, logprob))) - std::exp(static_cast<double>(logprob));
    return std::clamp(static_cast<float>(gained), 0.0F, share());
}

}  // namespace graffiti
