// Questions answered by running a text through a live engine. They block until the engine has run the
// pass, so they are called from a worker thread; a closed engine answers with ERR_DISPOSED.
#pragma once

#include "calibration.hpp"
#include "engine.hpp"
#include "writer.hpp"

#include <memory>
#include <string>
#include <vector>

namespace graffiti {

// A told text as a memory vector and a recall key.
EncodedText encode_text(Engine & engine, const ChatTemplate & chat, const Calibration & calibration, Writer writer, const std::string & text);

// Positions of a text as a night sees them.
struct HeadRecord {
    std::vector<float> features;  // x of the position that predicts token i + first, 2d floats each
    std::vector<float> logprobs;  // log-probability of that token, nats
    std::vector<float> rests;     // log Σ e^l over all words but the told ones
};

// Records the positions that predict tokens[first …]; first >= 1. `told`: words of the vocabulary, ascending.
HeadRecord record_head(Engine & engine, std::vector<llama_token> tokens, size_t first, const std::vector<llama_token> & told = {});

struct Scores {
    std::vector<float> base;     // log-probability of token i + first given those before it, nats
    std::vector<float> sprayed;  // the same under the spray
    std::vector<float> kl;       // KL(sprayed ‖ base) of the position that predicts it
    std::vector<float> final;    // the log-probability under the spray and the night
};

// Scores tokens[first …]; first >= 1. `night` and `adapter` may be null.
Scores score_tokens(Engine & engine,
    std::vector<llama_token> tokens,
    size_t first,
    std::shared_ptr<const Spray> spray,
    float strength,
    const Night * night,
    std::shared_ptr<const Adapter> adapter = nullptr);

struct InfluenceErrors {
    double max_error = 0.0;  // largest |derived − true| base log-probability over positions and words of p > 1e-6
    double mean_error = 0.0;
    double kl_error = 0.0;  // mean |KL(sprayed ‖ derived base) − KL(sprayed ‖ true base)|
    double mean_kl = 0.0;   // mean KL of the sprayed rows, for scale
    size_t tokens = 0;
};

// Runs the tokens once sprayed and once not, and compares the base derived from the sprayed run with the
// real one. The spray is applied at `strength` whatever the session's own.
InfluenceErrors check_influence(Engine & engine, const std::vector<llama_token> & tokens, std::shared_ptr<const Spray> spray, float strength);

}  // namespace graffiti
