#include "calibration.hpp"

#include "backend.hpp"
#include "batch.hpp"
#include "calibration_file.hpp"
#include "error.hpp"
#include "parallel.hpp"
#include "references.hpp"
#include "row_kernels.hpp"
#include "writer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>

namespace graffiti {

namespace {

constexpr size_t sample_count = 20;          // texts sampled side by side
constexpr size_t sample_tokens = 36;         // positions of each: 720 in all, as good as three times as many
constexpr size_t strength_rows = 96;         // positions kept for the strength bisection
constexpr size_t large_vocabulary = 100000;  // a third of them is kept above this
constexpr double ridge = 1e-3;               // of the mean eigenvalue

// A context of its own for sampling and for the references, so that the engine is not disturbed.
class CalibrationRun {
  public:
    CalibrationRun(const Model & model, int threads) : model_(model), threads_(threads), shaper_vocabulary_(static_cast<size_t>(model.head().vocabulary())) {
        llama_context_params parameters = llama_context_default_params();
        parameters.n_ctx = std::max<uint32_t>(sample_count * (sample_tokens + 1), 512);
        parameters.n_seq_max = sample_count;
        parameters.n_batch = 128;
        parameters.n_ubatch = 128;
        parameters.kv_unified = true;
        parameters.n_threads = threads;
        parameters.n_threads_batch = threads;
        parameters.cb_eval = GraphCallback::evaluate;
        parameters.cb_eval_user_data = &callback_;
        callback_.set_head(model.head());
        context_.reset(llama_init_from_model(model.handle(), parameters));
        if (!context_) {
            throw Error("ERR_NATIVE", "llama.cpp could not create a context for calibration: " + take_backend_errors());
        }
    }

    // Samples texts from the start token at T = 1; visit(probabilities, logits, normed state) for every position.
    template <typename Visit> void sample(const Progress & progress, const Visit & visit) {
        const size_t vocabulary = shaper_vocabulary_;
        std::mt19937_64 random(20240229);
        std::vector<llama_token> last(sample_count, model_.start_token());
        std::vector<bool> ended(sample_count, false);
        std::vector<float> probabilities(vocabulary);
        std::vector<float> normed(static_cast<size_t>(model_.head().width()));
        // Recurrent models reorder rows over sequences: one sequence a decode keeps rows and plans together.
        const size_t group = model_.is_recurrent() ? 1 : sample_count;
        const auto positions = std::min<size_t>(sample_tokens, model_.most_positions());
        for (size_t position = 0; position < positions; ++position) {
            report(progress, 0.5F * static_cast<float>(position) / static_cast<float>(sample_tokens));
            for (size_t first = 0; first < sample_count; first += group) {
                std::vector<size_t> sequences;
                Batch batch(group);
                for (size_t sequence = first; sequence < first + group; ++sequence) {
                    if (!ended[sequence]) {
                        batch.add(last[sequence], static_cast<llama_pos>(position), static_cast<llama_seq_id>(sequence), true);
                        sequences.push_back(sequence);
                    }
                }
                if (sequences.empty()) {
                    continue;
                }
                callback_.plan(std::vector<RowPlan>(sequences.size(), RowPlan{nullptr, 0.0F, Site::pre_norm, true}));
                decode(batch);
                for (size_t row = 0; row < sequences.size(); ++row) {
                    const std::span<float> logits(llama_get_logits_ith(context_.get(), static_cast<int32_t>(row)), vocabulary);
                    const float maximum = sanitise(logits);
                    const Moments moments = exponentiate(logits, maximum, logits, probabilities);
                    const auto scale = static_cast<float>(1.0 / moments.z);
                    for (float & probability : probabilities) {
                        probability *= scale;
                    }
                    model_.head().normalise(callback_.results()[row].hidden, normed);
                    visit(probabilities, logits, normed);
                    const llama_token token = draw(probabilities, static_cast<double>(random() >> 11U) * 0x1.0p-53);
                    last[sequences[row]] = token;
                    ended[sequences[row]] = model_.is_end(token);
                }
            }
        }
        llama_memory_clear(llama_get_memory(context_.get()), true);
    }

