// What the spray did to one row of logits, exactly.
//
//   l1  logits the model computed from the injected hidden state      l0  base logits, derived
//   rho = r(h')/r(h)      l0 = k + (l1 − k)·rho − a·b                 (pre-norm)
//                         l0 = l1 − a·b                               (post-norm)
//   final logits          l = l0 + a_t·b  (temperature undone)   or   l = l1
// What is added to a word's linear logit is linear in the memories: a_t·ω_i·⟨G_w − ḡ, x_i⟩ is memory i's part of
// it (a_t = a/rho where the temperature is not undone; W instead of G where v is added after the norm).
#pragma once

#include "graph_callback.hpp"
#include "output_head.hpp"
#include "spray.hpp"

#include <llama.h>

#include <span>
#include <utility>
#include <vector>

namespace graffiti {

struct Mover {
    llama_token token;
    float change;  // probability, sprayed minus base
};

struct SourceShare {
    int64_t id;
    float shift;  // nats of logit, relative to an average word; sums over sources to the token's
};

struct TokenInfluence {
    float kl = 0.0F;                   // KL(sprayed ‖ base) of the whole distribution, nats
    float shift = 0.0F;                // log-probability of the token, sprayed minus base, nats
    float ratio = 0.0F;                // ‖added‖/‖h‖
    float cosine = 0.0F;               // between h and the spray
    bool flipped = false;              // the most probable token changed
    std::vector<Mover> promoted;       // largest gains of probability, largest first
    std::vector<Mover> demoted;        // largest losses
    std::vector<SourceShare> sources;  // largest first
};

// Shapes rows of logits; holds the scratch rows so that no token allocates. One per thread.
class LogitShaper {
  public:
    explicit LogitShaper(const OutputHead & head) : head_(head) {}

    // Turns the model's logits l1 of a sprayed row into the final logits, in place.
    // `strength` is a (session strength × spray.strength), the one the row was injected with.
    void shape(std::span<float> logits, const Spray & spray, float strength, const RowResult & row);

    // For a row without a spray: only makes it finite, so that logprob() works.
    void pass_through(std::span<float> logits);

    // Log-probability of a word under the final logits.
    float logprob(llama_token token) const;

    // Figures of the row shaped last, for the token that was chosen from it.
    TokenInfluence influence(llama_token token, size_t movers, size_t sources) const;

    // Of the row shaped last: base log-probabilities need base() − base_log_z().
    std::span<const float> base() const { return base_; }
    double base_log_z() const { return base_log_z_; }
    double log_z() const { return log_z_; }
    double kl() const { return kl_; }

  private:
    void shape_capped(std::span<float> logits, const Spray & spray, float strength, bool undo);
    void compare(std::span<const float> logits, float base_maximum, float final_maximum, double z);
    void find_movers(size_t count, std::vector<Mover> & promoted, std::vector<Mover> & demoted) const;

    const OutputHead & head_;
    const Spray * spray_ = nullptr;
    std::span<const float> final_;
    std::vector<float> base_;      // l0, as the model would show it: behind the soft cap
    std::vector<float> linear_;    // l0 before the soft cap, only where there is one
    std::vector<float> exp_base_;  // e^{l0 − m}
    std::vector<float> exp_final_;
    double z_base_ = 1.0;
    double z_final_ = 1.0;
    double base_log_z_ = 0.0;
    double log_z_ = 0.0;
    double kl_ = 0.0;
    float token_strength_ = 0.0F;  // a_t: what one row of b got in this row of logits
    float ratio_ = 0.0F;
    float cosine_ = 0.0F;
    bool flipped_ = false;
};

}  // namespace graffiti
