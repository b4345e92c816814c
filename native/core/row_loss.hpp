// The loss a row head is trained with, and its gradient. Exact over the whole vocabulary at the cost of S alone: of
// all other words only the sum is needed, and that does not change.
//
//   log Z  = log(e^b + Σ_S e^{l_v})          log Z' = log(e^b + Σ_S e^{l_v + δ_v})      b = log Σ_{v∉S} e^{l_v}
//   told rows      log Z' − l_y − δ_y         cross entropy of the told word y, a word of S; mean over the rows
//   ordinary rows  log Z' − log Z − Σ_S p_v δ_v    = KL(p ‖ p'); mean over the rows, times the anchor's weight
// b is summed by itself: taken as a difference it loses everything where S holds nearly all probability.
#pragma once

#include <cstddef>
#include <vector>

namespace graffiti {

// A net under training; matrices transposed to RowHead's where that makes the products run along rows.
template <typename Real> struct RowNet {
    RowNet(size_t width, size_t rank, size_t words) : a(width * rank), k(rank), b(rank * words) {}

    std::vector<Real> a;  // Aᵀ: n×r
    std::vector<Real> k;  // r
    std::vector<Real> b;  // Bᵀ: r×|S|
};

// Rows side by side: the told ones first, then the ordinary ones.
template <typename Real> struct RowBatch {
    std::vector<Real> x;          // n each
    std::vector<Real> logits;     // l_S, |S| each
    std::vector<Real> rests;      // b
    std::vector<size_t> targets;  // y of the told rows, numbers of S
    Real anchor_weight = Real(1);
};

struct RowLoss {
    double told = 0.0;    // mean cross entropy, nats
    double anchor = 0.0;  // mean KL, nats, without the weight
};

// relu(X·Aᵀ + k), a row for each of the `count` rows of x.
template <typename Real> std::vector<Real> hidden_units(const RowNet<Real> & net, const std::vector<Real> & x, size_t count, int threads);
// δ_S of each.
template <typename Real> std::vector<Real> row_shifts(const RowNet<Real> & net, const std::vector<Real> & hidden, size_t count, int threads);

// The gradient of told + weight·anchor is written to `gradient`, whose sizes are those of `net`.
template <typename Real> RowLoss row_loss(const RowNet<Real> & net, const RowBatch<Real> & batch, RowNet<Real> & gradient, int threads);

}  // namespace graffiti
