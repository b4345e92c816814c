// Runs rows of tokens with plans through a context of its own, without engine: what the checks of the
// graph callback compare with the closed form.
#pragma once

#include "graph_callback.hpp"
#include "model.hpp"
#include "spray.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace graffiti::selftest {

struct ProbeToken {
    llama_token token;
    llama_pos position;
    llama_seq_id sequence = 0;
    bool output = true;
    RowPlan plan = {};  // of its row, where there is an output
};

struct ProbeRow {
    std::vector<float> logits;
    RowResult result;
};

class Probe {
  public:
    static constexpr int sequences = 8;

    explicit Probe(const Model & model, int threads = 1);

    // One decode; the rows of the tokens marked as outputs, in order. Hidden states are kept.
    std::vector<ProbeRow> decode(std::vector<ProbeToken> tokens);
    void clear();

    const Model & model() const { return model_; }

  private:
    const Model & model_;
    GraphCallback callback_;
    ContextPointer context_;
};

// Tokens of an ordinary text, at least `count` of them, cut to `count`; begins with the start token.
std::vector<llama_token> probe_tokens(const Model & model, size_t count);

// Components drawn from a normal distribution with a fixed seed, scaled so that their mean square is 1;
// centred where the norm would centre it.
std::vector<float> random_vector(const OutputHead & head, uint64_t seed);

// The same head in double precision, slow and obvious.
class SlowHead {
  public:
    explicit SlowHead(const OutputHead & head);

    // √(mean(h²) + ε), or √(var(h) + ε)
    double scale(std::span<const double> hidden) const;
    // G·s
    std::vector<double> project(std::span<const float> vector) const;
    double offset(size_t word) const { return head_.offset().empty() ? 0.0 : static_cast<double>(head_.offset()[word]); }
    double to_linear(double shown) const;
    double to_shown(double linear) const;

    // Linear logits after v has been added with strength a before the norm:
    // l1 = k + (r0·(l0 − k) + α·c)/r1, α = a·r0, c = G·v, r1 = r(h + α·v)
    std::vector<double> injected(
        std::span<const float> logits, std::span<const float> hidden, std::span<const float> vector, std::span<const double> projected, double strength) const;

  private:
    const OutputHead & head_;
    double epsilon_;
};

// log(Σ e^x) over finite values, in double.
double slow_log_sum_exp(std::span<const double> logits);

struct Difference {
    double rms = 0.0;
    double largest = 0.0;
    void add(double a, double b);
    void close();  // call once after the last add

  private:
    double squares_ = 0.0;
    size_t count_ = 0;
};

}  // namespace graffiti::selftest
