// The passes through the model that a calibration is measured on.
#pragma once

#include "chat_template.hpp"
#include "graph_callback.hpp"
#include "model.hpp"
#include "writer.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace graffiti {

class Batch;

// A context of its own for sampling and for the references, so that the engine is not disturbed.
class CalibrationRun {
  public:
    // Many short texts rather than a few long ones: twenty of them let chance choose what the model talks about, and
    // the lean that F gives scattered by 4 % with the seed; sixty bring that to 2 %.
    static constexpr size_t sample_count = 60;   // texts sampled side by side
    static constexpr size_t sample_tokens = 24;  // positions of each
    static constexpr size_t most_positions = sample_count * sample_tokens;

    using Visit = std::function<void(const std::vector<float> & probabilities, std::span<const float> logits, const std::vector<float> & normed)>;

    CalibrationRun(const Model & model, int threads);

    // Samples texts from the start token at T = 1; visits every position. Progress goes from 0 to 0.5.
    void sample(const Progress & progress, const Visit & visit);

    // The statistics of one reference sentence, told as a user turn.
    ToldStatistics tell_reference(const ChatTemplate & chat, const std::string & text, const std::vector<float> & rarity);

    // ERR_ABORTED when progress says false
    static void report(const Progress & progress, float fraction);

  private:
    void decode(const Batch & batch);

    const Model & model_;
    size_t vocabulary_;
    GraphCallback callback_;
    ContextPointer context_;
};

}  // namespace graffiti
