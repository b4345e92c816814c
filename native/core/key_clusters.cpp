#include "key_clusters.hpp"

#include "parallel.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

constexpr size_t sample_per_group = 48;
constexpr int rounds = 6;

float square_distance(const float * a, const float * b, size_t width) {
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < width; ++j) {
        const float off = a[j] - b[j];
        sum += off * off;
    }
    return sum;
}

void decode_key(std::span<const int8_t> keys, std::span<const float> scales, size_t row, std::span<float> out) {
    for (size_t j = 0; j < out.size(); ++j) {
        out[j] = scales[row] * static_cast<float>(keys[row * out.size() + j]);
    }
}

}  // namespace

size_t KeyClusters::nearest_centroid(std::span<const float> z) const {
    const size_t groups = centroids_.size() / z.size();
    size_t best = 0;
    float least = INFINITY;
    for (size_t group = 0; group < groups; ++group) {
        const float square = square_distance(z.data(), centroids_.data() + group * z.size(), z.size());
        if (square < least) {
            least = square;
            best = group;
        }
    }
    return best;
}

KeyClusters KeyClusters::group(std::span<const int8_t> keys, std::span<const float> scales, size_t width, int threads) {
    const size_t count = scales.size();
    const auto groups = std::max<size_t>(1, static_cast<size_t>(std::lround(std::sqrt(static_cast<double>(count)))));
    const size_t sample = std::min(count, groups * sample_per_group);
    KeyClusters clusters;
    clusters.centroids_.resize(groups * width);
    std::vector<float> row(width);
    // Evenly spread over the rows, as they came: texts told together do not share a start.
    for (size_t group = 0; group < groups; ++group) {
        decode_key(keys, scales, group * count / groups, std::span(clusters.centroids_).subspan(group * width, width));
    }
    std::vector<size_t> group_of(count);
    const auto assign = [&](size_t members, size_t step_count) {
        run_on_threads(threads, [&](int thread) {
            std::vector<float> z(width);
            for (auto i = static_cast<size_t>(thread); i < members; i += static_cast<size_t>(threads)) {
                const size_t key = i * step_count / members;
                decode_key(keys, scales, key, z);
                group_of[key] = clusters.nearest_centroid(z);
            }
        });
    };
    for (int round = 0; round < rounds; ++round) {
        assign(sample, count);
        std::vector<double> sums(groups * width, 0.0);
        std::vector<size_t> sizes(groups, 0);
        for (size_t i = 0; i < sample; ++i) {
            const size_t key = i * count / sample;
            decode_key(keys, scales, key, row);
            ++sizes[group_of[key]];
            for (size_t j = 0; j < width; ++j) {
                sums[group_of[key] * width + j] += static_cast<double>(row[j]);
            }
        }
        for (size_t group = 0; group < groups; ++group) {
            for (size_t j = 0; sizes[group] > 0 && j < width; ++j) {
                clusters.centroids_[group * width + j] = static_cast<float>(sums[group * width + j] / static_cast<double>(sizes[group]));
            }
        }
    }
    assign(count, count);
    clusters.begins_.assign(groups + 1, 0);
    for (const size_t group : group_of) {
        ++clusters.begins_[group + 1];
    }
    for (size_t group = 0; group < groups; ++group) {
        clusters.begins_[group + 1] += clusters.begins_[group];
    }
    clusters.order_.resize(count);
    std::vector<size_t> next(clusters.begins_.begin(), clusters.begins_.end() - 1);
    for (size_t key = 0; key < count; ++key) {
        clusters.order_[next[group_of[key]]++] = key;
    }
    return clusters;
}

std::vector<KeyClusters::Range> KeyClusters::nearest(std::span<const float> z, size_t most) const {
    const size_t groups = begins_.size() - 1;
    std::vector<std::pair<float, size_t>> by_distance(groups);
    for (size_t group = 0; group < groups; ++group) {
        by_distance[group] = {square_distance(z.data(), centroids_.data() + group * z.size(), z.size()), group};
    }
    const size_t count = std::min(most, groups);
    std::partial_sort(by_distance.begin(), by_distance.begin() + static_cast<std::ptrdiff_t>(count), by_distance.end());
    std::vector<Range> ranges;
    for (size_t i = 0; i < count; ++i) {
        const size_t group = by_distance[i].second;
        ranges.push_back({begins_[group], begins_[group + 1]});
    }
    return ranges;
}

}  // namespace graffiti
