#include "row_trainer.hpp"

#include "error.hpp"
#include "products.hpp"
#include "row_kernels.hpp"
#include "row_loss.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace graffiti {

namespace {

constexpr int halvings = 20;
constexpr uint64_t seed = 1;

// AdamW (Loshchilov and Hutter 2019).
class AdamW {
  public:
    explicit AdamW(size_t size, double decay) : first_(size, 0.0F), second_(size, 0.0F), decay_(decay) {}

    void step(std::span<float> values, std::span<const float> gradient, double rate) {
        ++count_;
        const auto correction = static_cast<float>(rate * std::sqrt(1.0 - std::pow(0.999, count_)) / (1.0 - std::pow(0.9, count_)));
        const auto kept = static_cast<float>(1.0 - rate * decay_);
        float * m = first_.data();
        float * v = second_.data();
#pragma omp simd
        for (size_t i = 0; i < values.size(); ++i) {
            m[i] += 0.1F * (gradient[i] - m[i]);
            v[i] += 0.001F * (gradient[i] * gradient[i] - v[i]);
            values[i] = kept * values[i] - correction * m[i] / (std::sqrt(v[i]) + 1e-8F);
        }
    }

  private:
    std::vector<float> first_;
    std::vector<float> second_;
    double decay_;
    int count_ = 0;
};

// x̃ = (x − μ)/σ over ordinary text.
class Standard {
  public:
    Standard(std::span<const float> rows, size_t width) : mean_(width, 0.0), deviation_(width, 0.0) {
        const size_t whole = rows.size() / width;
        const auto count = static_cast<double>(whole);
        for (size_t i = 0; i < rows.size(); ++i) {
            mean_[i % width] += static_cast<double>(rows[i]) / count;
        }
        for (size_t i = 0; i < rows.size(); ++i) {
            const double off = static_cast<double>(rows[i]) - mean_[i % width];
            deviation_[i % width] += off * off / count;
        }
        const double largest = *std::max_element(deviation_.begin(), deviation_.end());
        for (double & value : deviation_) {
            value = std::sqrt(std::max(value, largest * 1e-6 + 1e-30));  // as KeySpace does
        }
    }

    void append(std::span<const float> row, std::vector<float> & out) const {
        for (size_t j = 0; j < row.size(); ++j) {
            out.push_back(static_cast<float>((static_cast<double>(row[j]) - mean_[j]) / deviation_[j]));
        }
    }

    // A net over x̃ as one over x, its matrices turned to RowHead's.
    RowHeadValues unfolded(const RowNet<float> & net, std::vector<llama_token> words, double scale) const {
        const size_t rank = net.k.size();
        RowHeadValues values{std::move(words), {}, {}, net.b};
        for (float & value : values.b) {
            value = static_cast<float>(scale * static_cast<double>(value));
        }
        for (size_t unit = 0; unit < rank; ++unit) {
            auto offset = static_cast<double>(net.k[unit]);
            for (size_t j = 0; j < mean_.size(); ++j) {
                const double weight = static_cast<double>(net.a[j * rank + unit]) / deviation_[j];
                values.a.push_back(static_cast<float>(weight));
                offset -= weight * mean_[j];
            }
            values.k.push_back(static_cast<float>(offset));
        }
        return values;
    }

  private:
    std::vector<double> mean_;
    std::vector<double> deviation_;
};

// l_S of states: G_S·u + k_S, behind the soft cap.
class ToldLogits {
  public:
    ToldLogits(const OutputHead & head, const std::vector<llama_token> & words) : head_(&head), columns_(static_cast<size_t>(head.width()) * words.size()) {
        std::vector<float> row(static_cast<size_t>(head.width()));
        for (size_t v = 0; v < words.size(); ++v) {
            head.row(words[v], row);
            for (size_t j = 0; j < row.size(); ++j) {
                columns_[j * words.size() + v] = row[j];
            }
            offset_.push_back(head.offset().empty() ? 0.0F : head.offset()[static_cast<size_t>(words[v])]);
        }
    }

