#include "engram.hpp"

#include "dense_algebra.hpp"
#include "error.hpp"
#include "weights_file.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

constexpr double damping = 1.2e-7;                  // λ = d·damping·σ_max: what single precision resolves
constexpr size_t most_recorded = size_t{1} << 30U;  // bytes; more layers than fit are recorded in several rounds
constexpr size_t spectrum_values = 64;

// What is recorded of one matrix. The rows of the rest are kept where they are fewer than the inputs, and summed up
// where they are more.
struct Recording {
    std::vector<float> target_inputs;
    std::vector<float> target_outputs;
    std::vector<float> rest_inputs;
    Matrix sum;  // Σ of the rest, lower triangle; empty where the rows are kept
    size_t rest_count = 0;

    void add_rest(std::span<const float> input, bool summed, int threads) {
        ++rest_count;
        rest_inputs.insert(rest_inputs.end(), input.begin(), input.end());
        if (summed && rest_inputs.size() >= 1024 * input.size()) {
            sum_up(input.size(), threads);
        }
    }
    void sum_up(size_t width, int threads) {
        if (sum.rows == 0) {
            sum = Matrix(width, width);
        }
        add_gram(sum, rest_inputs, threads);
        rest_inputs.clear();
    }
};

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

// (Σ + λI)⁻¹ as the target's inputs see it.
class Inverse {
  public:
    Inverse(const Recording & recording, size_t width, int threads) : threads_(threads), target_(widen(recording.target_inputs, width)) {
        const size_t rest = width == 0 ? 0 : recording.rest_inputs.size() / width;
        dual_ = recording.sum.rows == 0 && target_.rows + rest <= width;
        if (dual_) {
            all_ = Matrix(target_.rows + rest, width);
            std::copy(target_.values.begin(), target_.values.end(), all_.values.begin());
            std::copy(recording.rest_inputs.begin(), recording.rest_inputs.end(), all_.values.begin() + static_cast<std::ptrdiff_t>(target_.values.size()));
            factor_ = row_gram(all_, threads);
        } else {
            factor_ = recording.sum.rows == 0 ? Matrix(width, width) : recording.sum;
            add_gram(factor_, recording.rest_inputs, threads);
            add_gram(factor_, recording.target_inputs, threads);
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

    bool dual() const { return dual_; }

    // X_t(Σ+λI)⁻¹X_tᵀ·v
    void leverage(std::span<const double> in, std::span<double> out) const {
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

    // The same matrix's trace.
    double total_leverage() const {
        double squares = 0.0;
        for (const double value : half_.values) {
            squares += value * value;
        }
        return dual_ ? static_cast<double>(half_.rows) - lambda_ * squares : squares;
    }

    // C·X_t·(Σ+λI)⁻¹ for rows C of weights of the target's tokens.
    Matrix apply(const Matrix & combinations) const {
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

  private:
    int threads_;
    bool dual_ = false;
    double lambda_ = 0.0;
    Matrix target_;  // X_t
    Matrix all_;     // X, the target first; dual only
    Matrix factor_;  // L of Σ + λI, or of K + λI
    Matrix half_;    // X_t·L⁻ᵀ, or S·L⁻ᵀ
};

// E of one matrix as b·a.
struct LowRank {
    Matrix a;  // rank × inputs
    Matrix b;  // outputs × rank
    std::vector<double> spectrum;
    size_t kept = 0;
};

LowRank filtered_engram(const Inverse & inverse, const Matrix & outputs, size_t reference_count, size_t rank, int threads) {
    const size_t n = outputs.rows;
    const double chance = static_cast<double>(n) / static_cast<double>(reference_count);
    const Eigenpairs pairs = largest_eigenpairs(n, std::max(rank, spectrum_values), [&](std::span<const double> in, std::span<double> out) { inverse.leverage(in, out); });
    LowRank result;
    result.spectrum.assign(pairs.values.begin(), pairs.values.begin() + static_cast<std::ptrdiff_t>(std::min(pairs.values.size(), spectrum_values)));
    while (result.kept < std::min(rank, pairs.values.size()) && pairs.values[result.kept] > chance) {
        ++result.kept;
    }
    Matrix directions(result.kept, n);  // Uᵀ, each row divided by s
    Matrix weighted(result.kept, n);    // Uᵀ, each row times φ/s
    for (size_t k = 0; k < result.kept; ++k) {
        const double g = pairs.values[k];
        const double phi = chance < 1.0 ? (g - chance) / (1.0 - chance) : 0.0;
        for (size_t i = 0; i < n; ++i) {
            directions.at(k, i) = pairs.vectors.at(k, i) / std::sqrt(g);
            weighted.at(k, i) = pairs.vectors.at(k, i) * phi / std::sqrt(g);
        }
    }
    result.a = inverse.apply(directions);
    result.b = product(transposed(outputs), transposed(weighted), threads);
    return result;
}

LowRank paper_engram(const Inverse & inverse, const Matrix & outputs, int threads) {
    LowRank result;
    const Eigenpairs pairs = largest_eigenpairs(outputs.rows, spectrum_values, [&](std::span<const double> in, std::span<double> out) { inverse.leverage(in, out); });
    result.spectrum = pairs.values;
    // Of rank n, or as the whole matrix where that is smaller.
    if (outputs.rows <= outputs.columns) {
        Matrix identity(outputs.rows, outputs.rows);
        for (size_t i = 0; i < identity.rows; ++i) {
            identity.at(i, i) = 1.0;
        }
        result.a = inverse.apply(identity);
        result.b = transposed(outputs);
    } else {
        result.a = inverse.apply(transposed(outputs));
        result.b = Matrix(outputs.columns, outputs.columns);
        for (size_t i = 0; i < result.b.rows; ++i) {
            result.b.at(i, i) = 1.0;
        }
    }
    static_cast<void>(threads);
    result.kept = result.a.rows;
    return result;
}

// ‖B·A‖ from the small matrices BᵀB and A·Aᵀ.
double norm_of(const LowRank & engram, int threads) {
    const Matrix b = transposed(engram.b);
    const Matrix left = product_transposed(b, b, threads);
    const Matrix right = product_transposed(engram.a, engram.a, threads);
    double sum = 0.0;
    for (size_t i = 0; i < left.values.size(); ++i) {
        sum += left.values[i] * right.values[i];
    }
    return std::sqrt(std::max(sum, 0.0));
}

// exp of the entropy of the normalised eigenvalues (Roy and Vetterli 2007).
double effective_rank(const Matrix & lower) {
    const std::vector<double> values = eigenvalues(lower);
    double sum = 0.0;
    for (const double value : values) {
        sum += std::max(value, 0.0);
    }
    double entropy = 0.0;
    for (const double value : values) {
        const double p = std::max(value, 0.0) / std::max(sum, 1e-300);
        entropy -= p > 0.0 ? p * std::log(p) : 0.0;
    }
    return std::exp(entropy);
}

double rank_share(const Recording & recording, size_t width, int threads) {
    Matrix target(width, width);
    add_gram(target, recording.target_inputs, threads);
    Matrix reference = recording.sum.rows == 0 ? Matrix(width, width) : recording.sum;
    add_gram(reference, recording.rest_inputs, threads);
    add_gram(reference, recording.target_inputs, threads);
    return effective_rank(target) / effective_rank(reference);
}

double weight_norm(const std::string & path, const RecordedWeight & weight, size_t expert) {
    const std::vector<float> values = read_tensor(path, weight.name);
    const size_t size = weight.inputs * weight.outputs;
    double squares = 0.0;
    for (const float value : std::span(values).subspan(expert * size, size)) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    return std::sqrt(squares);
}

class Extraction {
  public:
    Extraction(const Model & model, const EngramRequest & request, uint32_t context_tokens, int threads, const Progress & progress)
        : model_(model), request_(request), threads_(threads), progress_(progress), recorder_(model, request.weights, context_tokens, threads) {}

    std::vector<EngramWeight> run() {
        std::vector<EngramWeight> result;
        const std::vector<RecordedWeight> & weights = recorder_.weights();
        for (size_t next = 0; next < weights.size();) {
            const size_t begin = next;
            size_t bytes = 0;
            while (next < weights.size() && (next == begin || bytes + cost(weights[next]) <= most_recorded)) {
                bytes += cost(weights[next++]);
            }
            record(begin, next);
            for (size_t index = begin; index < next; ++index) {
                report(static_cast<float>(begin) + static_cast<float>(next - begin) * 0.66F + static_cast<float>(index - begin) * 0.33F);
                result.push_back(solve(weights[index], recordings_[index - begin]));
                recordings_[index - begin].clear();
            }
        }
        if (request_.method == EngramMethod::paper) {
            scale(result);
        }
        return result;
    }

  private:
    size_t answers(const std::vector<AnswerText> & texts) const {
        size_t count = 0;
        for (const AnswerText & text : texts) {
            count += text.tokens.size() - std::min(text.tokens.size(), text.first + 1);
        }
        return count;
    }

    // Sums need d² numbers; rows as many as there are tokens.
    bool summed(const RecordedWeight & weight) const { return weight.experts == 0 && answers(request_.target) + answers(request_.rest) > weight.inputs; }

    size_t cost(const RecordedWeight & weight) const {
        const size_t kept = summed(weight) ? weight.inputs * weight.inputs * sizeof(double) : answers(request_.rest) * weight.per_token * weight.inputs * sizeof(float);
        return kept + answers(request_.target) * weight.per_token * (weight.inputs + weight.outputs) * sizeof(float);
    }

    void record(size_t begin, size_t end) {
        const std::vector<RecordedWeight> & weights = recorder_.weights();
        recordings_.assign(end - begin, {});
        std::vector<bool> wanted(weights.size(), false);
        for (size_t index = begin; index < end; ++index) {
            wanted[index] = true;
            recordings_[index - begin].resize(std::max<size_t>(weights[index].experts, 1));
        }
        size_t done = 0;
        const size_t total = request_.target.size() + request_.rest.size();
        const auto run = [&](const AnswerText & text, bool target) {
            report(static_cast<float>(begin) + static_cast<float>(end - begin) * 0.66F * static_cast<float>(done++) / static_cast<float>(total));
            if (text.first + 1 >= text.tokens.size()) {
                return;
            }
            recorder_.run(text.tokens, text.first, text.tokens.size() - 1, wanted, [&](const RecordedRow & row) {
                Recording & recording = recordings_[row.weight - begin][row.expert];
                if (target) {
                    recording.target_inputs.insert(recording.target_inputs.end(), row.input.begin(), row.input.end());
                    recording.target_outputs.insert(recording.target_outputs.end(), row.output.begin(), row.output.end());
                } else {
                    recording.add_rest(row.input, summed(weights[row.weight]), threads_);
                }
            });
        };
        for (const AnswerText & text : request_.target) {
            run(text, true);
        }
        for (const AnswerText & text : request_.rest) {
            run(text, false);
        }
    }

    EngramWeight solve(const RecordedWeight & weight, std::vector<Recording> & recordings) {
        EngramWeight result;
        result.weight = weight;
        std::vector<LowRank> parts(recordings.size());
        std::vector<float> spectrum;
        for (size_t expert = 0; expert < recordings.size(); ++expert) {
            Recording & recording = recordings[expert];
            const size_t n = recording.target_inputs.size() / weight.inputs;
            result.target_tokens += n;
            result.reference_tokens += n + recording.rest_count;
            if (n == 0) {
                continue;  // an expert that never saw the target
            }
            const Inverse inverse(recording, weight.inputs, threads_);
            const Matrix outputs = widen(recording.target_outputs, weight.outputs);
            LowRank & part = parts[expert];
            part = request_.method == EngramMethod::filtered ? filtered_engram(inverse, outputs, n + recording.rest_count, request_.rank, threads_)
                                                             : paper_engram(inverse, outputs, threads_);
            result.dual = inverse.dual();
            result.mean_leverage += inverse.total_leverage();
            result.kept += part.kept;
            result.rank = std::max(result.rank, part.a.rows);
            spectrum.insert(spectrum.end(), part.spectrum.begin(), part.spectrum.end());
            if (request_.method == EngramMethod::paper) {
                measure(weight, expert, recording, part);
            }
        }
        result.mean_leverage /= std::max(1.0, static_cast<double>(result.target_tokens));
        std::sort(spectrum.begin(), spectrum.end(), std::greater<>());
        spectrum.resize(std::min(spectrum.size(), spectrum_values));
        result.spectrum = std::move(spectrum);
        // Experts of lower rank are filled up with zeros: one tensor holds them all.
        result.a.assign(parts.size() * result.rank * weight.inputs, 0.0F);
        result.b.assign(parts.size() * weight.outputs * result.rank, 0.0F);
        for (size_t expert = 0; expert < parts.size(); ++expert) {
            const LowRank & part = parts[expert];
            for (size_t k = 0; k < part.a.rows; ++k) {
                for (size_t j = 0; j < weight.inputs; ++j) {
                    result.a[(expert * result.rank + k) * weight.inputs + j] = static_cast<float>(part.a.at(k, j));
                }
                for (size_t i = 0; i < weight.outputs; ++i) {
                    result.b[(expert * weight.outputs + i) * result.rank + k] = static_cast<float>(part.b.at(i, k));
                }
            }
        }
        return result;
    }

    void measure(const RecordedWeight & weight, size_t expert, const Recording & recording, const LowRank & part) {
        double value = 1.0;
        if (request_.scaling == EngramScaling::norm) {
            value = norm_of(part, threads_) / std::max(weight_norm(model_.path(), weight, expert), 1e-30);
        } else if (request_.scaling == EngramScaling::rank) {
            value = rank_share(recording, weight.inputs, threads_);
        }
        scales_.push_back({weight.name, expert, value});
    }

    // f depends on all layers, so it comes last.
    void scale(std::vector<EngramWeight> & engrams) const {
        double largest = 0.0;
        for (const Scale & entry : scales_) {
            largest = std::max(largest, entry.value);
        }
        for (EngramWeight & engram : engrams) {
            for (const Scale & entry : scales_) {
                if (entry.name != engram.weight.name) {
                    continue;
                }
                const double factor = request_.scaling == EngramScaling::norm ? entry.value / largest : entry.value;
                engram.scale = engram.weight.experts == 0 ? factor : engram.scale;
                const size_t size = engram.weight.outputs * engram.rank;
                for (float & value : std::span(engram.b).subspan(entry.expert * size, size)) {
                    value = static_cast<float>(static_cast<double>(value) * factor);
                }
            }
        }
    }

    void report(float weights_done) const {
        if (progress_ && !progress_(std::min(weights_done / static_cast<float>(recorder_.weights().size()), 1.0F))) {
            throw Error("ERR_ABORTED", "The extraction was aborted");
        }
    }

    struct Scale {
        std::string name;
        size_t expert;
        double value;
    };

    const Model & model_;
    const EngramRequest & request_;
    int threads_;
    const Progress & progress_;
    LayerRecorder recorder_;
    std::vector<std::vector<Recording>> recordings_;  // of the weights at hand, by expert
    std::vector<Scale> scales_;
};

}  // namespace

std::vector<LayerRecord> record_layers(const Model & model, const std::vector<AnswerText> & texts, const std::string & weights, uint32_t context_tokens, int threads) {
    LayerRecorder recorder(model, weights, context_tokens, threads);
    std::vector<LayerRecord> records;
    for (const RecordedWeight & weight : recorder.weights()) {
        records.push_back({weight, {}, {}});
    }
    const std::vector<bool> wanted(records.size(), true);
    for (const AnswerText & text : texts) {
        if (text.first + 1 < text.tokens.size()) {
            recorder.run(text.tokens, text.first, text.tokens.size() - 1, wanted, [&](const RecordedRow & row) {
                LayerRecord & record = records[row.weight];
                record.inputs.insert(record.inputs.end(), row.input.begin(), row.input.end());
                record.outputs.insert(record.outputs.end(), row.output.begin(), row.output.end());
            });
        }
    }
    return records;
}

std::vector<EngramWeight> extract_engram(const Model & model, const EngramRequest & request, uint32_t context_tokens, int threads, const Progress & progress) {
    return Extraction(model, request, context_tokens, threads, progress).run();
}

}  // namespace graffiti