    // The statistics of one reference sentence, told as a user turn.
    ToldStatistics tell_reference(const ChatTemplate & chat, const std::string & text, const std::vector<float> & rarity) {
        ToldStatistics statistics(model_.head(), rarity);
        for (const ToldText & told : tell(model_, chat, text, std::min(llama_n_ctx(context_.get()), model_.most_positions()))) {
            const size_t first = told.first_content == 0 ? 0 : told.first_content - 1;
            RowPass pass(told.tokens, first, nullptr, 0.0F, true, [&](const RowView & row) { statistics.add_row(told, row); });
            while (!pass.step(context_.get(), callback_, 0, shaper_vocabulary_)) {
            }
        }
        return statistics;
    }

    static void report(const Progress & progress, float fraction) {
        if (progress && !progress(fraction)) {
            throw Error("ERR_ABORTED", "Calibration was aborted");
        }
    }

    int threads() const { return threads_; }

  private:
    void decode(const Batch & batch) {
        if (llama_decode(context_.get(), batch.get()) != 0) {
            throw Error("ERR_NATIVE", "llama.cpp could not decode during calibration: " + take_backend_errors());
        }
        callback_.rethrow_failure();
    }

    static llama_token draw(const std::vector<float> & probabilities, double uniform) {
        double sum = 0.0;
        for (size_t w = 0; w < probabilities.size(); ++w) {
            sum += static_cast<double>(probabilities[w]);
            if (sum > uniform) {
                return static_cast<llama_token>(w);
            }
        }
        return static_cast<llama_token>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
    }

