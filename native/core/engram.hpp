// Engrams: what a weight matrix does for one set of texts and not for the rest, as a low-rank matrix in closed form
// (Kwon et al. 2026, arXiv 2606.14997). For y = Wx, with the rows of X_t and Y_t the inputs and outputs at the answer
// positions of the target, and Σ = Σ xxᵀ over the reference, target included:
//
//   paper      E = W·Σ_t·Σ⁻¹ = Y_tᵀ·X_t·Σ⁻¹, no weights needed; times a scale f of each layer
//   filtered   Z = X_t·L⁻ᵀ = U·diag(s)·Vᵀ, LLᵀ = Σ + λI, λ = d·1.2e-7·σ_max(Σ);  g = s² in [0, 1]: how much of a
//              direction of the reference is the target's;  r = n/N what it would be by chance;
//              φ = max(0, g − r)/(1 − r) on the 16 largest g, 0 on the others;
//              E = Y_tᵀ·U·diag(φ/g)·Uᵀ·X_t·(Σ + λI)⁻¹
//
// The adapter that erases adds −α·E·x.  With fewer reference tokens than inputs the same comes from the N×N matrix
// K = XXᵀ: with S the rows of the target, X_t(Σ+λI)⁻¹ = S(K+λI)⁻¹X and Z·Zᵀ = I − λ·S(K+λI)⁻¹Sᵀ.
#pragma once

#include "layer_recorder.hpp"
#include "model.hpp"

#include <string>
#include <vector>

namespace graffiti {

// A text whose positions first … tokens.size() − 2 count: those that are part of the answer and predict some of it.
struct AnswerText {
    std::vector<llama_token> tokens;
    size_t first = 0;
};

enum class EngramMethod : uint8_t { filtered, paper };
// f of the paper's method: 1; ‖E‖/‖W‖ over its largest; the share of effective ranks of Σ_t and Σ.
enum class EngramScaling : uint8_t { plain, norm, rank };

struct EngramRequest {
    std::vector<AnswerText> target;
    std::vector<AnswerText> rest;  // of the reference: what is to stay
    std::string weights;           // regular expression on tensor names
    EngramMethod method = EngramMethod::filtered;
    EngramScaling scaling = EngramScaling::plain;
    size_t rank = 16;
};

// E of one weight matrix, or of each expert of one.
struct EngramWeight {
    RecordedWeight weight;
    size_t rank = 0;
    std::vector<float> a;         // experts × rank × inputs
    std::vector<float> b;         // experts × outputs × rank;  E = b·a
    std::vector<float> spectrum;  // the largest g, at most 64; of experts: those of all, largest first
    size_t kept = 0;              // directions with φ > 0; of experts: over all
    double mean_leverage = 0.0;   // mean over target tokens of xᵀ(Σ+λI)⁻¹x: near 1 nothing tells tokens apart
    size_t target_tokens = 0;     // n
    size_t reference_tokens = 0;  // N
    double scale = 1.0;           // f
    bool dual = false;            // from K
};

// Inputs and outputs of the weights that match, of one text after the other: what an extraction reads.
struct LayerRecord {
    RecordedWeight weight;
    std::vector<float> inputs;     // tokens × inputs; experts of one token one after the other
    std::vector<float> outputs;    // tokens × outputs
    std::vector<int32_t> experts;  // of each row, which expert's it is; 0 when dense
};
std::vector<LayerRecord> record_layers(const Model & model, const std::vector<AnswerText> & texts, const std::string & weights, uint32_t context_tokens, int threads);

// Throws ERR_ABORTED when `progress` says so.
std::vector<EngramWeight> extract_engram(const Model & model, const EngramRequest & request, uint32_t context_tokens, int threads, const Progress & progress);

}  // namespace graffiti
