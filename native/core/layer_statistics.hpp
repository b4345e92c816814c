// What an extraction keeps of one weight matrix's inputs and outputs, and the inverse of Σ as the target sees it.
#pragma once

#include "dense_algebra.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace graffiti {

// What is recorded of one matrix. The rows of the rest are kept where they are fewer than the inputs, and summed up
// where they are more.
struct LayerStatistics {
    std::vector<float> target_inputs;
    std::vector<float> target_outputs;
    std::vector<float> rest_inputs;
    Matrix sum;  // Σ of the rest, lower triangle; empty where the rows are kept
    size_t rest_count = 0;

    void add_rest(std::span<const float> input, bool summed, int threads);
    void sum_up(size_t width, int threads);
};

// (Σ + λI)⁻¹ as the target's inputs see it: from Σ, or, where there are fewer tokens than inputs, from K = XXᵀ (engram.hpp).
class ReferenceInverse {
  public:
    // Throws ERR_NATIVE when the inputs are not finite.
    ReferenceInverse(const LayerStatistics & statistics, size_t width, int threads);

    bool dual() const { return dual_; }
    // X_t(Σ+λI)⁻¹X_tᵀ·v
    void leverage(std::span<const double> in, std::span<double> out) const;
    // The same matrix's trace.
    double total_leverage() const;
    // C·X_t·(Σ+λI)⁻¹ for rows C of weights of the target's tokens.
    Matrix apply(const Matrix & combinations) const;

  private:
    int threads_;
    bool dual_ = false;
    double lambda_ = 0.0;
    Matrix target_;  // X_t
    Matrix all_;     // X, the target first; dual only
    Matrix factor_;  // L of Σ + λI, or of K + λI
    Matrix half_;    // X_t·L⁻ᵀ, or S·L⁻ᵀ
};

}  // namespace graffiti
