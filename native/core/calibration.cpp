#include "calibration.hpp"

#include "calibration_file.hpp"
#include "calibration_run.hpp"
#include "parallel.hpp"
#include "references.hpp"
#include "row_kernels.hpp"
#include "writer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace graffiti {

namespace {

constexpr size_t strength_rows = 96;         // positions kept for the strength bisection
constexpr size_t large_vocabulary = 100000;  // a third of them is kept above this
constexpr double ridge = 1e-3;               // of the mean eigenvalue

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
        const std::vector<float> projected = project_probabilities(head, pending, threads);
        add_outer_products(calibration->fisher_, projected, std::vector<float>(pending.size(), -1.0F), d, threads);
        pending.clear();
    };
    const size_t keep_every = CalibrationRun::most_positions / (vocabulary > large_vocabulary ? strength_rows / 3 : strength_rows);
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

}  // namespace graffiti
