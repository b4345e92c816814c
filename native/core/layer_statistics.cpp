#include "layer_statistics.hpp"

#include "error.hpp"

#include <algorithm>

namespace graffiti {

namespace {

constexpr double damping = 1.2e-7;  // λ = d·damping·σ_max: what single precision resolves

double largest_eigenvalue(const Matrix & lower) {
    const size_t n = lower.rows;
    const Eigenpairs pairs = largest_eigenpairs(n, 1, [&](std::span<const double> in, std::span<double> out) {
        std::fill(out.begin(), out.end(), 0.0);
        for (size_t i = 0; i < n; ++i) {
            const std::span<const double> row = lower.row(i);
            double sum = row[i] * in[i];
            for (size_t j = 0; j < i; ++j) {
                sum += row[j] * in[j];
                out[j] += row[j] * in[i];
            }
            out[i] += sum;
        }
    });
    return pairs.values.empty() ? 0.0 : pairs.values[0];
}

}  // namespace

void LayerStatistics::add_rest(std::span<const float> input, bool summed, int threads) {
    ++rest_count;
    rest_inputs.insert(rest_inputs.end(), input.begin(), input.end());
    if (summed && rest_inputs.size() >= 1024 * input.size()) {
        sum_up(input.size(), threads);
    }
}

void LayerStatistics::sum_up(size_t width, int threads) {
    if (sum.rows == 0) {
        sum = Matrix(width, width);
    }
    add_gram(sum, rest_inputs, threads);
    rest_inputs.clear();
}

ReferenceInverse::ReferenceInverse(const LayerStatistics & statistics, size_t width, int threads) : threads_(threads), target_(widen(statistics.target_inputs, width)) {
    const size_t rest = width == 0 ? 0 : statistics.rest_inputs.size() / width;
    dual_ = statistics.sum.rows == 0 && target_.rows + rest <= width;
    if (dual_) {
        all_ = Matrix(target_.rows + rest, width);
        std::copy(target_.values.begin(), target_.values.end(), all_.values.begin());
        std::copy(statistics.rest_inputs.begin(), statistics.rest_inputs.end(), all_.values.begin() + static_cast<std::ptrdiff_t>(target_.values.size()));
        factor_ = row_gram(all_, threads);
    } else {
        factor_ = statistics.sum.rows == 0 ? Matrix(width, width) : statistics.sum;
        add_gram(factor_, statistics.rest_inputs, threads);
        add_gram(factor_, statistics.target_inputs, threads);
    }
    lambda_ = std::max(static_cast<double>(width) * damping * largest_eigenvalue(factor_), 1e-30);
    for (size_t i = 0; i < factor_.rows; ++i) {
        factor_.at(i, i) += lambda_;
    }
    if (!factorise(factor_, threads)) {
        throw Error("ERR_NATIVE", "The statistics of a layer are not positive definite: it computes values that are not finite");
    }
    if (dual_) {
        half_ = Matrix(target_.rows, all_.rows);
        for (size_t i = 0; i < target_.rows; ++i) {
            half_.at(i, i) = 1.0;
        }
    } else {
        half_ = target_;
    }
    solve_lower(factor_, half_, threads);
}

void ReferenceInverse::leverage(std::span<const double> in, std::span<double> out) const {
    std::vector<double> middle(half_.columns, 0.0);
    for (size_t i = 0; i < half_.rows; ++i) {
        const std::span<const double> row = half_.row(i);
        for (size_t j = 0; j < row.size(); ++j) {
            middle[j] += in[i] * row[j];
        }
    }
    for (size_t i = 0; i < half_.rows; ++i) {
        const std::span<const double> row = half_.row(i);
        double sum = 0.0;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < row.size(); ++j) {
            sum += row[j] * middle[j];
        }
        out[i] = dual_ ? in[i] - lambda_ * sum : sum;
    }
}

double ReferenceInverse::total_leverage() const {
    double squares = 0.0;
    for (const double value : half_.values) {
        squares += value * value;
    }
    return dual_ ? static_cast<double>(half_.rows) - lambda_ * squares : squares;
}

Matrix ReferenceInverse::apply(const Matrix & combinations) const {
    if (!dual_) {
        Matrix rows = product(combinations, target_, threads_);
        solve_lower(factor_, rows, threads_);
        solve_upper(factor_, rows, threads_);
        return rows;
    }
    Matrix rows(combinations.rows, all_.rows);
    for (size_t i = 0; i < rows.rows; ++i) {
        std::copy(combinations.row(i).begin(), combinations.row(i).end(), rows.row(i).begin());
    }
    solve_lower(factor_, rows, threads_);
    solve_upper(factor_, rows, threads_);
    return product(rows, all_, threads_);
}

}  // namespace graffiti