    const Model & model_;
    int threads_;
    size_t shaper_vocabulary_;
    GraphCallback callback_;
    ContextPointer context_;
};

// Y[t] = Gᵀp_t for many t at once: one pass over the head. Words of negligible probability are skipped
// (their mass is below V·1e-9).
std::vector<float> project_probabilities(const OutputHead & head, const std::vector<std::vector<float>> & probabilities, int threads) {
    const auto d = static_cast<size_t>(head.width());
    std::vector<float> result(probabilities.size() * d, 0.0F);
    std::mutex mutex;
    head.for_each_block(threads, [&](int64_t first, std::span<const float> rows) {
        std::vector<float> partial(probabilities.size() * d, 0.0F);
        for (size_t t = 0; t < probabilities.size(); ++t) {
            float * sum = partial.data() + t * d;
            for (size_t i = 0; i < rows.size() / d; ++i) {
                const float probability = probabilities[t][static_cast<size_t>(first) + i];
                if (probability < 1e-9F) {
                    continue;
                }
                const float * row = rows.data() + i * d;
#pragma omp simd
                for (size_t j = 0; j < d; ++j) {
                    sum[j] += probability * row[j];
                }
            }
        }
        const std::lock_guard lock(mutex);
        for (size_t i = 0; i < result.size(); ++i) {
            result[i] += partial[i];
        }
    });
    return result;
}

// target += Σ_i weight_i·x_i·x_iᵀ over rows x_i (d floats), lower triangle, in double; threads share the lines.
void add_outer_products(std::vector<double> & target, std::span<const float> rows, std::span<const float> weights, size_t d, int threads) {
    constexpr size_t chunk = 16;
    std::atomic<size_t> next{0};
    run_on_threads(threads, [&](int) {
        for (size_t first = next.fetch_add(chunk); first < d; first = next.fetch_add(chunk)) {
            for (size_t a = first; a < std::min(first + chunk, d); ++a) {
                double * line = target.data() + a * d;
                for (size_t i = 0; i < weights.size(); ++i) {
                    const float * x = rows.data() + i * d;
                    const double factor = static_cast<double>(weights[i]) * static_cast<double>(x[a]);
#pragma omp simd
                    for (size_t b = 0; b <= a; ++b) {
                        line[b] += factor * static_cast<double>(x[b]);
                    }
                }
            }
        }
    });
}

std::vector<double> mean_of(const std::vector<std::vector<double>> & vectors) {
    std::vector<double> mean(vectors.front().size(), 0.0);
    for (const std::vector<double> & vector : vectors) {
        for (size_t j = 0; j < mean.size(); ++j) {
            mean[j] += vector[j] / static_cast<double>(vectors.size());
        }
    }
    return mean;
}

std::vector<double> difference(std::vector<double> a, const std::vector<double> & b) {
    for (size_t j = 0; j < a.size(); ++j) {
        a[j] -= b[j];
    }
    return a;
}

}  // namespace

std::shared_ptr<const Calibration> Calibration::measure(const Model & model, const ChatTemplate & chat, int threads, const Progress & progress) {
    const OutputHead & head = model.head();
    const auto d = static_cast<size_t>(head.width());
    const auto vocabulary = static_cast<size_t>(head.vocabulary());
    CalibrationRun run(model, threads);
    auto calibration = std::make_shared<Calibration>();
    calibration->key_ = calibration_key(model, chat);
    calibration->width_ = d;
    calibration->fisher_.assign(d * d, 0.0);

    // Σ_t p_t, and −Σ_t (Gᵀp_t)(Gᵀp_t)ᵀ a batch of positions at a time.
    std::vector<double> mean_probability(vocabulary, 0.0);
    std::vector<std::vector<float>> pending;
    size_t positions = 0;
    const auto flush = [&] {
        const std::vector<float> projected = project_probabilities(head, pending, run.threads());
        add_outer_products(calibration->fisher_, projected, std::vector<float>(pending.size(), -1.0F), d, run.threads());
        pending.clear();
    };
    const size_t keep_every = sample_count * sample_tokens / (vocabulary > large_vocabulary ? strength_rows / 3 : strength_rows);
    run.sample(progress, [&](const std::vector<float> & probabilities, std::span<const float> logits, const std::vector<float> & normed) {
        for (size_t w = 0; w < vocabulary; ++w) {
            mean_probability[w] += static_cast<double>(probabilities[w]);
        }
        if (positions % keep_every == 0) {
            calibration->rows_.push_back(calibration_row(head, logits, normed));
        }
        pending.push_back(probabilities);
        ++positions;
        if (pending.size() == 128) {
            flush();
        }
    });
    flush();
    for (double & value : calibration->fisher_) {
        value /= static_cast<double>(positions);
    }
    calibration->rarity_.resize(vocabulary);
    std::vector<float> mean(vocabulary);
    for (size_t w = 0; w < vocabulary; ++w) {
        mean_probability[w] /= static_cast<double>(positions);
        mean[w] = static_cast<float>(mean_probability[w]);
        calibration->rarity_[w] = static_cast<float>(-std::log(std::max(mean_probability[w], 1e-12)));
    }

    // + Gᵀdiag(p̄)G
    CalibrationRun::report(progress, 0.55F);
    head.for_each_block(1, [&](int64_t first, std::span<const float> rows) {
        add_outer_products(calibration->fisher_, rows, std::span(mean).subspan(static_cast<size_t>(first), rows.size() / d), d, threads);
    });
    for (size_t a = 0; a < d; ++a) {
        for (size_t b = a + 1; b < d; ++b) {
            calibration->fisher_[a * d + b] = calibration->fisher_[b * d + a];
        }
    }
    const std::vector<double> direction = head.project_transposed(mean, threads);
    calibration->mean_direction_.assign(direction.begin(), direction.end());
    CalibrationRun::report(progress, 0.8F);
    calibration->factorise();

    CalibrationRun::report(progress, 0.9F);
    std::vector<std::vector<double>> gradients;
    std::vector<std::vector<double>> states;
    for (const char * sentence : reference_sentences) {
        const ToldStatistics statistics = run.tell_reference(chat, sentence, calibration->rarity_);
        gradients.push_back(statistics.gradient(threads));
        states.push_back(statistics.mean_state());
    }
    calibration->reference_gradient_ = mean_of(gradients);
    calibration->reference_state_ = mean_of(states);
    calibration->measure_scales(gradients, states);
    CalibrationRun::report(progress, 1.0F);
    return calibration;
}

void Calibration::measure_scales(const std::vector<std::vector<double>> & gradients, const std::vector<std::vector<double>> & states) {
    double gradient_sum = 0.0;
    double state_sum = 0.0;
    for (size_t i = 0; i < gradients.size(); ++i) {
        gradient_sum += fisher_norm(precondition(difference(gradients[i], reference_gradient_)));
        state_sum += fisher_norm(difference(states[i], reference_state_));
    }
    const auto count = static_cast<double>(gradients.size());
    gradient_scale_ = gradient_sum > 0.0 ? gradient_sum / count : 1.0;
    state_scale_ = state_sum > 0.0 ? state_sum / count : 1.0;
}

// Cholesky factorisation of F + ridge·tr(F)/d·I, row by row.
void Calibration::factorise() {
    const size_t d = width_;
    double trace = 0.0;
    for (size_t j = 0; j < d; ++j) {
        trace += fisher_[j * d + j];
    }
    const double shift = std::max(ridge * trace / static_cast<double>(d), 1e-12);
    factor_.assign(d * d, 0.0);
    for (size_t i = 0; i < d; ++i) {
        for (size_t j = 0; j <= i; ++j) {
            double sum = fisher_[i * d + j] + (i == j ? shift : 0.0);
            const double * a = factor_.data() + i * d;
            const double * b = factor_.data() + j * d;
            double product = 0.0;
#pragma omp simd reduction(+ : product)
            for (size_t k = 0; k < j; ++k) {
                product += a[k] * b[k];
            }
            sum -= product;
            // F is positive semi-definite up to rounding; the shift keeps the pivots away from zero.
            factor_[i * d + j] = i == j ? std::sqrt(std::max(sum, shift * 1e-3)) : sum / factor_[j * d + j];
        }
    }
}

std::vector<double> Calibration::precondition(const std::vector<double> & vector) const {
    const size_t d = width_;
    std::vector<double> x(vector);
    for (size_t i = 0; i < d; ++i) {
        for (size_t k = 0; k < i; ++k) {
            x[i] -= factor_[i * d + k] * x[k];
        }
        x[i] /= factor_[i * d + i];
    }
    for (size_t i = d; i-- > 0;) {
        x[i] /= factor_[i * d + i];
        for (size_t k = 0; k < i; ++k) {
            x[k] -= factor_[i * d + k] * x[i];
        }
    }
    return x;
}

double Calibration::fisher_norm(const std::vector<double> & vector) const {
    const size_t d = width_;
    double sum = 0.0;
    for (size_t i = 0; i < d; ++i) {
        double product = 0.0;
        for (size_t j = 0; j < d; ++j) {
            product += fisher_[i * d + j] * vector[j];
        }
        sum += vector[i] * product;
    }
    return std::sqrt(std::max(sum, 0.0));
}

namespace {

// KL of one position by LogitShaper's rules, from its base logits alone.
class RowKl {
  public:
    RowKl(const OutputHead & head, const Spray & spray) : head_(head), spray_(spray), base_(spray.bias.size()), final_(spray.bias.size()), exponentials_(spray.bias.size()) {
        for (const float value : spray.vector) {
            vector_power_ += static_cast<double>(value) * static_cast<double>(value) / static_cast<double>(spray.vector.size());
        }
    }