    // `features` hold u in their first half.
    std::vector<float> of(std::span<const float> features, size_t count, int threads) const {
        const auto d = static_cast<size_t>(head_->width());
        std::vector<float> logits;
        logits.reserve(count * offset_.size());
        for (size_t i = 0; i < count; ++i) {
            logits.insert(logits.end(), offset_.begin(), offset_.end());
        }
        multiply_add(logits.data(), {features.data(), 2 * d, 1}, columns_.data(), count, d, offset_.size(), threads);
        if (head_->softcap() != 0.0F) {
            std::transform(logits.begin(), logits.end(), logits.begin(), [this](float logit) { return head_->to_shown(logit); });
        }
        return logits;
    }

  private:
    const OutputHead * head_;
    std::vector<float> columns_;  // G_Sᵀ: d×|S|
    std::vector<float> offset_;   // k_S
};

// Gives the numbers 0 … count − 1 again and again, in another order each time.
class Shuffled {
  public:
    Shuffled(size_t count, std::mt19937_64 & random) : order_(count), at_(count), random_(&random) { std::iota(order_.begin(), order_.end(), 0); }

    size_t next() {
        if (at_ == order_.size()) {
            std::shuffle(order_.begin(), order_.end(), *random_);
            at_ = 0;
        }
        return order_[at_++];
    }

  private:
    std::vector<size_t> order_;
    size_t at_;
    std::mt19937_64 * random_;
};

// The perplexity of ordinary text under any multiple of a net's δ.
class Governor {
  public:
    Governor(const RowNet<float> & net, const Standard & standard, const ToldLogits & logits, const std::vector<llama_token> & words, const RowRecords & records, int threads)
        : words_(words.size()), records_(&records), logits_(logits.of(records.features, records.tokens.size(), threads)), threads_(threads) {
        std::vector<float> x;
        const size_t width = records.features.size() / records.tokens.size();
        for (size_t i = 0; i < records.tokens.size(); ++i) {
            standard.append(std::span(records.features).subspan(i * width, width), x);
            const auto found = std::lower_bound(words.begin(), words.end(), records.tokens[i]);
            targets_.push_back(found != words.end() && *found == records.tokens[i] ? static_cast<size_t>(found - words.begin()) : words_);
        }
        shifts_ = row_shifts(net, hidden_units(net, x, records.tokens.size(), threads), records.tokens.size(), threads);
    }

    double perplexity(double scale) const {
        std::vector<double> losses(targets_.size());
        run_on_threads(threads_, [&](int thread) {
            for (auto i = static_cast<size_t>(thread); i < losses.size(); i += static_cast<size_t>(threads_)) {
                const float * l = logits_.data() + i * words_;
                const float * shift = shifts_.data() + i * words_;
                auto before = static_cast<double>(records_->rests[i]);
                double after = before;
                const auto add = [](double & sum, double value) { sum = std::max(sum, value) + std::log1p(std::exp(-std::abs(sum - value))); };
                for (size_t v = 0; v < words_; ++v) {
                    add(before, static_cast<double>(l[v]));
                    add(after, static_cast<double>(l[v]) + scale * static_cast<double>(shift[v]));
                }
                const double gain = targets_[i] < words_ ? scale * static_cast<double>(shift[targets_[i]]) : 0.0;
                losses[i] = (after - before) - gain - static_cast<double>(records_->logprobs[i]);
            }
        });
        return std::exp(std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size()));
    }

  private:
    size_t words_;
    const RowRecords * records_;
    std::vector<float> logits_;
    std::vector<float> shifts_;
    std::vector<size_t> targets_;  // words_: none of S
    int threads_;
};

void check(const RowRecords & records, size_t width) {
    const size_t count = records.tokens.size();
    if (count == 0 || records.features.size() != count * width || records.logprobs.size() != count || records.rests.size() != count) {
        throw Error("ERR_NATIVE", "The rows to train on do not fit each other");
    }
}

}  // namespace

