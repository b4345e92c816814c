// What sleep leaves behind with the method "weights": a small net that changes the output layer's rows of the words that
// were told, and no others.
//
//   δ_S = B·relu(A·x + k)     x = [u ; c] of head_features.hpp, n = 2d;  A: r×n, k: r, B: |S|×r;  S: words that were told
//   l'_v = l_v + δ_v for v in S, l_v elsewhere
// l are the logits that would be sampled from without it, a spray included: they come first and stay exact.
#pragma once

#include "output_head.hpp"

#include <llama.h>

#include <cstdint>
#include <span>
#include <vector>

namespace graffiti {

struct RowHeadValues {
    std::vector<llama_token> words;  // S, ascending
    std::vector<float> a;            // A, a row for each hidden unit
    std::vector<float> k;
    std::vector<float> b;  // Bᵀ: |S| values for each hidden unit
};

class RowHead {
  public:
    // Throws ERR_NATIVE where the arrays do not fit each other, or hold what is no number.
    explicit RowHead(RowHeadValues values);

    size_t rank() const { return values_.k.size(); }            // r
    size_t width() const { return values_.a.size() / rank(); }  // n
    const std::vector<llama_token> & words() const { return values_.words; }
    const RowHeadValues & values() const { return values_; }

    // Writes δ, words().size() floats.
    void shift(std::span<const float> features, std::span<float> delta) const;

  private:
    RowHeadValues values_;
};

// What a row head does to one row of logits.
class RowReading {
  public:
    void read(const RowHead & head, std::span<const float> features);
    void silence() { head_ = nullptr; }

    // Adds δ, and takes it back bit by bit. `log_z`: log Σ e^l before.
    void apply(std::span<float> logits, double log_z);
    void restore(std::span<float> logits) const;

    // Of the row applied last:
    // the probability it moved, Σ_v max(0, p'_v − p_v);
    float share() const { return head_ == nullptr ? 0.0F : share_; }
    // log p' of a token whose log p is given;
    float logprob(llama_token token, float logprob) const;
    // what the token gained, max(0, p' − p), at most share(); `logprob`: its log p.
    float weight_of(llama_token token, float logprob) const;

  private:
    const RowHead * head_ = nullptr;
    std::vector<float> delta_;
    std::vector<float> before_;  // logits of S
    double log_z_shift_ = 0.0;   // log Z' − log Z
    float share_ = 0.0F;
};

}  // namespace graffiti