    double operator()(const CalibrationRow & row, float strength) {
        const bool capped = head_.softcap() != 0.0F;
        const bool undone = spray_.site == Site::pre_norm && spray_.undo_temperature;
        if (capped) {
            for (size_t w = 0; w < base_.size(); ++w) {
                base_[w] = head_.to_shown(row.logits[w] + row.level);
            }
        }
        const std::span<const float> base_row = capped ? base_ : row.logits;
        const float base_maximum = *std::max_element(base_row.begin(), base_row.end());
        const Moments base = exponentiate(base_row, base_maximum, spray_.bias, exponentials_);
        const double variance = std::max(0.0, base.bb - base.b * base.b);
        const double a = static_cast<double>(strength) * (undone ? std::pow(std::max(variance, gain_floor), -gain_exponent) : 1.0);
        double kl = 0.0;
        if (!capped && (undone || spray_.site == Site::post_norm)) {
            const float final_maximum = tilted_maximum(base_row, spray_.bias, static_cast<float>(a));
            const Moments tilted = exponentiate_tilted(base_row, final_maximum, spray_.bias, static_cast<float>(a), exponentials_);
            kl = a * tilted.b - (static_cast<double>(final_maximum) + std::log(tilted.z) - static_cast<double>(base_maximum) - std::log(base.z));
        } else {
            kl = divergence(row, base_row, static_cast<double>(base_maximum) + std::log(base.z), a, undone || spray_.site == Site::post_norm ? 1.0 : rho_of(row, a));
        }
        return std::max(0.0, undone && spray_.kl_limit > 0.0F ? std::min(kl, static_cast<double>(spray_.kl_limit)) : kl);
    }

