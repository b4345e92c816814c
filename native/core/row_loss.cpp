#include "row_loss.hpp"

#include "products.hpp"
#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <type_traits>

namespace graffiti {

namespace {

template <typename Real> Real exponential(Real x) {
    if constexpr (std::is_same_v<Real, float>) {
        return fast_exp(x);
    } else {
        return std::exp(x);
    }
}

// e^{l + δ − m} to `out`, m = max(b, l + δ); returns log Z'. `shift` may be null.
template <typename Real> double exponentials(std::span<const Real> logits, const Real * shift, Real rest, std::span<Real> out) {
    Real largest = rest;
    for (size_t v = 0; v < out.size(); ++v) {
        out[v] = shift == nullptr ? logits[v] : logits[v] + shift[v];
    }
    const Real * values = out.data();
#pragma omp simd reduction(max : largest)
    for (size_t v = 0; v < logits.size(); ++v) {
        largest = values[v] > largest ? values[v] : largest;
    }
    Real sum = exponential(rest - largest);
    Real * powers = out.data();
#pragma omp simd reduction(+ : sum)
    for (size_t v = 0; v < logits.size(); ++v) {
        powers[v] = exponential(powers[v] - largest);
        sum += powers[v];
    }
    const Real inverse = Real(1) / sum;
    for (Real & value : out) {
        value *= inverse;
    }
    return static_cast<double>(largest) + std::log(static_cast<double>(sum));
}

}  // namespace

template <typename Real> std::vector<Real> hidden_units(const RowNet<Real> & net, const std::vector<Real> & x, size_t count, int threads) {
    const size_t rank = net.k.size();
    const size_t width = net.a.size() / rank;
    std::vector<Real> hidden;
    hidden.reserve(count * rank);
    for (size_t i = 0; i < count; ++i) {
        hidden.insert(hidden.end(), net.k.begin(), net.k.end());
    }
    multiply_add(hidden.data(), {x.data(), width, 1}, net.a.data(), count, width, rank, threads);
    for (Real & value : hidden) {
        value = std::max(value, Real(0));
    }
    return hidden;
}

template <typename Real> std::vector<Real> row_shifts(const RowNet<Real> & net, const std::vector<Real> & hidden, size_t count, int threads) {
    const size_t rank = net.k.size();
    const size_t words = net.b.size() / rank;
    std::vector<Real> shifts(count * words, Real(0));
    multiply_add(shifts.data(), {hidden.data(), rank, 1}, net.b.data(), count, rank, words, threads);
    return shifts;
}

template <typename Real> RowLoss row_loss(const RowNet<Real> & net, const RowBatch<Real> & batch, RowNet<Real> & gradient, int threads) {
    const size_t rank = net.k.size();
    const size_t width = net.a.size() / rank;
    const size_t words = net.b.size() / rank;
    const size_t count = batch.rests.size();
    const size_t told = batch.targets.size();
    const std::vector<Real> hidden = hidden_units(net, batch.x, count, threads);
    std::vector<Real> slopes = row_shifts(net, hidden, count, threads);  // δ, then ∂loss/∂δ in its place

    std::vector<double> losses(count);
    run_on_threads(threads, [&](int thread) {
        std::vector<Real> changed(words);
        std::vector<Real> base(words);
        for (auto i = static_cast<size_t>(thread); i < count; i += static_cast<size_t>(threads)) {
            const std::span<const Real> logits(batch.logits.data() + i * words, words);
            Real * shift = slopes.data() + i * words;
            const double log_z = exponentials<Real>(logits, shift, batch.rests[i], changed);
            if (i < told) {
                const size_t target = batch.targets[i];
                losses[i] = log_z - static_cast<double>(logits[target]) - static_cast<double>(shift[target]);
                const Real share = Real(1) / static_cast<Real>(told);
                for (size_t v = 0; v < words; ++v) {
                    shift[v] = share * changed[v];
                }
                shift[target] -= share;
            } else {
                const double base_log_z = exponentials<Real>(logits, nullptr, batch.rests[i], base);
                double along = 0.0;
                const Real share = batch.anchor_weight / static_cast<Real>(count - told);
                for (size_t v = 0; v < words; ++v) {
                    along += static_cast<double>(base[v]) * static_cast<double>(shift[v]);
                    shift[v] = share * (changed[v] - base[v]);
                }
                losses[i] = log_z - base_log_z - along;
            }
        }
    });
    RowLoss loss;
    for (size_t i = 0; i < count; ++i) {
        (i < told ? loss.told : loss.anchor) += losses[i] / static_cast<double>(i < told ? told : count - told);
    }

    // ∂/∂Bᵀ = Hᵀ·slopes;  ∂/∂H = slopes·B where a unit is on;  ∂/∂Aᵀ = Xᵀ·∂H;  ∂/∂k = its sum over the rows
    std::fill(gradient.b.begin(), gradient.b.end(), Real(0));
    multiply_add(gradient.b.data(), {hidden.data(), 1, rank}, slopes.data(), rank, count, words, threads);
    std::vector<Real> rows(words * rank);
    for (size_t unit = 0; unit < rank; ++unit) {
        for (size_t v = 0; v < words; ++v) {
            rows[v * rank + unit] = net.b[unit * words + v];
        }
    }
    std::vector<Real> back(count * rank, Real(0));
    multiply_add(back.data(), {slopes.data(), words, 1}, rows.data(), count, words, rank, threads);
    std::fill(gradient.k.begin(), gradient.k.end(), Real(0));
    for (size_t i = 0; i < count; ++i) {
        for (size_t unit = 0; unit < rank; ++unit) {
            Real & value = back[i * rank + unit];
            value = hidden[i * rank + unit] > Real(0) ? value : Real(0);
            gradient.k[unit] += value;
        }
    }
    std::fill(gradient.a.begin(), gradient.a.end(), Real(0));
    multiply_add(gradient.a.data(), {batch.x.data(), 1, width}, back.data(), width, count, rank, threads);
    return loss;
}

template std::vector<float> hidden_units(const RowNet<float> &, const std::vector<float> &, size_t, int);
template std::vector<double> hidden_units(const RowNet<double> &, const std::vector<double> &, size_t, int);
template std::vector<float> row_shifts(const RowNet<float> &, const std::vector<float> &, size_t, int);
template std::vector<double> row_shifts(const RowNet<double> &, const std::vector<double> &, size_t, int);
template RowLoss row_loss(const RowNet<float> &, const RowBatch<float> &, RowNet<float> &, int);
template RowLoss row_loss(const RowNet<double> &, const RowBatch<double> &, RowNet<double> &, int);

}  // namespace graffiti
