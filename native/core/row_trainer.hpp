// Trains a row head on recorded rows; no model runs.
#pragma once

#include "output_head.hpp"
#include "row_head.hpp"

#include <functional>
#include <span>
#include <vector>

namespace graffiti {

// Positions of texts as record_head gives them, `rests` summed without S.
struct RowRecords {
    std::vector<float> features;  // n a position
    std::vector<llama_token> tokens;
    std::vector<float> logprobs;
    std::vector<float> rests;
};

struct RowTraining {
    size_t rank = 64;
    size_t epochs = 20;          // over the told rows
    size_t least_steps = 400;    // more epochs where there are few rows
    size_t told_rows = 256;      // a step
    size_t ordinary_rows = 512;  // a step
    double rate = 5e-3;          // of AdamW, falling to zero
    double decay = 0.1;
    double anchor_weight = 128.0;
    double limit = 0.01;  // highest relative rise of the perplexity of the governing rows
    int threads = 1;
};

struct TrainedRows {
    RowHeadValues values;
    double scale = 0.0;          // of B, found by bisection; 1: as trained
    double anchor_before = 0.0;  // perplexity of the governing rows
    double anchor_after = 0.0;
};

// False when the work should end.
using TrainingProgress = std::function<bool(float)>;

// S is the words of the told rows. `ordinary`: text that is to stay as it is; `governing`: more of it, which is not
// trained on and decides how much of what was trained is kept. Deterministic. Throws ERR_ABORTED, and ERR_NATIVE where the
// arrays do not fit each other or a part is empty.
TrainedRows train_rows(
    const OutputHead & head, const RowRecords & told, const RowRecords & ordinary, const RowRecords & governing, const RowTraining & training, const TrainingProgress & progress);

}  // namespace graffiti
