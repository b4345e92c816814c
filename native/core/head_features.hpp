// What a key of the head memory is made of, for one position of a text: the state in which the model predicts the
// next token, and the words it comes from.
//
//   x = [u ; c]    u = the normed hidden state before the gain, d floats
//                  c = Σ_k γ^k·G[x_{t−k}] / Σ_k γ^k, γ = 0.98: the head's rows of the words so far, d floats
// (kNN-LM, Khandelwal et al. 2020, uses u alone; c tells apart texts whose states are alike.)
#pragma once

#include "output_head.hpp"

#include <llama.h>

#include <span>
#include <vector>

namespace graffiti {

// c of a text that grows token by token. Copies are independent.
class WordTrail {
  public:
    explicit WordTrail(const OutputHead & head);

    void push(llama_token token);
    // Of the last words of a text: those before weigh less than a float resolves.
    void restart(std::span<const llama_token> tokens);

    // Writes c, d floats; zeros when nothing was pushed.
    void value(std::span<float> out) const;

  private:
    const OutputHead * head_;
    std::vector<float> sum_;  // Σ γ^k G[x]
    double weight_ = 0.0;     // Σ γ^k
    std::vector<float> row_;
};

// x, 2d floats, of a row with hidden state h.
void head_features(const OutputHead & head, std::span<const float> hidden, const WordTrail & trail, std::span<float> out);

}  // namespace graffiti