  private:
    // KL of l1 = k + ((l0 − k) + a·b)/rho against l0, through the soft cap where there is one.
    double divergence(const CalibrationRow & row, std::span<const float> base, double base_log_z, double a, double rho) {
        const bool capped = head_.softcap() != 0.0F;
        float maximum = masked_logit;
        for (size_t w = 0; w < final_.size(); ++w) {
            const double k = head_.offset().empty() ? 0.0 : static_cast<double>(head_.offset()[w]);
            const double linear = static_cast<double>(row.logits[w]) + (capped ? static_cast<double>(row.level) : 0.0) - k;
            const auto sprayed = static_cast<float>(k + (linear + a * static_cast<double>(spray_.bias[w])) / rho);
            final_[w] = capped ? head_.to_shown(sprayed) : sprayed;
            maximum = std::max(maximum, final_[w]);
        }
        const Moments tilted = exponentiate(final_, maximum, spray_.bias, exponentials_);
        double shift = 0.0;
        for (size_t w = 0; w < final_.size(); ++w) {
            shift += static_cast<double>(exponentials_[w]) * (static_cast<double>(final_[w]) - static_cast<double>(base[w]));
        }
        return shift / tilted.z - (maximum + std::log(tilted.z) - base_log_z);
    }

    // r(h')/r(h) with h' = h + a·r(h)·v: rho² = 1 + 2a·⟨u, v⟩/d + a²·mean(v²)
    double rho_of(const CalibrationRow & row, double a) const {
        double product = 0.0;
        for (size_t j = 0; j < row.normed.size(); ++j) {
            product += static_cast<double>(row.normed[j]) * static_cast<double>(spray_.vector[j]) / static_cast<double>(row.normed.size());
        }
        return std::sqrt(std::max(1e-6, 1.0 + 2.0 * a * product + a * a * vector_power_));
    }

    const OutputHead & head_;
    const Spray & spray_;
    std::vector<float> base_;
    std::vector<float> final_;
    std::vector<float> exponentials_;
    double vector_power_ = 0.0;
};

}  // namespace

double mean_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, float strength) {
    RowKl kl(head, spray);
    double total = 0.0;
    for (const CalibrationRow & row : calibration.rows()) {
        total += kl(row, strength);
    }
    return total / static_cast<double>(calibration.rows().size());
}

float strength_for_kl(const Calibration & calibration, const OutputHead & head, const Spray & spray, double target) {
    float low = 0.0F;
    float high = 0.5F;
    constexpr float largest = 8.0F;
    while (high < largest && mean_kl(calibration, head, spray, high) < target) {
        low = high;
        high *= 2.0F;
    }
    for (int step = 0; step < 12; ++step) {
        const float middle = 0.5F * (low + high);
        (mean_kl(calibration, head, spray, middle) < target ? low : high) = middle;
    }
    return 0.5F * (low + high);
}

}  // namespace graffiti
