#include "teach.hpp"

#include "backend.hpp"
#include "error.hpp"
#include "row_kernels.hpp"
#include "row_pass.hpp"
#include "weights_file.hpp"

#include <ggml-backend.h>
#include <ggml-cpu.h>
#include <ggml.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace graffiti {

namespace {

constexpr size_t batch_rows = 64;

// Positions that predict the answers' tokens.
struct Rows {
    std::vector<float> inputs;  // a
    std::vector<float> hidden;  // h0
    std::vector<size_t> words;  // what comes next, as an index into the words that answers use
    std::vector<float> others;  // log Σ e^l over all words that no answer uses
    size_t told = 0;            // the first so many are of the told texts
    double loss = 0.0;          // nats per row of the told texts
};

// The words that answers use, each once, in order.
std::vector<llama_token> words_used(const std::vector<AnswerText> & told, const std::vector<AnswerText> & kept) {
    std::vector<llama_token> words;
    for (const std::vector<AnswerText> * texts : {&told, &kept}) {
        for (const AnswerText & text : *texts) {
            words.insert(words.end(), text.tokens.begin() + static_cast<std::ptrdiff_t>(std::min(text.first, text.tokens.size())), text.tokens.end());
        }
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

size_t index_of(const std::vector<llama_token> & words, llama_token word) {
    return static_cast<size_t>(std::lower_bound(words.begin(), words.end(), word) - words.begin());
}

// U·Gᵀ and P·G for batches of rows and some of the words, with ggml's products.
class HeadProducts {
  public:
    HeadProducts(const OutputHead & head, const std::vector<llama_token> & words, int threads)
        : width_(static_cast<size_t>(head.width())), words_(words.size()), backend_(ggml_backend_cpu_init(), &ggml_backend_free) {
        ggml_backend_cpu_set_n_threads(backend_.get(), threads);
        ggml_init_params parameters{};
        parameters.mem_size = 16 * ggml_tensor_overhead() + 2 * ggml_graph_overhead();
        parameters.no_alloc = true;
        context_.reset(ggml_init(parameters));
        ggml_context * context = context_.get();
        const auto d = static_cast<int64_t>(width_);
        const auto v = static_cast<int64_t>(words_);
        rows_ = ggml_new_tensor_2d(context, GGML_TYPE_F32, d, v);
        columns_ = ggml_new_tensor_2d(context, GGML_TYPE_F32, v, d);
        normed_ = ggml_new_tensor_2d(context, GGML_TYPE_F32, d, batch_rows);
        errors_ = ggml_new_tensor_2d(context, GGML_TYPE_F32, v, batch_rows);
        logits_ = ggml_mul_mat(context, rows_, normed_);
        gradient_ = ggml_mul_mat(context, columns_, errors_);
        forward_ = ggml_new_graph(context);
        ggml_build_forward_expand(forward_, logits_);
        backward_ = ggml_new_graph(context);
        ggml_build_forward_expand(backward_, gradient_);
        buffer_.reset(ggml_backend_alloc_ctx_tensors(context, backend_.get()));
        if (!buffer_) {
            throw Error("ERR_NATIVE", "There is not enough memory for two copies of the output matrix's rows");
        }
        std::vector<float> g(words_ * width_);
        head.for_each_block(1, [&](int64_t first, std::span<const float> block) {
            const int64_t end = first + static_cast<int64_t>(block.size()) / d;
            for (size_t w = index_of(words, static_cast<llama_token>(first)); w < words_ && words[w] < end; ++w) {
                const std::span<const float> row = block.subspan(static_cast<size_t>((words[w] - first) * d), width_);
                std::copy(row.begin(), row.end(), g.begin() + static_cast<std::ptrdiff_t>(w * width_));
            }
        });
        ggml_backend_tensor_set(rows_, g.data(), 0, g.size() * sizeof(float));
        std::vector<float> turned(g.size());
        for (size_t w = 0; w < words_; ++w) {
            for (size_t j = 0; j < width_; ++j) {
                turned[j * words_ + w] = g[w * width_ + j];
            }
        }
        ggml_backend_tensor_set(columns_, turned.data(), 0, turned.size() * sizeof(float));
    }

    // batch_rows rows of d each, to batch_rows rows of V, and back.
    void forward(const std::vector<float> & normed, std::vector<float> & logits) { run(forward_, normed_, normed, logits_, logits); }
    void backward(const std::vector<float> & errors, std::vector<float> & gradient) { run(backward_, errors_, errors, gradient_, gradient); }

  private:
    void run(ggml_cgraph * graph, ggml_tensor * in, const std::vector<float> & from, ggml_tensor * out, std::vector<float> & to) {
        ggml_backend_tensor_set(in, from.data(), 0, from.size() * sizeof(float));
        if (ggml_backend_graph_compute(backend_.get(), graph) != GGML_STATUS_SUCCESS) {
            throw Error("ERR_NATIVE", "ggml could not multiply with the output matrix");
        }
        to.resize(static_cast<size_t>(ggml_nelements(out)));
        ggml_backend_tensor_get(out, to.data(), 0, to.size() * sizeof(float));
    }

    size_t width_;
    size_t words_;
    std::unique_ptr<ggml_backend, decltype(&ggml_backend_free)> backend_;
    std::unique_ptr<ggml_context, decltype(&ggml_free)> context_{nullptr, &ggml_free};
    std::unique_ptr<ggml_backend_buffer, decltype(&ggml_backend_buffer_free)> buffer_{nullptr, &ggml_backend_buffer_free};
    ggml_tensor * rows_ = nullptr;
    ggml_tensor * columns_ = nullptr;
    ggml_tensor * normed_ = nullptr;
    ggml_tensor * errors_ = nullptr;
    ggml_tensor * logits_ = nullptr;
    ggml_tensor * gradient_ = nullptr;
    ggml_cgraph * forward_ = nullptr;
    ggml_cgraph * backward_ = nullptr;
};

void report(const Progress & progress, double fraction) {
    if (progress && !progress(static_cast<float>(fraction))) {
        throw Error("ERR_ABORTED", "Teaching was aborted");
    }
}

double log_sum(double a, double b) {
    const double largest = std::max(a, b);
    return largest + std::log(std::exp(a - largest) + std::exp(b - largest));
}

// log Σ e^l over `words`, and over all others.
std::pair<double, double> split_mass(std::span<const float> logits, const std::vector<llama_token> & words) {
    const float largest = *std::max_element(logits.begin(), logits.end());
    double used = 0.0;
    double others = 0.0;
    size_t next = 0;
    for (size_t w = 0; w < logits.size(); ++w) {
        const bool is_used = next < words.size() && static_cast<size_t>(words[next]) == w;
        next += is_used ? 1 : 0;
        (is_used ? used : others) += static_cast<double>(fast_exp(logits[w] - largest));
    }
    const double shift = static_cast<double>(largest);
    return {shift + std::log(std::max(used, 1e-30)), shift + std::log(std::max(others, 1e-30))};
}

Rows record(const Model & model,
    LayerRecorder & recorder,
    const std::vector<AnswerText> & told,
    const std::vector<AnswerText> & kept,
    const std::vector<llama_token> & words,
    uint32_t context_tokens,
    int threads,
    const Progress & progress) {
    GraphCallback callback;
    callback.set_head(model.head());
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = context_tokens;
    parameters.n_batch = 64;
    parameters.n_ubatch = 64;
    parameters.n_threads = threads;
    parameters.n_threads_batch = threads;
    parameters.type_k = GGML_TYPE_F32;  // as in LayerRecorder
    parameters.type_v = GGML_TYPE_F32;
    parameters.cb_eval = GraphCallback::evaluate;
    parameters.cb_eval_user_data = &callback;
    ContextPointer context;
    {
        const std::lock_guard lock(model.adapter_mutex());
        context.reset(llama_init_from_model(model.handle(), parameters));
    }
    if (!context) {
        throw Error("ERR_NATIVE", "llama.cpp could not create a context to teach in: " + take_backend_errors());
    }
    Rows rows;
    const std::vector<bool> wanted(1, true);
    size_t done = 0;
    const auto run = [&](const AnswerText & text) {
        report(progress, 0.1 * static_cast<double>(done++) / static_cast<double>(told.size() + kept.size()));
        if (text.first < 1 || text.first >= text.tokens.size()) {
            return;
        }
        recorder.run(text.tokens, text.first - 1, text.tokens.size() - 1, wanted, [&](const RecordedRow & row) {
            rows.inputs.insert(rows.inputs.end(), row.input.begin(), row.input.end());
        });
        RowPass pass(text.tokens, text.first - 1, nullptr, 0.0F, true, [&](const RowView & row) {
            if (row.position + 1 < text.tokens.size()) {
                rows.hidden.insert(rows.hidden.end(), row.result.hidden.begin(), row.result.hidden.end());
                rows.words.push_back(index_of(words, text.tokens[row.position + 1]));
                const auto [used, others] = split_mass(row.logits, words);
                rows.others.push_back(static_cast<float>(others));
                rows.loss += log_sum(used, others) - static_cast<double>(row.logits[static_cast<size_t>(text.tokens[row.position + 1])]);
            }
        });
        while (!pass.step(context.get(), callback, 0, static_cast<size_t>(model.head().vocabulary()))) {
        }
    };
    std::for_each(told.begin(), told.end(), run);
    rows.told = rows.words.size();
    rows.loss /= static_cast<double>(std::max<size_t>(rows.told, 1));
    const double loss = rows.loss;
    std::for_each(kept.begin(), kept.end(), run);
    rows.loss = loss;
    return rows;
}

// Turns the logits of the words that answers use into p − 1[word], and returns −log p(word). The mass of all others stays
// what it was before teaching: a fifth of the work, and what is taught is measured with the taught model anyway.
double softmax_error(std::span<float> logits, std::span<const float> offset, size_t word, float others) {
    for (size_t w = 0; w < offset.size(); ++w) {
        logits[w] += offset[w];
    }
    float largest = others;
#pragma omp simd reduction(max : largest)
    for (size_t w = 0; w < logits.size(); ++w) {
        largest = std::max(largest, logits[w]);
    }
    const float said = logits[word] - largest;
    double sum = std::exp(static_cast<double>(others - largest));
#pragma omp simd reduction(+ : sum)
    for (size_t w = 0; w < logits.size(); ++w) {
        logits[w] = fast_exp(logits[w] - largest);
        sum += static_cast<double>(logits[w]);
    }
    const auto inverse = static_cast<float>(1.0 / sum);
    for (float & value : logits) {
        value *= inverse;
    }
    logits[word] -= 1.0F;
    return std::log(sum) - static_cast<double>(said);
}

// du, of the normed state u = (h − m)/r, becomes dh in place.
void norm_gradient(const OutputHead & head, std::span<const float> normed, double scale, std::span<float> gradient) {
    const auto d = static_cast<double>(normed.size());
    double along = 0.0;
    double mean = 0.0;
    for (size_t j = 0; j < normed.size(); ++j) {
        along += static_cast<double>(normed[j]) * static_cast<double>(gradient[j]) / d;
        mean += static_cast<double>(gradient[j]) / d;
    }
    mean = head.norm() == Norm::layer ? mean : 0.0;
    for (size_t j = 0; j < normed.size(); ++j) {
        gradient[j] = static_cast<float>((static_cast<double>(gradient[j]) - mean - along * static_cast<double>(normed[j])) / scale);
    }
}

// Adam (Kingma and Ba 2015).
class Adam {
  public:
    explicit Adam(size_t size) : first_(size, 0.0F), second_(size, 0.0F) {}

    void step(std::span<float> values, std::span<const float> gradient, double rate) {
        ++count_;
        const auto correction = static_cast<float>(rate * std::sqrt(1.0 - std::pow(0.99, count_)) / (1.0 - std::pow(0.9, count_)));
        for (size_t i = 0; i < values.size(); ++i) {
            first_[i] += 0.1F * (gradient[i] - first_[i]);
            second_[i] += 0.01F * (gradient[i] * gradient[i] - second_[i]);
            values[i] -= correction * first_[i] / (std::sqrt(second_[i]) + 1e-8F);
        }
    }

  private:
    std::vector<float> first_;
    std::vector<float> second_;
    int count_ = 0;
};

// The last block's number is the largest there is.
std::string last_pattern(const Model & model) {
    return "^blk\\." + std::to_string(llama_model_n_layer(model.handle()) - 1) + "\\.ffn_down\\.weight$";
}

}  // namespace

Taught teach_last_layer(const Model & model,
    const std::vector<AnswerText> & told,
    const std::vector<AnswerText> & kept,
    const TeachOptions & options,
    uint32_t context_tokens,
    const Progress & progress) {
    const OutputHead & head = model.head();
    if (head.softcap() != 0.0F) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "Teaching knows no logits with a soft cap, as architecture '" + model.architecture() + "' has them");
    }
    LayerRecorder recorder(model, last_pattern(model), context_tokens, options.threads);
    Taught taught;
    taught.weight = recorder.weights()[0].name;
    const size_t width = recorder.weights()[0].inputs;
    const auto d = static_cast<size_t>(head.width());
    if (recorder.weights()[0].outputs != d) {
        throw Error("ERR_UNSUPPORTED_ARCHITECTURE", "'" + taught.weight + "' does not add to the hidden state");
    }
    const std::vector<llama_token> words = words_used(told, kept);
    const Rows rows = record(model, recorder, told, kept, words, context_tokens, options.threads, progress);
    if (rows.told == 0 || rows.inputs.size() != rows.words.size() * width || rows.hidden.size() != rows.words.size() * d) {
        throw Error("ERR_NATIVE", "There is nothing to teach");
    }
    const size_t v = words.size();
    std::vector<float> offset;
    for (const llama_token word : head.offset().empty() ? std::vector<llama_token>() : words) {
        offset.push_back(head.offset()[static_cast<size_t>(word)]);
    }
    HeadProducts products(head, words, options.threads);
    taught.before = rows.loss;
    std::vector<float> change(d * width, 0.0F);
    std::vector<float> slope(change.size());
    Adam adam(change.size());
    std::vector<float> normed(batch_rows * d);
    std::vector<double> scales(batch_rows);
    std::vector<float> logits;
    std::vector<float> gradient;
    std::vector<float> hidden(d);
    std::vector<size_t> order(rows.words.size());
    std::iota(order.begin(), order.end(), 0);
    std::mt19937_64 random(7);
    const size_t steps = (order.size() + batch_rows - 1) / batch_rows;
    for (size_t epoch = 0; epoch < options.epochs; ++epoch) {
        double loss = 0.0;
        std::shuffle(order.begin(), order.end(), random);
        for (size_t step = 0; step < steps; ++step) {
            const double done = static_cast<double>(epoch * steps + step) / static_cast<double>(options.epochs * steps);
            report(progress, 0.1 + 0.9 * done);
            const size_t first = step * batch_rows;
            const size_t count = std::min(batch_rows, order.size() - first);
            std::fill(normed.begin(), normed.end(), 0.0F);
            for (size_t b = 0; b < count; ++b) {
                const size_t row = order[first + b];
                const float * a = rows.inputs.data() + row * width;
                for (size_t i = 0; i < d; ++i) {
                    const float * weights = change.data() + i * width;
                    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
                    for (size_t j = 0; j < width; ++j) {
                        sum += weights[j] * a[j];
                    }
                    hidden[i] = rows.hidden[row * d + i] + sum;
                }
                scales[b] = head.normalise(hidden, std::span(normed).subspan(b * d, d));
            }
            products.forward(normed, logits);
            std::fill(logits.begin() + static_cast<std::ptrdiff_t>(count * v), logits.end(), 0.0F);
            for (size_t b = 0; b < count; ++b) {
                const size_t row = order[first + b];
                const double nats = softmax_error(std::span(logits).subspan(b * v, v), offset, rows.words[row], rows.others[row]);
                loss += row < rows.told ? nats / static_cast<double>(rows.told) : 0.0;
            }
            products.backward(logits, gradient);
            std::fill(slope.begin(), slope.end(), 0.0F);
            for (size_t b = 0; b < count; ++b) {
                const std::span<float> dh = std::span(gradient).subspan(b * d, d);
                norm_gradient(head, std::span(normed).subspan(b * d, d), scales[b], dh);
                const float * a = rows.inputs.data() + order[first + b] * width;
                for (size_t i = 0; i < d; ++i) {
                    const float factor = dh[i] / static_cast<float>(count);
                    float * to = slope.data() + i * width;
                    for (size_t j = 0; j < width; ++j) {
                        to[j] += factor * a[j];
                    }
                }
            }
            adam.step(change, slope, options.rate * (1.0 - done));
        }
        taught.after = loss;
        taught.epochs = epoch + 1;
        if (loss <= options.until) {
            break;
        }
    }
    taught.values = read_tensor(model.path(), taught.weight);
    if (taught.values.size() != change.size()) {
        throw Error("ERR_MODEL_INVALID", "'" + taught.weight + "' has other dimensions in the file than in the graph");
    }
    for (size_t i = 0; i < change.size(); ++i) {
        taught.values[i] += change[i];
    }
    return taught;
}

}  // namespace graffiti
