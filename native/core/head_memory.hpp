// What sleep leaves behind by default: for every position of a consolidated text a key and the token that followed.
// Where the present state is near a key, the token's probability rises; elsewhere the model is untouched.
//
//   d_j = ‖z − key_j‖² / (2·n·kept)     n: width of the features, kept: share of variance the components hold
//   w = softmax(−d/0.05) over the 8 nearest     λ = 0.98·e^{−d_min/τ}
//   p'(y) = (1 − λ)·p(y) + λ·Σ_j w_j·1[y_j = y]
// (kNN-LM, Khandelwal et al. 2020, with a gate that closes with distance.)
#pragma once

#include "head_features.hpp"
#include "key_clusters.hpp"
#include "key_space.hpp"

#include <llama.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace graffiti {

// Keys as they are stored: row i stands for scales[i]·keys[i·k …].
struct HeadRows {
    std::vector<int8_t> keys;
    std::vector<float> scales;
    std::vector<llama_token> tokens;
    std::vector<int64_t> sources;  // the memory each was told by

    size_t count() const { return tokens.size(); }
};

// z as int8 with one scale: the largest component becomes ±127. Returns the scale.
float quantise_key(std::span<const float> z, std::span<int8_t> out);

struct NearKey {
    size_t row;
    float distance;  // d
};

// λ of a nearest key at distance d; 0 where it is too small to matter.
float gate(float distance, float tau);

// w of the nearest keys, nearest first; they sum to 1.
std::vector<float> neighbour_weights(std::span<const NearKey> near);

class HeadMemory {
  public:
    // Above this many rows only the groups of keys nearest to the query are searched.
    static constexpr size_t most_searched_wholly = 4096;
    static constexpr size_t neighbours = 8;

    // Throws ERR_NATIVE where the arrays do not fit each other.
    HeadMemory(KeySpace space, HeadRows rows, float tau, int threads);

    size_t count() const { return rows_.count(); }
    const KeySpace & space() const { return space_; }
    float tau() const { return tau_; }
    // Only before a session has it: sessions read without a lock.
    void set_tau(float tau) { tau_ = tau; }
    const HeadRows & rows() const { return rows_; }

    // The nearest rows of z, nearest first, at most `neighbours`.
    std::vector<NearKey> nearest(std::span<const float> z) const;

  private:
    struct Candidate;
    void search(std::span<const uint8_t> query, float query_scale, float query_square, size_t begin, size_t end, std::vector<Candidate> & best) const;
    void group(int threads);
    float square_distance(std::span<const float> z, size_t row) const;

    KeySpace space_;
    HeadRows rows_;
    float tau_;
    std::vector<float> squares_;           // ‖key‖² of each row
    std::vector<int32_t> sums_;            // Σ of its components as stored
    std::optional<KeyClusters> clusters_;  // none: everything is searched. Rows are kept in the order of their groups
};

// The part of one memory in one prediction.
struct ConsolidatedShare {
    int64_t source;
    float weight;  // λ·w_j summed over its rows that name the token
};

// What the head memory says about one row, and what that does to the logits.
class HeadReading {
  public:
    void read(const HeadMemory & memory, std::span<const float> features);
    void silence() { share_ = 0.0F; }

    float share() const { return share_; }  // λ; 0 = silent

    // Makes the logits those of p' (up to a constant), and puts them back. `log_z`: log Σ e^l.
    void apply(std::span<float> logits, double log_z);
    void restore(std::span<float> logits) const;

    // log p' of a token whose log p is given.
    float logprob(llama_token token, float logprob) const;
    // Probability λ·w of the token, and the memories behind it, largest first.
    float weight_of(llama_token token) const;
    std::vector<ConsolidatedShare> sources_of(llama_token token) const;

  private:
    struct Voice {
        llama_token token;
        int64_t source;
        float weight;  // λ·w_j
    };
    struct Changed {
        llama_token token;
        float logit;  // before
    };
    float share_ = 0.0F;
    std::vector<float> z_;
    std::vector<Voice> voices_;
    std::vector<Changed> changed_;
};

}  // namespace graffiti
