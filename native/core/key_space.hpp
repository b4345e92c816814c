// The space in which the head memory compares: standardised features, reduced to their principal components.
//
//   z = P·((x − μ)/σ), P: k orthonormal rows that hold most of the variance of the rows it is fitted to
// P is applied in int8, one scale a row: every token reads all of it, and it competes with the weights for the caches.
// It is fitted to ordinary text only, never to what is told, so that forgetting a text leaves no trace in it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace graffiti {

class KeySpace {
  public:
    // `rows`: row-major, `width` floats each; at least 2. Components: at most `components`, fewer where the rows or the
    // width hold no more. Subspace iteration in double (Halko et al. 2011), deterministic.
    static KeySpace fit(std::span<const float> rows, size_t width, size_t components, int threads);

    size_t width() const { return mean_.size(); }
    size_t components() const { return components_; }
    // Share of the variance of the rows it was fitted to that the components keep.
    double kept() const { return kept_; }

    // Writes z, `components()` floats.
    void project(std::span<const float> features, std::span<float> out) const;

    // One flat array and back; throws ERR_NATIVE when it is none.
    std::vector<float> values() const;
    static KeySpace from_values(std::span<const float> values);

  private:
    KeySpace() = default;
    void quantise();

    size_t components_ = 0;
    double kept_ = 1.0;
    std::vector<float> mean_;        // μ
    std::vector<float> deviation_;   // σ
    std::vector<float> projection_;  // P, with 1/σ in it: k rows of `width`
    std::vector<int8_t> rows_;       // P: row c is scales_[c]·rows_[c·width …]
    std::vector<float> scales_;
};

}  // namespace graffiti
