#include "engram_forms.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

// exp of the entropy of the normalised eigenvalues (Roy and Vetterli 2007).
double effective_rank(const Matrix & lower) {
    const std::vector<double> values = eigenvalues(lower);
    double sum = 0.0;
    for (const double value : values) {
        sum += std::max(value, 0.0);
    }
    double entropy = 0.0;
    for (const double value : values) {
        const double p = std::max(value, 0.0) / std::max(sum, 1e-300);
        entropy -= p > 0.0 ? p * std::log(p) : 0.0;
    }
    return std::exp(entropy);
}

}  // namespace

LowRank filtered_engram(const ReferenceInverse & inverse, const Matrix & outputs, size_t reference_count, size_t rank, int threads) {
    const size_t n = outputs.rows;
    const double chance = static_cast<double>(n) / static_cast<double>(reference_count);
    const Eigenpairs pairs = largest_eigenpairs(n, std::max(rank, spectrum_values), [&](std::span<const double> in, std::span<double> out) { inverse.leverage(in, out); });
    LowRank result;
    result.spectrum.assign(pairs.values.begin(), pairs.values.begin() + static_cast<std::ptrdiff_t>(std::min(pairs.values.size(), spectrum_values)));
    while (result.kept < std::min(rank, pairs.values.size()) && pairs.values[result.kept] > chance) {
        ++result.kept;
    }
    Matrix directions(result.kept, n);  // Uᵀ, each row divided by s
    Matrix weighted(result.kept, n);    // Uᵀ, each row times φ/s
    for (size_t k = 0; k < result.kept; ++k) {
        const double g = pairs.values[k];
        const double phi = chance < 1.0 ? (g - chance) / (1.0 - chance) : 0.0;
        for (size_t i = 0; i < n; ++i) {
            directions.at(k, i) = pairs.vectors.at(k, i) / std::sqrt(g);
            weighted.at(k, i) = pairs.vectors.at(k, i) * phi / std::sqrt(g);
        }
    }
    result.a = inverse.apply(directions);
    result.b = product(transposed(outputs), transposed(weighted), threads);
    return result;
}

LowRank paper_engram(const ReferenceInverse & inverse, const Matrix & outputs) {
    LowRank result;
    const Eigenpairs pairs = largest_eigenpairs(outputs.rows, spectrum_values, [&](std::span<const double> in, std::span<double> out) { inverse.leverage(in, out); });
    result.spectrum = pairs.values;
    // Of rank n, or as the whole matrix where that is smaller.
    if (outputs.rows <= outputs.columns) {
        Matrix identity(outputs.rows, outputs.rows);
        for (size_t i = 0; i < identity.rows; ++i) {
            identity.at(i, i) = 1.0;
        }
        result.a = inverse.apply(identity);
        result.b = transposed(outputs);
    } else {
        result.a = inverse.apply(transposed(outputs));
        result.b = Matrix(outputs.columns, outputs.columns);
        for (size_t i = 0; i < result.b.rows; ++i) {
            result.b.at(i, i) = 1.0;
        }
    }
    result.kept = result.a.rows;
    return result;
}

// From the small matrices BᵀB and A·Aᵀ.
double norm_of(const LowRank & engram, int threads) {
    const Matrix b = transposed(engram.b);
    const Matrix left = product_transposed(b, b, threads);
    const Matrix right = product_transposed(engram.a, engram.a, threads);
    double sum = 0.0;
    for (size_t i = 0; i < left.values.size(); ++i) {
        sum += left.values[i] * right.values[i];
    }
    return std::sqrt(std::max(sum, 0.0));
}

double rank_share(const LayerStatistics & statistics, size_t width, int threads) {
    Matrix target(width, width);
    add_gram(target, statistics.target_inputs, threads);
    Matrix reference = statistics.sum.rows == 0 ? Matrix(width, width) : statistics.sum;
    add_gram(reference, statistics.rest_inputs, threads);
    add_gram(reference, statistics.target_inputs, threads);
    return effective_rank(target) / effective_rank(reference);
}

}  // namespace graffiti
