// E of one weight matrix as a product of two thin ones, by both methods (engram.hpp).
#pragma once

#include "layer_statistics.hpp"

#include <vector>

namespace graffiti {

constexpr size_t spectrum_values = 64;

// E of one matrix as b·a.
struct LowRank {
    Matrix a;  // rank × inputs
    Matrix b;  // outputs × rank
    std::vector<double> spectrum;
    size_t kept = 0;
};

LowRank filtered_engram(const ReferenceInverse & inverse, const Matrix & outputs, size_t reference_count, size_t rank, int threads);
LowRank paper_engram(const ReferenceInverse & inverse, const Matrix & outputs);

// ‖B·A‖
double norm_of(const LowRank & engram, int threads);
// Effective rank of the target's inputs over that of the reference's.
double rank_share(const LayerStatistics & statistics, size_t width, int threads);

}  // namespace graffiti
