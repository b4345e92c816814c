#include "measurements.hpp"

#include "row_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <future>

namespace graffiti {

namespace {

void run_and_wait(Engine & engine, RowPass pass) {
    std::promise<void> promise;
    std::future<void> finished = promise.get_future();
    engine.run_pass(std::move(pass), [&promise](const std::exception_ptr & failure) {
        if (failure) {
            promise.set_exception(failure);
        } else {
            promise.set_value();
        }
    });
    finished.get();
}

}  // namespace

EncodedText encode_text(Engine & engine, const ChatTemplate & chat, const Calibration & calibration, Writer writer, const std::string & text) {
    const Model & model = engine.model();
    ToldStatistics statistics(model.head(), calibration.rarities());
    for (const ToldText & told : tell(model, chat, text, engine.options().context_tokens)) {
        const size_t first = told.first_content == 0 ? 0 : told.first_content - 1;
        run_and_wait(engine, RowPass(told.tokens, first, nullptr, 0.0F, true, [&](const RowView & row) { statistics.add_row(told, row); }));
    }
    return write_memory(writer, model, calibration, statistics, 1);
}

namespace {

// Follows a text through the rows of a pass.
class FeatureReader {
  public:
    FeatureReader(const OutputHead & head, std::span<const llama_token> words) : head_(head), words_(words), trail_(head) {}

    // x of a row; rows come in order.
    void read(const RowView & row, std::span<float> out) {
        while (pushed_ <= row.position) {
            trail_.push(words_[pushed_++]);
        }
        head_features(head_, row.result.hidden, trail_, out);
    }

  private:
    const OutputHead & head_;
    std::span<const llama_token> words_;
    WordTrail trail_;
    size_t pushed_ = 0;
};

}  // namespace

HeadRecord record_head(Engine & engine, std::vector<llama_token> tokens, size_t first, const std::vector<llama_token> & told) {
    const OutputHead & head = engine.model().head();
    const std::vector<llama_token> words(tokens);
    const size_t width = 2 * static_cast<size_t>(head.width());
    FeatureReader reader(head, words);
    LogitShaper shaper(head);
    HeadRecord record;
    run_and_wait(engine, RowPass(std::move(tokens), first - 1, nullptr, 0.0F, true, [&](const RowView & row) {
        if (row.position + 1 >= words.size()) {
            return;  // the last row predicts what nobody said
        }
        record.features.resize(record.features.size() + width);
        reader.read(row, std::span(record.features).last(width));
        shaper.pass_through(row.logits);
        record.logprobs.push_back(shaper.logprob(words[row.position + 1]));
        for (const llama_token word : told) {
            row.logits[static_cast<size_t>(word)] = masked_logit;
        }
        const float largest = *std::max_element(row.logits.begin(), row.logits.end());
        record.rests.push_back(largest < masked_below ? masked_logit : static_cast<float>(log_sum_exp(row.logits, largest)));
    }));
    return record;
}

Scores score_tokens(Engine & engine,
    std::vector<llama_token> tokens,
    size_t first,
    std::shared_ptr<const Spray> spray,
    float strength,
    const Night * night,
    std::shared_ptr<const Adapter> adapter) {
    const std::vector<llama_token> words(tokens);
    FeatureReader reader(engine.model().head(), words);
    std::vector<float> features(2 * static_cast<size_t>(engine.model().head().width()));
    NightReading reading;
    LogitShaper shaper(engine.model().head());
    const float total = spray ? strength * spray->strength : 0.0F;
    Scores scores;
    RowPass pass(std::move(tokens), first - 1, spray, total, night != nullptr, [&](const RowView & row) {
        if (row.position + 1 >= words.size()) {
            return;
        }
        const llama_token word = words[row.position + 1];
        if (total != 0.0F) {
            shaper.shape(row.logits, *spray, total, row.result);
            scores.base.push_back(static_cast<float>(static_cast<double>(shaper.base()[static_cast<size_t>(word)]) - shaper.base_log_z()));
        } else {
            shaper.pass_through(row.logits);
            scores.base.push_back(shaper.logprob(word));
        }
        scores.sprayed.push_back(shaper.logprob(word));
        scores.kl.push_back(static_cast<float>(shaper.kl()));
        if (night != nullptr) {
            reader.read(row, features);
            reading.read(*night, features);
            reading.apply(row.logits, shaper.log_z());
        }
        scores.final.push_back(reading.logprob(word, scores.sprayed.back()));
    });
    pass.adapter = std::move(adapter);
    run_and_wait(engine, std::move(pass));
    return scores;
}

InfluenceErrors check_influence(Engine & engine, const std::vector<llama_token> & tokens, std::shared_ptr<const Spray> spray, float strength) {
    const float total = strength * spray->strength;
    LogitShaper shaper(engine.model().head());
    std::vector<std::vector<float>> true_base;  // log-probabilities
    run_and_wait(engine, RowPass(tokens, 0, nullptr, 0.0F, false, [&](const RowView & row) {
        shaper.pass_through(row.logits);
        std::vector<float> logprobs(row.logits.begin(), row.logits.end());
        for (float & value : logprobs) {
            value -= static_cast<float>(shaper.log_z());
        }
        true_base.push_back(std::move(logprobs));
    }));

    InfluenceErrors errors;
    double sum = 0.0;
    size_t compared = 0;
    run_and_wait(engine, RowPass(tokens, 0, spray, total, false, [&](const RowView & row) {
        shaper.shape(row.logits, *spray, total, row.result);
        const std::vector<float> & truth = true_base[row.position];
        double true_kl = 0.0;
        for (size_t w = 0; w < truth.size(); ++w) {
            const double derived = static_cast<double>(shaper.base()[w]) - shaper.base_log_z();
            const double error = std::abs(derived - static_cast<double>(truth[w]));
            const double sprayed = static_cast<double>(shaper.logprob(static_cast<llama_token>(w)));
            true_kl += std::exp(sprayed) * (sprayed - static_cast<double>(truth[w]));
            if (truth[w] > -13.8F) {  // p > 1e-6
                errors.max_error = std::max(errors.max_error, error);
                sum += error;
                ++compared;
            }
        }
        errors.kl_error += std::abs(shaper.kl() - true_kl);
        errors.mean_kl += shaper.kl();
        ++errors.tokens;
    }));
    errors.mean_error = sum / static_cast<double>(std::max<size_t>(compared, 1));
    errors.kl_error /= static_cast<double>(std::max<size_t>(errors.tokens, 1));
    errors.mean_kl /= static_cast<double>(std::max<size_t>(errors.tokens, 1));
    return errors;
}

}  // namespace graffiti
