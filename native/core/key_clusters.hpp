// Keys grouped around centroids, so that a search reads only the groups near to the query (Sivic and Zisserman 2003).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace graffiti {

class KeyClusters {
  public:
    // Groups `count` keys of `width` components; √count groups, k-means on a sample. Deterministic.
    static KeyClusters group(std::span<const int8_t> keys, std::span<const float> scales, size_t width, int threads);

    // Keys in the order of their groups: order()[i] is the number of the i-th.
    const std::vector<size_t> & order() const { return order_; }

    struct Range {
        size_t begin;
        size_t end;  // of order()
    };
    // The `most` groups whose centroids are nearest to z.
    std::vector<Range> nearest(std::span<const float> z, size_t most) const;

  private:
    size_t nearest_centroid(std::span<const float> z) const;

    std::vector<float> centroids_;
    std::vector<size_t> begins_;
    std::vector<size_t> order_;
};

}  // namespace graffiti
