#include "checks.hpp"

#include "dense_algebra.hpp"
#include "engram.hpp"
#include "error.hpp"
#include "probe.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace graffiti::selftest {

namespace {

Matrix random_matrix(size_t rows, size_t columns, uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    Matrix matrix(rows, columns);
    std::generate(matrix.values.begin(), matrix.values.end(), [&] { return normal(random); });
    return matrix;
}

// A·Aᵀ + I, written plainly.
Matrix slow_square(const Matrix & a) {
    Matrix square(a.rows, a.rows);
    for (size_t i = 0; i < a.rows; ++i) {
        for (size_t j = 0; j < a.rows; ++j) {
            double sum = i == j ? 1.0 : 0.0;
            for (size_t k = 0; k < a.columns; ++k) {
                sum += a.at(i, k) * a.at(j, k);
            }
            square.at(i, j) = sum;
        }
    }
    return square;
}

double largest_difference(const Matrix & a, const Matrix & b) {
    double worst = a.values.size() == b.values.size() ? 0.0 : INFINITY;
    for (size_t i = 0; i < std::min(a.values.size(), b.values.size()); ++i) {
        worst = std::max(worst, std::abs(a.values[i] - b.values[i]));
    }
    return worst;
}

// Sizes that are no multiple of a block or of four rows, and more threads than rows.
void dense_algebra_is_that_of_the_definitions(Report & report) {
    double factor_error = 0.0;
    double solve_error = 0.0;
    double eigen_error = 0.0;
    for (const size_t n : {size_t{1}, size_t{3}, size_t{67}, size_t{131}}) {
        for (const int threads : {1, 3}) {
            const Matrix square = slow_square(random_matrix(n, n + 2, n));
            Matrix factor = square;
            const bool positive = factorise(factor, threads);
            factor_error = std::max(factor_error, positive ? largest_difference(product_transposed(factor, factor, threads), square) : INFINITY);
            const Matrix rows = random_matrix(5, n, n + 1);
            Matrix solved = rows;
            solve_lower(factor, solved, threads);
            solve_upper(factor, solved, threads);
            solve_error = std::max(solve_error, largest_difference(product(solved, square, threads), rows));
            const size_t wanted = std::min<size_t>(n, 4);
            const Eigenpairs pairs = largest_eigenpairs(n, wanted, [&](std::span<const double> in, std::span<double> out) {
                for (size_t i = 0; i < n; ++i) {
                    out[i] = 0.0;
                    for (size_t j = 0; j < n; ++j) {
                        out[i] += square.at(i, j) * in[j];
                    }
                }
            });
            std::vector<double> all = eigenvalues(square);
            std::sort(all.begin(), all.end(), std::greater<>());
            for (size_t k = 0; k < wanted; ++k) {
                eigen_error = std::max(eigen_error, std::abs(pairs.values[k] - all[k]) / all[0]);
            }
        }
    }
    report.at_most("L·Lᵀ against the matrix", factor_error, 1e-10);
    report.at_most("solutions put back in", solve_error, 1e-8);
    report.at_most("largest eigenvalues, by Lanczos and by Householder, relative", eigen_error, 1e-10);
    Matrix negative(2, 2);
    negative.at(0, 0) = 1.0;
    negative.at(1, 1) = -1.0;
    report.holds("a matrix that is not positive definite is refused", !factorise(negative, 1));
}

// E·x for a row of inputs.
std::vector<double> applied(const EngramWeight & engram, const float * x) {
    const size_t inputs = engram.weight.inputs;
    std::vector<double> out(engram.weight.outputs, 0.0);
    for (size_t k = 0; k < engram.rank; ++k) {
        double inner = 0.0;
        for (size_t j = 0; j < inputs; ++j) {
            inner += static_cast<double>(engram.a[k * inputs + j]) * static_cast<double>(x[j]);
        }
        for (size_t i = 0; i < out.size(); ++i) {
            out[i] += static_cast<double>(engram.b[i * engram.rank + k]) * inner;
        }
    }
    return out;
}

// With the target as the whole reference Σ_t = Σ, so the paper's E is W wherever the target has been: E·x = W·x.
void the_engram_of_everything_is_the_weight(Report & report, const Subject & subject) {
    const Model & model = *subject.model;
    const std::vector<llama_token> tokens = probe_tokens(model, subject.quick ? 24 : 64);
    EngramRequest request;
    request.target = {{tokens, 1}};
    request.weights = "^blk\\.0\\.ffn_down\\.weight$";
    request.method = EngramMethod::paper;
    const std::vector<EngramWeight> engrams = extract_engram(model, request, 256, 1, {});
    const std::vector<LayerRecord> records = record_layers(model, request.target, request.weights, 256, 1);
    const EngramWeight & engram = engrams[0];
    const LayerRecord & record = records[0];
    double worst = 0.0;
    double largest = 0.0;
    for (size_t row = 0; row < record.experts.size(); ++row) {
        const std::vector<double> out = applied(engram, record.inputs.data() + row * engram.weight.inputs);
        for (size_t i = 0; i < out.size(); ++i) {
            const auto truth = static_cast<double>(record.outputs[row * out.size() + i]);
            worst = std::max(worst, std::abs(out[i] - truth));
            largest = std::max(largest, std::abs(truth));
        }
    }
    report.at_least("positions recorded", static_cast<double>(record.experts.size()), static_cast<double>(tokens.size() - 2));
    report.at_most("E·x against W·x where the target is everything, relative", worst / largest, 1e-2, "the damping of the inverse");
}

void an_extraction_ends_when_told(Report & report, const Subject & subject) {
    const std::vector<llama_token> tokens = probe_tokens(*subject.model, 24);
    EngramRequest request;
    request.target = {{tokens, 1}};
    request.rest = {{tokens, 4}, {tokens, 8}};
    request.weights = "^blk\\.0\\.ffn_down\\.weight$";
    bool all = true;
    for (int allowed = 0; allowed < 4; ++allowed) {
        int left = allowed;
        try {
            extract_engram(*subject.model, request, 256, 1, [&](float) { return left-- > 0; });
            all = false;
        } catch (const Error & error) {
            all = all && std::string(error.code()) == "ERR_ABORTED";
        }
    }
    report.holds("aborted at each of its steps it ends as aborted", all);
}

}  // namespace

void check_engrams(Report & report, const Subject & subject) {
    report.begin("engram");
    dense_algebra_is_that_of_the_definitions(report);
    try {
        the_engram_of_everything_is_the_weight(report, subject);
        an_extraction_ends_when_told(report, subject);
    } catch (const Error & error) {
        if (std::string(error.code()) != "ERR_UNSUPPORTED_ARCHITECTURE") {
            throw;
        }
        report.skip("extraction", error.what());
    }
}

}  // namespace graffiti::selftest
