#include "head_governor.hpp"

#include "error.hpp"
#include "parallel.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace graffiti {

namespace {

constexpr int halvings = 24;

// What does not depend on the reach: how near the nearest key is, and what the neighbours give to the true word.
struct AnchorRow {
    double distance = INFINITY;
    double weight = 0.0;  // Σ w_j 1[y_j = y]
    double probability = 0.0;
};

double perplexity(std::span<const AnchorRow> rows, double tau) {
    double sum = 0.0;
    for (const AnchorRow & row : rows) {
        const double share = gate(static_cast<float>(row.distance), static_cast<float>(tau));
        sum -= std::log((1.0 - share) * row.probability + share * row.weight);
    }
    return std::exp(sum / static_cast<double>(rows.size()));
}

}  // namespace

GovernedReach govern_reach(
    const HeadMemory & memory, std::span<const float> features, std::span<const llama_token> tokens, std::span<const float> logprobs, double limit, int threads) {
    const size_t width = memory.space().width();
    if (tokens.empty() || features.size() != tokens.size() * width || logprobs.size() != tokens.size()) {
        throw Error("ERR_NATIVE", "The anchor rows do not fit the head memory");
    }
    std::vector<AnchorRow> rows(tokens.size());
    run_on_threads(threads, [&](int thread) {
        std::vector<float> z(memory.space().components());
        for (auto i = static_cast<size_t>(thread); i < rows.size(); i += static_cast<size_t>(threads)) {
            rows[i].probability = std::exp(static_cast<double>(logprobs[i]));
            memory.space().project(features.subspan(i * width, width), z);
            const std::vector<NearKey> near = memory.nearest(z);
            if (near.empty()) {
                continue;
            }
            rows[i].distance = static_cast<double>(near.front().distance);
            const std::vector<float> weights = neighbour_weights(near);
            for (size_t j = 0; j < near.size(); ++j) {
                rows[i].weight += memory.rows().tokens[near[j].row] == tokens[i] ? static_cast<double>(weights[j]) : 0.0;
            }
        }
    });
    GovernedReach reach{least_reach, perplexity(rows, 0.0), 0.0};
    const double highest = reach.anchor_before * (1.0 + limit);
    double low = static_cast<double>(least_reach);
    double high = static_cast<double>(most_reach);
    if (perplexity(rows, high) <= highest) {
        low = high;
    }
    for (int step = 0; step < halvings && low < high; ++step) {
        const double middle = std::sqrt(low * high);
        (perplexity(rows, middle) <= highest ? low : high) = middle;
    }
    reach.tau = static_cast<float>(low);
    reach.anchor_after = perplexity(rows, low);
    return reach;
}

}  // namespace graffiti
