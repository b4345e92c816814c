// The output head of a model as one affine map, read from the computation graph itself.
//
//   h   hidden state before the output norm, d floats
//   u   normed state before the gain: u = (h − m)/r, with m = 0 and r = √(mean(h²)+ε) for RMSNorm,
//       m = mean(h) and r = √(var(h)+ε) for LayerNorm
//   G   V×d: G[w] = f · g ⊙ W[w] (LayerNorm: minus its mean over d), f all scalar factors of the head
//   k   V: the part of the logits that does not depend on h (norm bias and output bias)
//   linear logits  l = G·u + k;   shown logits = cap·tanh(l/cap) when the head has a soft cap
//
// For any vector s added to h (LayerNorm: only its centred part P·s counts) the linear logits move by
// G·s/r. That is all the influence mathematics needs. SCIENCE: pre-norm injection is affine in s.
#pragma once

#include "stored_matrix.hpp"

#include <ggml.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace graffiti {

enum class Norm : uint8_t { rms, layer };

class OutputHead {
  public:
    // Walks back from the node `logits` ("result_output") of a built graph to the hidden state before
    // the norm. `stored`, which must outlive the head, is read where the output matrix cannot be. Throws
    // ERR_UNSUPPORTED_ARCHITECTURE naming `architecture` and the operation that does not fit.
    static OutputHead discover(const ggml_tensor * logits, const std::string & architecture, const StoredMatrix * stored = nullptr);

    const std::string & hidden_name() const { return hidden_name_; }  // graph node: h
    const std::string & normed_name() const { return normed_name_; }  // graph node: u after gain and norm bias
    Norm norm() const { return norm_; }
    int64_t width() const { return width_; }                   // d
    int64_t vocabulary() const { return vocabulary_; }         // V
    float softcap() const { return softcap_; }                 // 0 = none
    std::span<const float> offset() const { return offset_; }  // k, V floats, or empty when zero

    // r of the hidden state, in double.
    double scale_of(std::span<const float> hidden) const;

    // Writes u (d floats) for h and returns r.
    double normalise(std::span<const float> hidden, std::span<float> normed) const;

    // The state after the norm's gain and bias: g ⊙ u + b, what frameworks call the last hidden state.
    std::vector<double> after_norm(const std::vector<double> & normed) const;

    // Takes out of s what the norm would take out anyway (LayerNorm: its mean). In place.
    void centre(std::span<float> vector) const;

    // G[w], d floats.
    void row(int64_t word, std::span<float> row) const;

    // Calls visit(first word, rows) over all of G in blocks of rows (row-major, d floats each), on
    // `threads` threads at once: visit must be safe for disjoint blocks.
    void for_each_block(int threads, const std::function<void(int64_t first, std::span<const float> rows)> & visit) const;

    // G·s, V floats.
    std::vector<float> project(std::span<const float> vector, int threads) const;

    // Gᵀ·y in double, d values.
    std::vector<double> project_transposed(std::span<const float> weights, int threads) const;

    // The same for a vector added after the norm, where neither gain nor centring acts: f·W[w] instead of G[w].
    void row_after_norm(int64_t word, std::span<float> row) const;
    std::vector<float> project_after_norm(std::span<const float> vector, int threads) const;
    std::vector<double> project_after_norm_transposed(std::span<const float> weights, int threads) const;

    // Undoes and redoes the soft cap. Identity when there is none.
    float to_linear(float logit) const;
    float to_shown(float logit) const;

  private:
    OutputHead() = default;
    void for_each_stored_block(int threads, const std::function<void(int64_t first, std::span<float> rows)> & visit) const;
    template <typename ForEachBlock> std::vector<double> sum_rows(std::span<const float> weights, const ForEachBlock & for_each) const;
    void read_rows(int64_t first, int64_t count, std::vector<uint8_t> & raw, std::span<float> rows) const;
    void compute_offset(const std::vector<float> & output_bias);

    std::string hidden_name_;
    std::string normed_name_;
    Norm norm_ = Norm::rms;
    float epsilon_ = 0.0F;
    float softcap_ = 0.0F;
    float factor_ = 1.0F;  // f
    int64_t width_ = 0;
    int64_t vocabulary_ = 0;
    const ggml_tensor * weights_ = nullptr;  // W, owned by the model
    const uint8_t * rows_ = nullptr;         // its rows as stored, in host memory; null = on another device
    std::vector<float> gain_;                // g, empty = ones
    std::vector<float> norm_bias_;           // b, empty = zeros
    std::vector<float> offset_;              // k
};

}  // namespace graffiti
