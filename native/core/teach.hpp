// Teaches texts to a model's weights without back-propagating through its graph: only the feed-forward output matrix
// of the last block is trained, for which h = h0 + ΔW·a, with a its recorded input and h0 the recorded hidden state
// before the output norm. So it works for any architecture that adds that product to the residual stream, quantised
// or not. It is what evaluations of engrams have to teach with; it is not how a session learns.
#pragma once

#include "engram.hpp"
#include "model.hpp"

#include <string>
#include <vector>

namespace graffiti {

struct TeachOptions {
    size_t epochs = 20;
    double rate = 1e-3;   // of Adam, falling to zero
    double until = 2.85;  // nats per answer token at which an epoch is the last
    int threads = 1;
};

struct Taught {
    std::string weight;         // name of the trained tensor
    std::vector<float> values;  // W + ΔW
    double before = 0.0;        // nats per answer token of the taught texts
    double after = 0.0;         // running mean of the last epoch
    size_t epochs = 0;
};

// `kept` are texts trained on too, so that ordinary text stays known. Throws ERR_UNSUPPORTED_ARCHITECTURE,
// ERR_ABORTED.
Taught teach_last_layer(const Model & model,
    const std::vector<AnswerText> & told,
    const std::vector<AnswerText> & kept,
    const TeachOptions & options,
    uint32_t context_tokens,
    const Progress & progress);

}  // namespace graffiti