TrainedRows train_rows(
    const OutputHead & head, const RowRecords & told, const RowRecords & ordinary, const RowRecords & governing, const RowTraining & training, const TrainingProgress & progress) {
    const size_t width = 2 * static_cast<size_t>(head.width());
    for (const RowRecords * records : {&told, &ordinary, &governing}) {
        check(*records, width);
    }
    std::vector<llama_token> words(told.tokens);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());

    const Standard standard(ordinary.features, width);
    const ToldLogits logits_of(head, words);
    const std::vector<float> ordinary_logits = logits_of.of(ordinary.features, ordinary.tokens.size(), training.threads);
    RowNet<float> net(width, training.rank, words.size());
    RowNet<float> slope(net);
    std::mt19937_64 random(seed);
    std::normal_distribution<float> normal(0.0F, 1.0F / std::sqrt(static_cast<float>(width)));
    std::generate(net.a.begin(), net.a.end(), [&] { return normal(random); });
    AdamW adam_a(net.a.size(), training.decay);
    AdamW adam_k(net.k.size(), 0.0);
    AdamW adam_b(net.b.size(), training.decay);

    const size_t told_rows = std::min(training.told_rows, told.tokens.size());
    const size_t ordinary_rows = std::min(training.ordinary_rows, ordinary.tokens.size());
    const size_t steps = std::max(training.least_steps, training.epochs * ((told.tokens.size() + told_rows - 1) / told_rows));
    Shuffled next_told(told.tokens.size(), random);
    Shuffled next_ordinary(ordinary.tokens.size(), random);
    std::vector<float> features;
    for (size_t step = 0; step < steps; ++step) {
        const double done = static_cast<double>(step) / static_cast<double>(steps);
        if (progress && !progress(static_cast<float>(done))) {
            throw Error("ERR_ABORTED", "Training was aborted");
        }
        RowBatch<float> batch;
        batch.anchor_weight = static_cast<float>(training.anchor_weight);
        features.clear();
        const auto add = [&](const RowRecords & records, size_t row) {
            const std::span<const float> values = std::span(records.features).subspan(row * width, width);
            standard.append(values, batch.x);
            batch.rests.push_back(records.rests[row]);
            return values;
        };
        for (size_t i = 0; i < told_rows; ++i) {
            const size_t row = next_told.next();
            const std::span<const float> values = add(told, row);
            features.insert(features.end(), values.begin(), values.end());
            batch.targets.push_back(static_cast<size_t>(std::lower_bound(words.begin(), words.end(), told.tokens[row]) - words.begin()));
        }
        batch.logits = logits_of.of(features, told_rows, training.threads);
        for (size_t i = 0; i < ordinary_rows; ++i) {
            const size_t row = next_ordinary.next();
            add(ordinary, row);
            const auto from = ordinary_logits.begin() + static_cast<std::ptrdiff_t>(row * words.size());
            batch.logits.insert(batch.logits.end(), from, from + static_cast<std::ptrdiff_t>(words.size()));
        }
        row_loss(net, batch, slope, training.threads);
        const double rate = training.rate * (1.0 - done);
        adam_a.step(net.a, slope.a, rate);
        adam_k.step(net.k, slope.k, rate);
        adam_b.step(net.b, slope.b, rate);
    }

    const Governor governor(net, standard, logits_of, words, governing, training.threads);
    TrainedRows trained;
    trained.anchor_before = governor.perplexity(0.0);
    const double highest = trained.anchor_before * (1.0 + training.limit);
    double low = 0.0;
    double high = 1.0;
    if (governor.perplexity(high) <= highest) {
        low = high;
    }
    for (int halving = 0; halving < halvings && low < high; ++halving) {
        const double middle = 0.5 * (low + high);
        (governor.perplexity(middle) <= highest ? low : high) = middle;
    }
    trained.scale = low;
    trained.anchor_after = governor.perplexity(low);
    trained.values = standard.unfolded(net, std::move(words), low);
    return trained;
}

}  // namespace graffiti
