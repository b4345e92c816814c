#include "engram.hpp"

#include "engram_forms.hpp"
#include "error.hpp"
#include "layer_statistics.hpp"
#include "weights_file.hpp"

#include <algorithm>
#include <cmath>

namespace graffiti {

namespace {

constexpr size_t most_recorded = size_t{1} << 30U;  // bytes; more layers than fit are recorded in several rounds

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
                LayerStatistics & recording = recordings_[row.weight - begin][row.expert];
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

    EngramWeight solve(const RecordedWeight & weight, std::vector<LayerStatistics> & recordings) {
        EngramWeight result;
        result.weight = weight;
        std::vector<LowRank> parts(recordings.size());
        std::vector<float> spectrum;
        for (size_t expert = 0; expert < recordings.size(); ++expert) {
            LayerStatistics & recording = recordings[expert];
            const size_t n = recording.target_inputs.size() / weight.inputs;
            result.target_tokens += n;
            result.reference_tokens += n + recording.rest_count;
            if (n == 0) {
                continue;  // an expert that never saw the target
            }
            const ReferenceInverse inverse(recording, weight.inputs, threads_);
            const Matrix outputs = widen(recording.target_outputs, weight.outputs);
            LowRank & part = parts[expert];
            part =
                request_.method == EngramMethod::filtered ? filtered_engram(inverse, outputs, n + recording.rest_count, request_.rank, threads_) : paper_engram(inverse, outputs);
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

    void measure(const RecordedWeight & weight, size_t expert, const LayerStatistics & recording, const LowRank & part) {
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
    std::vector<std::vector<LayerStatistics>> recordings_;  // of the weights at hand, by expert
    std::vector<Scale> scales_;
};

}  // namespace

std::vector<LayerRecord> record_layers(const Model & model, const std::vector<AnswerText> & texts, const std::string & weights, uint32_t context_tokens, int threads) {
    LayerRecorder recorder(model, weights, context_tokens, threads);
    std::vector<LayerRecord> records;
    for (const RecordedWeight & weight : recorder.weights()) {
        records.push_back({weight, {}, {}, {}});
    }
    const std::vector<bool> wanted(records.size(), true);
    for (const AnswerText & text : texts) {
        if (text.first + 1 < text.tokens.size()) {
            recorder.run(text.tokens, text.first, text.tokens.size() - 1, wanted, [&](const RecordedRow & row) {
                LayerRecord & record = records[row.weight];
                record.inputs.insert(record.inputs.end(), row.input.begin(), row.input.end());
                record.outputs.insert(record.outputs.end(), row.output.begin(), row.output.end());
                record.experts.push_back(static_cast<int32_t>(row.expert));
            });
        }
    }
    return records;
}

std::vector<EngramWeight> extract_engram(const Model & model, const EngramRequest & request, uint32_t context_tokens, int threads, const Progress & progress) {
    return Extraction(model, request, context_tokens, threads, progress).run();
}

}  // namespace graffiti