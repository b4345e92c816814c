#include "probe.hpp"

#include "backend.hpp"
#include "batch.hpp"
#include "error.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace graffiti::selftest {

Probe::Probe(const Model & model, int threads) : model_(model) {
    callback_.set_head(model.head());
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = 1024;
    parameters.n_seq_max = sequences;
    parameters.n_batch = 128;
    parameters.n_ubatch = 128;
    parameters.kv_unified = true;
    parameters.n_threads = threads;
    parameters.n_threads_batch = threads;
    parameters.cb_eval = GraphCallback::evaluate;
    parameters.cb_eval_user_data = &callback_;
    context_.reset(llama_init_from_model(model.handle(), parameters));
    if (!context_) {
        throw Error("ERR_NATIVE", "llama.cpp could not create a context: " + take_backend_errors());
    }
}

std::vector<ProbeRow> Probe::decode(std::vector<ProbeToken> tokens) {
    Batch batch(tokens.size());
    std::vector<RowPlan> plans;
    std::vector<int32_t> outputs;
    for (ProbeToken & token : tokens) {
        const int32_t index = batch.add(token.token, token.position, token.sequence, token.output);
        if (token.output) {
            token.plan.keep_hidden = true;
            plans.push_back(token.plan);
            outputs.push_back(index);
        }
    }
    callback_.plan(std::move(plans));
    if (llama_decode(context_.get(), batch.get()) != 0) {
        throw Error("ERR_NATIVE", "llama.cpp could not decode: " + take_backend_errors());
    }
    callback_.rethrow_failure();
    std::vector<ProbeRow> rows;
    for (size_t row = 0; row < outputs.size(); ++row) {
        const float * logits = llama_get_logits_ith(context_.get(), outputs[row]);
        rows.push_back({{logits, logits + model_.head().vocabulary()}, callback_.results()[row]});
    }
    return rows;
}

void Probe::clear() {
    llama_memory_clear(llama_get_memory(context_.get()), true);
}

std::vector<llama_token> probe_tokens(const Model & model, size_t count) {
    std::string text = "One morning a girl went to the park with her dog. They saw a big red ball near the old tree, and the dog ran to get it.";
    std::vector<llama_token> tokens;
    while (tokens.size() < count) {
        tokens = model.tokenize(text, true, false);
        text += " " + text;
    }
    tokens.resize(count);
    if (tokens.front() != model.start_token()) {
        tokens.insert(tokens.begin(), model.start_token());
        tokens.pop_back();
    }
    return tokens;
}

std::vector<float> random_vector(const OutputHead & head, uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto uniform = [&] { return (static_cast<double>(random() >> 11U) + 0.5) * 0x1.0p-53; };
    std::vector<float> vector(static_cast<size_t>(head.width()));
    for (float & value : vector) {
        value = static_cast<float>(std::sqrt(-2.0 * std::log(uniform())) * std::cos(2.0 * std::numbers::pi * uniform()));
    }
    head.centre(vector);
    double squares = 0.0;
    for (const float value : vector) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    for (float & value : vector) {
        value = static_cast<float>(value / std::sqrt(squares / static_cast<double>(vector.size())));
    }
    return vector;
}

SlowHead::SlowHead(const OutputHead & head) : head_(head) {
    // Of a zero state nothing is left but ε.
    const double scale = head.scale_of(std::vector<float>(static_cast<size_t>(head.width()), 0.0F));
    epsilon_ = scale * scale;
}

double SlowHead::scale(std::span<const double> hidden) const {
    const auto d = static_cast<double>(hidden.size());
    double mean = 0.0;
    if (head_.norm() == Norm::layer) {
        for (const double value : hidden) {
            mean += value / d;
        }
    }
    double squares = 0.0;
    for (const double value : hidden) {
        squares += (value - mean) * (value - mean) / d;
    }
    return std::sqrt(squares + epsilon_);
}

std::vector<double> SlowHead::project(std::span<const float> vector) const {
    std::vector<double> result(static_cast<size_t>(head_.vocabulary()));
    std::vector<float> row(vector.size());
    for (size_t w = 0; w < result.size(); ++w) {
        head_.row(static_cast<int64_t>(w), row);
        for (size_t j = 0; j < row.size(); ++j) {
            result[w] += static_cast<double>(row[j]) * static_cast<double>(vector[j]);
        }
    }
    return result;
}

double SlowHead::to_linear(double shown) const {
    const double cap = head_.softcap();
    return cap == 0.0 ? shown : cap * std::atanh(shown / cap);
}

double SlowHead::to_shown(double linear) const {
    const double cap = head_.softcap();
    return cap == 0.0 ? linear : cap * std::tanh(linear / cap);
}

std::vector<double> SlowHead::injected(
    std::span<const float> logits, std::span<const float> hidden, std::span<const float> vector, std::span<const double> projected, double strength) const {
    std::vector<double> state(hidden.begin(), hidden.end());
    const double r0 = scale(state);
    const double alpha = strength * r0;
    for (size_t j = 0; j < state.size(); ++j) {
        state[j] += alpha * static_cast<double>(vector[j]);
    }
    const double r1 = scale(state);
    std::vector<double> result(logits.size());
    for (size_t w = 0; w < result.size(); ++w) {
        const double k = offset(w);
        result[w] = k + ((to_linear(logits[w]) - k) * r0 + alpha * projected[w]) / r1;
    }
    return result;
}

double slow_log_sum_exp(std::span<const double> logits) {
    const double maximum = *std::max_element(logits.begin(), logits.end());
    double sum = 0.0;
    for (const double logit : logits) {
        sum += std::isfinite(logit) ? std::exp(logit - maximum) : 0.0;
    }
    return maximum + std::log(sum);
}

void Difference::add(double a, double b) {
    if (!std::isfinite(a) && !std::isfinite(b) && !std::isnan(a) && !std::isnan(b)) {
        return;  // masked in both
    }
    const double difference = std::abs(a - b);
    squares_ += difference * difference;
    largest = difference > largest || std::isnan(difference) ? difference : largest;
    ++count_;
}

void Difference::close() {
    rms = count_ == 0 ? std::numeric_limits<double>::quiet_NaN() : std::sqrt(squares_ / static_cast<double>(count_));
}

}  // namespace graffiti::selftest
