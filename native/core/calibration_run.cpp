#include "calibration_run.hpp"

#include "backend.hpp"
#include "batch.hpp"
#include "error.hpp"
#include "row_kernels.hpp"
#include "row_pass.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace graffiti {

namespace {

llama_token draw(const std::vector<float> & probabilities, double uniform) {
    double sum = 0.0;
    for (size_t w = 0; w < probabilities.size(); ++w) {
        sum += static_cast<double>(probabilities[w]);
        if (sum > uniform) {
            return static_cast<llama_token>(w);
        }
    }
    return static_cast<llama_token>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

}  // namespace

CalibrationRun::CalibrationRun(const Model & model, int threads) : model_(model), vocabulary_(static_cast<size_t>(model.head().vocabulary())) {
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

void CalibrationRun::sample(const Progress & progress, const Visit & visit) {
    std::mt19937_64 random(20240229);
    std::vector<llama_token> last(sample_count, model_.start_token());
    std::vector<bool> ended(sample_count, false);
    std::vector<float> probabilities(vocabulary_);
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
                const std::span<float> logits(llama_get_logits_ith(context_.get(), static_cast<int32_t>(row)), vocabulary_);
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

ToldStatistics CalibrationRun::tell_reference(const ChatTemplate & chat, const std::string & text, const std::vector<float> & rarity) {
    ToldStatistics statistics(model_.head(), rarity);
    for (const ToldText & told : tell(model_, chat, text, std::min(llama_n_ctx(context_.get()), model_.most_positions()))) {
        const size_t first = told.first_content == 0 ? 0 : told.first_content - 1;
        RowPass pass(told.tokens, first, nullptr, 0.0F, true, [&](const RowView & row) { statistics.add_row(told, row); });
        while (!pass.step(context_.get(), callback_, 0, vocabulary_)) {
        }
    }
    return statistics;
}

void CalibrationRun::report(const Progress & progress, float fraction) {
    if (progress && !progress(fraction)) {
        throw Error("ERR_ABORTED", "Calibration was aborted");
    }
}

void CalibrationRun::decode(const Batch & batch) {
    if (llama_decode(context_.get(), batch.get()) != 0) {
        throw Error("ERR_NATIVE", "llama.cpp could not decode during calibration: " + take_backend_errors());
    }
    callback_.rethrow_failure();
}

}  // namespace graffiti
